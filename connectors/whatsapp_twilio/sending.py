"""One message → calls of Messages.create: WhatsApp carries one file each, and a caption only under a picture."""

from __future__ import annotations

import json

from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from connectors.phone import e164
from connectors.twilio.api import twilio
from connectors.twilio.sending import create, refusal, report_to
from connectors.twilio.webhooks import clean
from connectors.whatsapp_twilio import addresses
from connectors.whatsapp_twilio.errors import MEANINGS
from connectors.whatsapp_twilio.settings import WhatsAppSettings
from inbox.contract import (
    Accepted,
    ChannelBroken,
    ChannelInfo,
    ContractError,
    OutboundMessage,
    PermanentFailure,
    TemplateUse,
)

Fields = dict[str, object]
# Meta's limit for a caption; a longer text goes on its own.
CAPTION = 1024


def send(message: OutboundMessage, settings: WhatsAppSettings, channel: ChannelInfo) -> Accepted:
    """Hand the message to Twilio. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown for its first part.

    What went is never sent again: if a later part is refused, the message is accepted and its detail says what is missing.
    """
    common = _common(message, settings, channel)
    parts = _parts(message)
    sids: list[str] = []
    detail = ""
    for part in parts:
        try:
            sids.append(create(settings, common | part, MEANINGS).sid)
        except ContractError as error:
            if not sids:
                raise
            detail = f"Only {len(sids)} of its {len(parts)} parts went. {error.reason}"
            break
    return Accepted(external_id=sids[0], also=tuple(sids[1:]), detail=detail)


def _common(message: OutboundMessage, settings: WhatsAppSettings, channel: ChannelInfo) -> Fields:
    to = addresses.write(message.to, settings.account_sid, channel.country)
    if not to and message.to.space == addresses.SCHEME:
        raise PermanentFailure(
            "This person is known to another WhatsApp account. Answer from that channel.",
            code="other_account",
        )
    if not to:
        raise PermanentFailure(MEANINGS[21211].reason, code="21211", undeliverable=True)
    fields: Fields = {"to": to, "status_callback": report_to(channel.hook_url, message.reference_id)}
    if settings.messaging_service_sid:
        return fields | {"messaging_service_sid": settings.messaging_service_sid}
    if not settings.number:
        raise ChannelBroken(MEANINGS[21603].reason, code="21603")
    own = e164(settings.number, channel.country) or settings.number
    return fields | {"from_": f"{addresses.SCHEME}:{own}"}


def _parts(message: OutboundMessage) -> list[Fields]:
    if message.template is not None:
        return [_template(message.template)]
    missing = [file.name for file in message.files if not file.url]
    if missing:
        raise PermanentFailure(
            f"“{missing[0]}” has no public address for Twilio to fetch.", code="no_file_url"
        )
    text = clean(message.text).replace("\r\n", "\n")
    parts: list[Fields] = [{"media_url": [file.url]} for file in message.files]
    if not text.strip():
        return parts
    if parts and message.files[0].content_type in {"image/jpeg", "image/png"} and len(text) <= CAPTION:
        parts[0]["body"] = text
        return parts
    return [{"body": text}, *parts]


def _template(use: TemplateUse) -> Fields:
    """Twilio has one set of names for all places of a template."""
    values = {key.rpartition(":")[2]: clean(value) for key, value in use.values.items()}
    fields: Fields = {"content_sid": use.template.external_id}
    return fields | ({"content_variables": json.dumps(values, ensure_ascii=False)} if values else {})


def typing(settings: WhatsAppSettings, last: str) -> None:
    """Under their latest message, which counts as read with it (docs: whatsapp/api/typing-indicators-resource). Raises like `send`."""
    client = twilio(settings)
    try:
        client.messaging.v2.typing_indicator.create(channel=addresses.SCHEME, message_id=last)
    except (TwilioRestException, TwilioServiceException) as error:
        raise refusal(error, client.http_client, MEANINGS) from error
