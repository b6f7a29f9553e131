"""What an admin types in to connect a WhatsApp number of Meta's Cloud API."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.meta.graph import Graph
from connectors.meta.settings import MetaSettings
from connectors.whatsapp.errors import MEANINGS
from inbox.contract import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppSettings(MetaSettings):
    """One number. `portfolio_id` is the space in which Meta numbers people (docs: whatsapp/business-scoped-user-ids)."""

    phone_number_id: str = setting(
        "Phone number ID",
        help="In the Meta app: WhatsApp → API setup, below the number. Not the number itself.",
    )
    waba_id: str = setting(
        "WhatsApp Business account ID", help="Beside the phone number ID. Its templates are offered here."
    )
    portfolio_id: str = setting(
        "Business portfolio ID",
        help="In Meta Business Suite: Settings → Business portfolio info. Do not change it later: people are known by it.",
    )

    @property
    def graph(self) -> Graph:
        return Graph(
            base=self.graph_url, token=self.access_token, app_secret=self.app_secret, meanings=MEANINGS
        )
