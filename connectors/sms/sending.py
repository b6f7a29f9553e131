"""One message → Messages.create of Twilio's SDK, and its answer → Accepted or the contract's errors."""

from __future__ import annotations

from connectors.phone import e164
from connectors.sms.errors import MEANINGS
from connectors.twilio.sending import create, report_to
from connectors.twilio.settings import TwilioSettings
from connectors.twilio.webhooks import clean
from inbox.contract import Accepted, ChannelBroken, ChannelInfo, OutboundMessage, PermanentFailure


def send(message: OutboundMessage, settings: TwilioSettings, channel: ChannelInfo) -> Accepted:
    """Hand the message to Twilio. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown.

    A file goes as its `url`, which Twilio fetches without a login: the sender fills in a signed address that expires.
    """
    fields = _fields(message, settings, channel)
    sent = create(settings, fields, MEANINGS)
    return Accepted(external_id=sent.sid, detail=_detail(sent.num_segments, sent.num_media))


def _fields(message: OutboundMessage, settings: TwilioSettings, channel: ChannelInfo) -> dict[str, object]:
    to = e164(message.to.value, channel.country, mobile=True)
    if not to:
        raise PermanentFailure(
            "This is not a telephone number we can text.", code="21211", undeliverable=True
        )
    missing = [file.name for file in message.files if not file.url]
    if missing:
        raise PermanentFailure(
            f"“{missing[0]}” has no public address for Twilio to fetch.", code="no_file_url"
        )
    text = clean(message.text).replace("\r\n", "\n")
    fields: dict[str, object] = {
        "to": to,
        "status_callback": report_to(channel.hook_url, message.reference_id),
    }
    if text:
        fields["body"] = text
    if message.files:
        fields["media_url"] = [file.url for file in message.files]
    return fields | _sender(settings, channel)


def _sender(settings: TwilioSettings, channel: ChannelInfo) -> dict[str, object]:
    if settings.messaging_service_sid:
        return {"messaging_service_sid": settings.messaging_service_sid}
    if not settings.number:
        raise ChannelBroken(MEANINGS[21603].reason, code="21603")
    # A short code or a name registered as sender is no E.164 number and goes as it is.
    return {"from_": e164(settings.number, channel.country) or settings.number}


def _detail(segments: str | None, media: str | None) -> str:
    """What it costs, in the provider's count; a service says 0 until it has chosen a number."""
    parts = []
    if segments and segments != "0":
        parts.append(f"{segments} SMS")
    if media and media != "0":
        parts.append("1 file" if media == "1" else f"{media} files")
    return ", ".join(parts)
