"""Fields of a connector's Settings. The form and the encryption made from them are elsewhere (agents, inbox/secrets.py)."""

from __future__ import annotations

import dataclasses
from dataclasses import field
from typing import Any


def setting(
    label: str,
    *,
    help: str = "",  # noqa: A002  # the word a settings form has for it
    secret: bool = False,
    default: Any = dataclasses.MISSING,
    kind: str = "text",
    choices: tuple[tuple[str, str], ...] = (),
    placeholder: str = "",
    group: str = "",
) -> Any:
    """A field of a connector's Settings. `kind`: text, number, boolean, lines (a list, one a line), multiline or choice.

    A secret is encrypted at rest, never shown again, and kept out of repr.
    """
    metadata = {
        "label": label,
        "help": help,
        "secret": secret,
        "kind": kind,
        "choices": choices,
        "placeholder": placeholder,
        "group": group,
    }
    return field(default=default, repr=not secret, metadata=metadata)
