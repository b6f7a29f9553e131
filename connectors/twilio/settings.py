"""What an admin types in to connect a Twilio number or messaging service."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.contract import setting

# A region keeps messages and credentials there; requests go to its nearest edge (docs: global-infrastructure/understanding-edge-locations).
EDGES = {"us1": "", "ie1": "dublin", "au1": "sydney"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """Either `number` or `messaging_service_sid`; the service wins, as it may hold several numbers."""

    account_sid: str = setting(
        "Account SID", placeholder="AC…", help="On the first page of the Twilio console."
    )
    auth_token: str = setting(
        "Auth token", secret=True, help="Beside the account SID. Twilio signs what it sends us with it."
    )
    number: str = setting(
        "Number", default="", placeholder="+44 20 7946 0000", help="The number customers text."
    )
    messaging_service_sid: str = setting(
        "Messaging service SID",
        default="",
        placeholder="MG…",
        help="Instead of a number, for a pool of numbers. Needed for US numbers registered for A2P 10DLC.",
    )
    other_secret: str = setting(
        "Second signing secret",
        default="",
        secret=True,
        group="Advanced",
        help="Accepted beside the auth token: the new token while you rotate it, or a webhook signing key.",
    )
    api_key_sid: str = setting(
        "API key SID",
        default="",
        placeholder="SK…",
        group="Advanced",
        help="If given, requests to Twilio use this key instead of the auth token.",
    )
    api_key_secret: str = setting("API key secret", default="", secret=True, group="Advanced")
    region: str = setting(
        "Region",
        default="us1",
        kind="choice",
        group="Advanced",
        choices=(("us1", "United States (default)"), ("ie1", "Ireland"), ("au1", "Australia")),
        help="Where your Twilio account keeps its data. Credentials are different in each region.",
    )
    api_url: str = setting(
        "API address",
        default="",
        group="Advanced",
        help="Only for a test server that speaks Twilio's API. It must be named in GUARDED_HTTP_ALLOW.",
    )

    @property
    def login(self) -> tuple[str, str]:
        """User and password for Twilio's API and media."""
        if self.api_key_sid and self.api_key_secret:
            return self.api_key_sid, self.api_key_secret
        return self.account_sid, self.auth_token
