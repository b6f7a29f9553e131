"""What an admin sets for any channel with visitors. A live connector's Settings inherit from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.contract import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorSettings:
    """Who may open the chat, who vouches for a visitor, and when an answer goes after somebody who left."""

    origins: Sequence[str] = setting(
        "Websites that may show the chat",
        kind="lines",
        default=(),
        placeholder="https://www.shop.example",
        help="One address a line, without a path. https://*.shop.example means every subdomain. "
        "Our own address is always allowed.",
    )
    page: str = setting(
        "Page the chat is on",
        default="",
        placeholder="https://www.shop.example/help",
        help="Where links lead that carry a conversation over to another device. It must be on one of the websites above.",
    )
    identity_secret: str = setting(
        "Identity secret",
        secret=True,
        default="",
        group="Signed-in users",
        help="At least 32 random characters, different for each channel. Your server signs a token (JWT, HS256) with it "
        "for users who are logged in. Empty: nobody is ever taken for somebody known.",
    )
    continuity_minutes: int = setting(
        "Send unread answers by mail after (minutes)",
        kind="number",
        default=5,
        group="When the visitor has left",
        help="Only to visitors who left an address. 0: never.",
    )
