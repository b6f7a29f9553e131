"""What an admin types in to connect an account on X."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.contract import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class XSettings:
    """The app's keys, and those of the account that answers (OAuth 1.0a, RFC 5849)."""

    user_id: str = setting(
        "Account id", placeholder="1234567890", help="The number of the account, not its @name."
    )
    consumer_key: str = setting("API key", help="In X's developer portal: the app → Keys and tokens.")
    consumer_secret: str = setting("API key secret", secret=True, help="X signs with it what it sends us.")
    access_token: str = setting(
        "Access token", help="Made for the account, with permission for direct messages."
    )
    access_token_secret: str = setting("Access token secret", secret=True)
    mentions: bool = setting(
        "Posts that mention us",
        default=True,
        kind="boolean",
        help="Each becomes a public thread. Answers there can be read by everybody.",
    )
    api_url: str = setting(
        "API address",
        default="",
        group="Advanced",
        help="Only for a test server that speaks X's API. It must be named in GUARDED_HTTP_ALLOW.",
    )
