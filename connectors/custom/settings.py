"""What an admin types in for a channel of their own."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.contract import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomSettings:
    """`mapping`: one line a field, read by connectors/custom/mapping.py; empty if the other system speaks our format."""

    secret: str = setting(
        "Signing secret",
        secret=True,
        placeholder="whsec_…",
        help="Both sides sign with it: “whsec_” and the output of: openssl rand -base64 32",
    )
    send_url: str = setting(
        "Send to",
        default="",
        placeholder="https://…",
        help="Where answers are posted, signed. Empty: this channel only receives.",
    )
    mapping: tuple[str, ...] = setting(
        "Mapping",
        default=(),
        kind="lines",
        placeholder="external_message_id = $.review.id",
        help="If the other system posts JSON of its own: a field of ours and where it stands in theirs, one a line.",
    )
    other_secret: str = setting(
        "Second signing secret",
        default="",
        secret=True,
        group="Advanced",
        help="Accepted, and signed with, beside the first: the next one while you rotate.",
    )
    bearer_token: str = setting(
        "Bearer token",
        default="",
        secret=True,
        group="Advanced",
        help="Only for senders that cannot sign. Weaker: whoever sees one request can write anything, for ever.",
    )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those in use, the first one first."""
        return tuple(each for each in (self.secret, self.other_secret) if each)
