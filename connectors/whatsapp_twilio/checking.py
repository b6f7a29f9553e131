"""Asks Twilio what works: the account, the WhatsApp sender, its quality, and where its messages go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twilio.rest import Client

from connectors.phone import e164, written
from connectors.twilio.checking import Line, health
from connectors.twilio.settings import TwilioSettings
from connectors.whatsapp_twilio.addresses import SCHEME
from connectors.whatsapp_twilio.errors import MEANINGS
from inbox.contract import ChannelInfo, Health

SANDBOX = "+14155238886"


def check(settings: TwilioSettings, channel: ChannelInfo) -> Health:
    """Each thing tried as one line; the first refusal ends it."""
    return health(settings, channel, _tried, MEANINGS)


def _tried(client: Client, settings: TwilioSettings, channel: ChannelInfo) -> Iterator[Line]:
    number = e164(settings.number, channel.country) or settings.number
    if settings.messaging_service_sid:
        yield from _service(client, settings.messaging_service_sid, channel)
    elif number == SANDBOX:
        yield (
            True,
            "This is Twilio's sandbox: it writes only to phones that sent it the join code, for 3 days.",
        )
    elif number:
        yield from _sender(client, number, channel)
    else:
        yield False, "Enter a WhatsApp number or a messaging service; without one this channel cannot send."


def _sender(client: Client, number: str, channel: ChannelInfo) -> Iterator[Line]:
    named = f"{SCHEME}:{number}"
    senders = client.messaging.v2.channels_senders.stream(channel=SCHEME, limit=1000)
    sender = next((each for each in senders if each.sender_id == named), None)
    if sender is None:
        yield False, f"The account has no WhatsApp sender {written(number)}."
        return
    online = str(sender.status) in {"ONLINE", "ONLINE:UPDATING"}
    reasons = "; ".join(map(str, sender.offline_reasons or ()))
    yield (
        online,
        f"The sender {written(number)} is {'online' if online else str(sender.status).lower() + (f': {reasons}' if reasons else '')}.",
    )
    yield from _quality(_fields(sender.properties))
    yield _hook(str(_fields(sender.webhook).get("callback_url") or ""), channel)


def _quality(properties: dict[str, Any]) -> Iterator[Line]:
    rating, limit = properties.get("quality_rating"), properties.get("messaging_limit")
    if rating:
        yield (
            True,
            f"Meta rates its quality {str(rating).lower()}{f'; it may open {limit}' if limit else ''}.",
        )


def _service(client: Client, sid: str, channel: ChannelInfo) -> Iterator[Line]:
    service = client.messaging.v1.services(sid).fetch()
    yield True, f"The service “{service.friendly_name}” is there."
    if service.use_inbound_webhook_on_number:
        yield True, f"It leaves incoming messages to its senders: each must name {channel.hook_url}"
    else:
        yield _hook(service.inbound_request_url or "", channel)


def _hook(url: str, channel: ChannelInfo) -> Line:
    if url.partition("#")[0] == channel.hook_url:
        return True, "Twilio sends its messages to us."
    return False, f"Twilio sends its messages to {url or 'nobody'}. Set its webhook to {channel.hook_url}"


def _fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
