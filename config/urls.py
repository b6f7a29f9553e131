"""The address table: agents at the root, each connector's own pages below /c/<kind>/."""

from django.urls import URLPattern, URLResolver, include, path

from agents.access import admins_only
from agents.views.settings import channels, repairs
from config import health
from connectors import consent_pages, file_links, inbound, receipt_pages
from connectors.discovery import kinds_with

# The connectors' own settings pages. They know nothing of the agents' guard, and the agents nothing of receipts.
receipts = [
    path("", admins_only(receipt_pages.receipts), name="receipts"),
    path("replay/", admins_only(receipt_pages.replay_all), name="receipts-replay"),
    path("<int:pk>/", admins_only(receipt_pages.receipt), name="receipt"),
    path("<int:pk>/replay/", admins_only(receipt_pages.replay), name="receipt-replay"),
    path("<int:pk>/dismiss/", admins_only(receipt_pages.dismiss), name="receipt-dismiss"),
]

# A channel that works again reads what was parked meanwhile: here the one is told of the other.
repaired = [
    path("", channels.channel, {"replay": inbound.replay_parked}, name="settings-channel"),
    path(
        "reconnect/", repairs.reconnect, {"replay": inbound.replay_parked}, name="settings-channel-reconnect"
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("f/<str:token>", file_links.linked_file, name="linked-file"),
    path("u/<str:token>", consent_pages.wishes, name="wishes"),
    *(path(f"c/{kind}/", include(f"connectors.{kind}.urls")) for kind in kinds_with("urls")),
    path("settings/receipts/", include(receipts)),
    path("settings/channels/<int:pk>/", include(repaired)),
    path("api/", include("agents.api.urls")),
    path("", include("agents.urls")),
]
