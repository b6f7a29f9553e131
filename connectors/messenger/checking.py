"""“Check connection”: the token, whose page it is, and whether its events come to us."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.messenger.reading import TOPIC
from connectors.messenger.settings import FIELDS, SCOPES, MessengerSettings
from connectors.meta import checks
from connectors.meta.checks import Found
from connectors.meta.graph import Graph
from connectors.meta.reading import text
from inbox.contract import ChannelInfo, Health


def check(graph: Graph, settings: MessengerSettings, channel: ChannelInfo) -> Health:
    return checks.health(_tried(graph, settings, channel))


def _tried(graph: Graph, settings: MessengerSettings, channel: ChannelInfo) -> Iterator[Found]:
    yield from checks.token(graph, settings.app_id, SCOPES)
    page = graph.get("me", fields="id,name")
    if text(page.get("id")) == settings.page_id:
        yield Found(fine=True, line=f"The page is “{text(page.get('name'))}”.")
    else:
        yield Found(fine=False, line="The access token is not this page's. Make one for the page itself.")
        return
    yield from checks.hook(graph, settings.app_id, TOPIC, channel)
    yield from checks.subscription(graph, f"{settings.page_id}/subscribed_apps", settings.app_id, FIELDS)
