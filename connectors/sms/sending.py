"""One message → Messages.create of Twilio's SDK, and its answer → Accepted or the contract's errors."""

from __future__ import annotations

from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from connectors import http
from connectors.phone import e164
from connectors.sms.api import Transport, twilio
from connectors.sms.errors import Effect, meaning
from connectors.sms.reading import OURS, clean
from connectors.sms.settings import TwilioSettings
from connectors.sms.signature import RETRIES
from inbox.contract import (
    Accepted,
    ChannelBroken,
    ChannelInfo,
    ContractError,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)


def send(message: OutboundMessage, settings: TwilioSettings, channel: ChannelInfo) -> Accepted:
    """Hand the message to Twilio. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown.

    A file goes as its `url`, which Twilio fetches without a login: the sender fills in a signed address that expires.
    """
    fields = _fields(message, settings, channel)
    client = twilio(settings)
    try:
        sent = client.messages.create(**fields)
    except (TwilioRestException, TwilioServiceException) as error:
        raise refusal(error, client.http_client) from error
    except (TwilioException, ValueError, TypeError, AttributeError) as error:
        raise OutcomeUnknown("Twilio's answer cannot be read.", code="bad_answer") from error
    if not sent.sid:
        raise OutcomeUnknown("Twilio answered without an id.", code="no_id")
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
        raise ChannelBroken(meaning(21603).reason, code="21603")
    # A short code or a name registered as sender is no E.164 number and goes as it is.
    return {"from_": e164(settings.number, channel.country) or settings.number}


def report_to(hook_url: str, reference_id: str) -> str:
    """Where Twilio reports what became of the message: our hook, naming our own message, tried again while we are down."""
    query = f"?{urlencode({OURS: reference_id})}" if reference_id else ""
    return f"{hook_url}{query}{RETRIES}"


def refusal(error: TwilioRestException | TwilioServiceException, transport: Transport) -> ContractError:
    """What an answer that is not a success means for the message."""
    status, code = int(error.status), str(error.code or error.status)
    # The SDK puts the HTTP status where Twilio gave no code of its own.
    known = code != str(status)
    means = meaning(code, said=_said(error)) if known else None
    if status == 429 or (means and means.effect is Effect.LATER):
        reason = means.reason if means else meaning(20429).reason
        return TemporaryFailure(reason, code=code, retry_after=http.retry_after(transport.headers))
    if status == 401 or (means and means.effect is Effect.BROKEN):
        return ChannelBroken((means or meaning(20003)).reason, code=code)
    if status >= 500:
        return _fault(status, code, transport, known=known)
    means = means or meaning(code, said=_said(error))
    return PermanentFailure(
        means.reason, code=code, opted_out=means.opted_out, undeliverable=means.undeliverable
    )


def _fault(status: int, code: str, transport: Transport, *, known: bool) -> ContractError:
    """A 5xx: with Twilio's own error code, or 503, nothing was taken. A bare 502 or 504 is a gateway that does not know."""
    if known or status in {500, 503}:
        return TemporaryFailure(
            meaning(20500).reason, code=code, retry_after=http.retry_after(transport.headers)
        )
    return OutcomeUnknown("Twilio's gateway broke off; nobody knows whether the message went.", code=code)


def _said(error: TwilioRestException | TwilioServiceException) -> str:
    text = error.msg if isinstance(error, TwilioRestException) else (error.detail or error.title)
    return str(text).removeprefix("Unable to create record: ")


def _detail(segments: str | None, media: str | None) -> str:
    """What it costs, in the provider's count; a service says 0 until it has chosen a number."""
    parts = []
    if segments and segments != "0":
        parts.append(f"{segments} SMS")
    if media and media != "0":
        parts.append("1 file" if media == "1" else f"{media} files")
    return ", ".join(parts)
