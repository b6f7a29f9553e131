"""Asks Twilio what works: the number or service, and where it sends incoming messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from twilio.rest import Client

from connectors.phone import e164, written
from connectors.sms.errors import MEANINGS
from connectors.twilio.checking import Line, health
from connectors.twilio.settings import TwilioSettings
from inbox.contract import ChannelInfo, Health


def check(settings: TwilioSettings, channel: ChannelInfo) -> Health:
    """Each thing tried as one line; the first refusal ends it."""
    return health(settings, channel, _tried, MEANINGS)


def _tried(client: Client, settings: TwilioSettings, channel: ChannelInfo) -> Iterator[Line]:
    if settings.messaging_service_sid:
        yield from _service(client, settings.messaging_service_sid, channel)
    elif settings.number:
        yield from _number(client, settings, channel)
    else:
        yield False, "Enter a number or a messaging service; without one this channel cannot send."


def _number(client: Client, settings: TwilioSettings, channel: ChannelInfo) -> Iterator[Line]:
    number = e164(settings.number, channel.country) or settings.number
    found = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    if not found:
        yield False, f"The account has no number {written(number)}."
        return
    yield from _abilities(written(number), found[0].capabilities)
    yield _hook(found[0].sms_url, found[0].sms_application_sid, channel, f"the number {written(number)}")


def _service(client: Client, sid: str, channel: ChannelInfo) -> Iterator[Line]:
    service = client.messaging.v1.services(sid).fetch()
    numbers = service.phone_numbers.list(limit=20)
    listed = ", ".join(written(str(each.phone_number)) for each in numbers)
    yield (
        bool(numbers),
        f"The service “{service.friendly_name}” has {f'the numbers {listed}' if numbers else 'no numbers'}.",
    )
    if any(each.country_code == "US" for each in numbers) and not service.us_app_to_person_registered:
        yield False, "No A2P 10DLC campaign is registered for the service: US networks block its messages."
    if not service.sticky_sender:
        yield True, "Sticky sender is off: answers may leave from another number than the customer wrote to."
    if not service.use_inbound_webhook_on_number:
        yield _hook(service.inbound_request_url, None, channel, f"the service “{service.friendly_name}”")
        return
    for each in client.incoming_phone_numbers.list(limit=200):
        if each.phone_number in {number.phone_number for number in numbers}:
            yield _hook(
                each.sms_url, each.sms_application_sid, channel, f"the number {written(each.phone_number)}"
            )


def _abilities(number: str, capabilities: Any) -> Iterator[Line]:
    """`capabilities` is {"sms": bool, "mms": bool, …}, whatever the SDK's annotation says."""
    has: Callable[[str], bool] = lambda name: bool(capabilities.get(name))  # noqa: E731
    yield (
        has("sms"),
        f"{number} {'sends and receives SMS' if has('sms') else 'cannot do SMS: choose another number'}.",
    )
    if has("sms") and not has("mms"):
        yield True, f"{number} cannot do MMS: pictures and files do not go from it."


def _hook(url: str | None, application: str | None, channel: ChannelInfo, what: str) -> Line:
    """Whether incoming messages come to us. A TwiML application or another address takes them away."""
    if application:
        return (
            False,
            f"A TwiML application takes the messages of {what}. Set its webhook to {channel.hook_url}",
        )
    if (url or "").partition("#")[0] == channel.hook_url:
        return True, f"Twilio sends the messages of {what} to us."
    return (
        False,
        f"Twilio sends the messages of {what} to {url or 'nobody'}. Set its webhook to {channel.hook_url}",
    )
