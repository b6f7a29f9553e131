"""What each kind of channel can do, as a page of the documentation: made of the capabilities, so that it cannot lie."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from inbox import registry
from inbox.contract import Capabilities, Connector

HEAD = """# What each channel can do

Made from the connectors' capabilities by `manage.py channel_matrix`; do not edit it by hand. The composer, the checks before sending and this page read the
same object, so an agent is offered on each channel only what stands here. An empty field means no.

"""
NEEDS = """
## What each needs

The settings a channel cannot do without; each README says where to find them, step by step, and what the provider limits.

"""
LEFT_OUT = "Sandbox"
"""The pretended provider is for tests and for trying out: nobody chooses it."""


def text() -> str:
    """The whole page."""
    kinds = {kind: each for kind, each in registry.kinds().items() if each.label != LEFT_OUT}
    rows = [["Channel", *COLUMNS]]
    rows += [
        [
            f"[{each.label}](../connectors/{kind}/README.md)",
            *(cell(each.capabilities) for cell in COLUMNS.values()),
        ]
        for kind, each in kinds.items()
    ]
    parts = [HEAD]
    for first in range(1, len(COLUMNS) + 1, AT_ONCE):
        parts += [_table([[row[0], *row[first : first + AT_ONCE]] for row in rows]), "\n"]
    return "".join([*parts, NEEDS.lstrip("\n"), *(f"{_needs(kind, each)}\n" for kind, each in kinds.items())])


def _table(rows: list[list[str]]) -> str:
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _needs(kind: str, connector: type[Connector]) -> str:
    fields = dataclasses.fields(connector.Settings)
    needed = [
        str(each.metadata.get("label") or each.name)
        for each in fields
        if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
    ]
    return f"- **{connector.label}**: {', '.join(needed) or 'nothing'} ([how to set it up](../connectors/{kind}/README.md))"


def _yes(name: str) -> Callable[[Capabilities], str]:
    return lambda can: "yes" if getattr(can, name) else ""


def _both(theirs: str, ours: str) -> Callable[[Capabilities], str]:
    """Who can do it: they, we, or both."""

    def cell(can: Capabilities) -> str:
        return " and ".join(who for who, name in (("theirs", theirs), ("ours", ours)) if getattr(can, name))

    return cell


def _within(time: timedelta | None) -> str:
    if not time:
        return ""
    if time >= timedelta(days=2) and time % timedelta(days=1) == timedelta():
        return f"{time.days} days"
    hours = time // timedelta(hours=1)
    return f"{hours} hours" if hours != 1 else "1 hour"


def _gone(can: Capabilities) -> str:
    base = _both("deletes", "own_deletes")(can)
    return f"{base} (within {_within(can.own_delete_window)})" if base and can.own_delete_window else base


def _edited(can: Capabilities) -> str:
    base = _both("edits", "own_edits")(can)
    return f"{base} (within {_within(can.own_edit_window)})" if base and can.own_edit_window else base


def _text(can: Capabilities) -> str:
    return f"{can.text_limit:,} characters" if can.text_limit else "any length"


def _files(can: Capabilities) -> str:
    rules = can.files
    if not rules.max_count:
        return ""
    size = f"{rules.max_bytes // 1_000_000} MB" if rules.max_bytes else "any size"
    return f"{rules.max_count} of {size} each, {'some types' if rules.types else 'any type'}"


def _told(can: Capabilities) -> str:
    """What they tell of our messages, and whether we tell them that we have read."""
    theirs = [name for name in can.receipts if name in ("delivered", "read", "bounced")]
    return ", ".join([*theirs, *(["we tell them"] if can.marks_read else [])])


def _public(can: Capabilities) -> str:
    if not can.public:
        return ""
    more = [word for true, word in ((can.hides, "hide"), (can.private_replies, "answer in private")) if true]
    return ", ".join(["yes", *more])


def _first(can: Capabilities) -> str:
    if not can.can_start:
        return ""
    return "by template" if can.reply_window and can.templates else "yes"


def _rate(can: Capabilities) -> str:
    parts = [f"{can.most_per_second:,} a second"] if can.most_per_second else []
    if can.gap:
        seconds = int(can.gap.total_seconds())
        parts.append(f"one in {seconds} s to one person" if seconds > 1 else "one a second to one person")
    return ", ".join(parts)


AT_ONCE = 6
"""So many columns fit beside each other on a page."""

COLUMNS: Mapping[str, Callable[[Capabilities], str]] = MappingProxyType(
    {
        "Text": _text,
        "Files in a message": _files,
        "Quotes": _yes("quotes"),
        "Buttons": lambda can: f"up to {can.choices}" if can.choices else "",
        "We may write first": _first,
        "Templates": _yes("templates"),
        "Reactions": _both("reactions", "own_reactions"),
        "Edits": _edited,
        "Taking back": _gone,
        "Told of our messages": _told,
        "Typing shown": _yes("typing"),
        "Groups": _yes("groups"),
        "Time to answer": lambda can: _within(can.reply_window) or "always",
        "Late answers": lambda can: f"until {_within(can.late_window)}" if can.late_window else "",
        "Public comments": _public,
        "Names asked for": _yes("names"),
        "Notices to colleagues": _yes("notices"),
        "Sending limit": _rate,
    }
)
