"""What an admin types in for any channel of Meta: the app, its secret, the handshake's token, and the access token."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.contract import setting

# Current since 2026-07-29, kept for two years (docs: graph-api/changelog).
GRAPH = "https://graph.facebook.com/v26.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaSettings:
    """Subclass it with the ids of a kind. `access_token` acts for the number, page or account; `app_secret` proves whose app asks."""

    app_id: str = setting("App ID", help="In the Meta app: App settings → Basic.")
    app_secret: str = setting(
        "App secret", secret=True, help="Beside the app ID. Meta signs what it sends us with it."
    )
    access_token: str = setting(
        "Access token", secret=True, help="Of a system user, never expiring: see the set-up steps."
    )
    verify_token: str = setting(
        "Verify token",
        secret=True,
        help="Any long random text of yours; enter the same beside the webhook's address in the Meta app.",
    )
    other_secret: str = setting(
        "Second app secret",
        default="",
        secret=True,
        group="Advanced",
        help="Accepted beside the app secret while you reset it.",
    )
    graph_url: str = setting(
        "Graph API address",
        default=GRAPH,
        group="Advanced",
        help="With the version. Another host, for a test server, must be named in GUARDED_HTTP_ALLOW.",
    )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may have signed a webhook."""
        return self.app_secret, self.other_secret
