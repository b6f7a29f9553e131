"""What an admin types in to connect an Instagram account, by either of Meta's two ways."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.meta.settings import GRAPH, MetaSettings
from inbox.contract import setting

INSTAGRAM = "https://graph.instagram.com/v26.0"
BY_ACCOUNT, BY_PAGE = "account", "page"
# What our app wants to hear of the account (docs: instagram-platform/webhooks). Echoes come with the messages.
FIELDS = (
    "messages",
    "message_reactions",
    "messaging_postbacks",
    "messaging_seen",
    "messaging_referral",
    "message_edit",
    "comments",
    "live_comments",
)
# By a page, the fields are the app's own; the page must only be subscribed to something.
PAGE_FIELDS = ("messages",)
PAGE_SCOPES = (
    "instagram_basic",
    "instagram_manage_messages",
    "instagram_manage_comments",
    "pages_manage_metadata",
    "pages_read_engagement",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstagramSettings(MetaSettings):
    """One professional account. `access_token` is the account's own (60 days, renewed by us every day), or that of its page."""

    account_id: str = setting(
        "Account ID",
        help="The professional account's ID (17841…): the app's dashboard shows it beside the account.",
    )
    login: str = setting(
        "Connected by",
        default=BY_ACCOUNT,
        kind="choice",
        choices=((BY_ACCOUNT, "Instagram login"), (BY_PAGE, "The account's Facebook page")),
        help="Instagram login needs no Facebook page.",
    )
    page_id: str = setting("Page ID", default="", help="Only if connected by the account's Facebook page.")
    graph_url: str = setting(
        "Graph API address",
        default="",
        group="Advanced",
        help="With the version; empty: Meta's own. Another host, for a test server, must be named in GUARDED_HTTP_ALLOW.",
    )

    @property
    def by_page(self) -> bool:
        return self.login == BY_PAGE

    @property
    def base(self) -> str:
        """Where the API is."""
        return self.graph_url or (GRAPH if self.by_page else INSTAGRAM)

    @property
    def node(self) -> str:
        """Who sends: the page in the account's name, or the account itself."""
        return self.page_id if self.by_page else "me"
