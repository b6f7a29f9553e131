"""Makes the keys of a new installation, once, into a file that only its owner may read."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from config.embedded.problems import CannotStart


def ensure(file: Path, given: Mapping[str, str]) -> list[str]:
    """Adds to FILE what neither it nor GIVEN (the environment) has; returns the names of what it made."""
    from cryptography.fernet import Fernet

    known = _names(file) | {name for name in given if given[name]}
    makers: dict[str, Callable[[], str]] = {
        "SECRET_KEY": lambda: secrets.token_urlsafe(50),
        "FIELD_KEYS": lambda: Fernet.generate_key().decode(),
    }
    made = {name: make() for name, make in makers.items() if name not in known}
    if made:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a") as stream:
            stream.writelines(f"{name}={value}\n" for name, value in made.items())
            stream.flush()
            os.fsync(stream.fileno())
    return list(made)


def _names(file: Path) -> set[str]:
    if not file.exists():
        return set()
    if not os.access(file, os.R_OK):
        raise CannotStart(
            f"{file} belongs to another user. Start as that user, or set DATA_DIR to another folder."
        )
    return {line.partition("=")[0] for line in file.read_text().splitlines()}
