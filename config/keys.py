"""Makes SECRET_KEY and FIELD_KEYS. `python -m config.keys` prints a pair for your .env; the supervisor writes its own."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.fernet import Fernet

MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: Fernet.generate_key().decode(),
}


def ensure(file: Path, given: Mapping[str, str]) -> list[str]:
    """Adds to FILE, which only its owner may read, what neither it nor GIVEN (the environment) has.

    Returns the names of what it made. Raises PermissionError when FILE belongs to somebody else.
    """
    lines = file.read_text().splitlines() if file.exists() else []
    known = {line.partition("=")[0] for line in lines} | {name for name in given if given[name]}
    made = [name for name in MAKERS if name not in known]
    if made:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a") as stream:
            stream.writelines(f"{name}={MAKERS[name]()}\n" for name in made)
            stream.flush()
            os.fsync(stream.fileno())
    return made


if __name__ == "__main__":
    for name, make in MAKERS.items():
        print(f"{name}={make()}")  # noqa: T201 - printing them is what it is for
