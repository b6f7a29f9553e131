"""A file of theirs by its id: Graph gives an address that ends after five minutes and wants our token too (docs: media)."""

from __future__ import annotations

import dataclasses

from connectors.meta.graph import fetched
from connectors.meta.reading import text
from connectors.whatsapp.contents import MEDIA
from connectors.whatsapp.errors import FILE_MEANINGS
from connectors.whatsapp.settings import WhatsAppSettings
from inbox.contract import ChannelBroken, File, PermanentFailure, TemporaryFailure

# Where Graph's media addresses lead.
HOSTS = ("lookaside.fbsbx.com", "fbcdn.net", "facebook.com", "whatsapp.net")
MOST_BYTES = 100_000_000


def fetch(file: File, settings: WhatsAppSettings) -> File:
    """The bytes. Meta keeps them for 7 days (docs: media#retrieve). Raises TemporaryFailure or PermanentFailure."""
    media_id = file.url.removeprefix(MEDIA)
    if not file.url.startswith(MEDIA) or not (media_id.isascii() and media_id.isalnum()):
        raise PermanentFailure("This is no file of WhatsApp's.", code="address_refused")
    graph = dataclasses.replace(settings.graph, meanings=FILE_MEANINGS)
    try:
        found = graph.get(media_id, phone_number_id=settings.phone_number_id)
    except ChannelBroken as error:
        # A new token makes it work again; sending or the daily check stops the channel meanwhile.
        raise TemporaryFailure(error.reason, code=error.code) from error
    here = dataclasses.replace(file, url=text(found.get("url")))
    got = fetched(
        here, token=settings.access_token, hosts=HOSTS, base=settings.graph_url, max_bytes=MOST_BYTES
    )
    return dataclasses.replace(got, url=file.url)
