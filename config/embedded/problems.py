"""The one error a person sees instead of a traceback."""


class CannotStart(Exception):
    """Something outside our code is in the way; the text says what, and what to do."""
