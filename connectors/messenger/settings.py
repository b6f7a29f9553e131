"""What an admin types in to connect a Facebook page."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.meta.settings import MetaSettings
from inbox.contract import setting

# What our app wants to hear of the page (docs: messenger-platform/webhooks, graph-api/webhooks/reference/page).
FIELDS = (
    "messages",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_postbacks",
    "messaging_referrals",
    "feed",
    "mention",
)
SCOPES = (
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerSettings(MetaSettings):
    """One page. `access_token` is the page's own."""

    page_id: str = setting("Page ID", help="On the Facebook page: About → Page transparency.")
