"""Passwords that cost nothing: slow hashing is what people need, and what tests that make an agent each do not."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """One round. The server of the browser tests reads the number of rounds from the hash, so one can log in there too."""

    iterations = 1
