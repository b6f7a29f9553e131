"""What an admin types in to connect a Slack app of their own (manifest.yaml makes one)."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.contract import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """With `signing_secret` Slack posts to our hook; with `app_token` we listen on a socket instead (Socket Mode). One is needed."""

    bot_token: str = setting(
        "Bot token",
        secret=True,
        placeholder="xoxb-…",
        help="In your Slack app: OAuth & Permissions, after it was installed.",
    )
    signing_secret: str = setting(
        "Signing secret",
        default="",
        secret=True,
        help="In your Slack app: Basic Information. Slack signs what it sends us with it.",
    )
    app_token: str = setting(
        "App-level token",
        default="",
        secret=True,
        placeholder="xapp-…",
        help="Only for Socket Mode, when the internet cannot reach this installation. Scope: connections:write.",
    )
    companies: tuple[str, ...] = setting(
        "Channels and companies",
        default=(),
        kind="lines",
        placeholder="C0123456789 = Acme Ltd",
        help="One a line: the channel's id, and the company whose people write there.",
    )
    notice_channel: str = setting(
        "Channel for notices",
        default="",
        placeholder="C0123456789",
        help="Id of a channel of your own team. Who waits and who is late is told there, with buttons.",
    )
    serve_colleagues: bool = setting(
        "Colleagues are customers, too",
        default=False,
        kind="boolean",
        group="Advanced",
        help="For an internal help desk: what people of your own workspace write becomes a request.",
    )
    team_id: str = setting(
        "Workspace id",
        default="",
        placeholder="T0123456789",
        group="Advanced",
        help="Whose people are colleagues. Check connection fills it in.",
    )
    api_url: str = setting(
        "API address",
        default="",
        group="Advanced",
        help="Only for a test server that speaks Slack's API. It must be named in GUARDED_HTTP_ALLOW.",
    )

    def company(self, channel: str) -> str:
        """The company that `channel` belongs to, or ""."""
        pairs = (line.partition("=") for line in self.companies)
        return next((name.strip() for key, _, name in pairs if key.strip() == channel), "")

    @property
    def rooms(self) -> tuple[str, ...]:
        """The channels that belong to a company."""
        keys = (line.partition("=")[0].strip() for line in self.companies)
        return tuple(key for key in keys if key)
