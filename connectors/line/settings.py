"""What an admin types in to connect a LINE Official Account."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.contract import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """One Messaging API channel of a LINE Official Account. The last two are filled in by the check."""

    channel_secret: str = setting(
        "Channel secret",
        secret=True,
        help="LINE Developers console → your channel → Basic settings. LINE signs what it sends us with it.",
    )
    access_token: str = setting(
        "Channel access token",
        secret=True,
        help="The same channel → Messaging API → Channel access token (long-lived) → Issue.",
    )
    basic_id: str = setting(
        "Basic ID",
        default="",
        placeholder="@123abcde",
        group="Advanced",
        help="Filled in by “Check connection”.",
    )
    bot_id: str = setting(
        "User ID of the account",
        default="",
        placeholder="U…",
        group="Advanced",
        help="Filled in by “Check connection”.",
    )
    api_url: str = setting(
        "API address",
        default="",
        group="Advanced",
        help="Only for a test server that speaks LINE's API. GUARDED_HTTP_ALLOW must name it.",
    )
