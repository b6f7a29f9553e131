"""Messages.create of Twilio's SDK, and what its answers mean. Which fields go is each channel's own."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest.api.v2010.account.message import MessageInstance

from connectors import http
from connectors.twilio.api import Transport, twilio
from connectors.twilio.errors import Effect, Meaning, meaning
from connectors.twilio.settings import TwilioSettings
from connectors.twilio.signature import RETRIES
from connectors.twilio.webhooks import OURS
from inbox.contract import ChannelBroken, ContractError, OutcomeUnknown, PermanentFailure, TemporaryFailure


def create(
    settings: TwilioSettings, fields: Mapping[str, object], table: Mapping[int, Meaning]
) -> MessageInstance:
    """Messages.create of the SDK. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown."""
    client = twilio(settings)
    try:
        sent = client.messages.create(**fields)
    except (TwilioRestException, TwilioServiceException) as error:
        raise refusal(error, client.http_client, table) from error
    except (TwilioException, ValueError, TypeError, AttributeError) as error:
        raise OutcomeUnknown("Twilio's answer cannot be read.", code="bad_answer") from error
    if not sent.sid:
        raise OutcomeUnknown("Twilio answered without an id.", code="no_id")
    return sent


def report_to(hook_url: str, reference_id: str) -> str:
    """Where Twilio reports what became of the message: our hook, naming our own message, tried again while we are down."""
    query = f"?{urlencode({OURS: reference_id})}" if reference_id else ""
    return f"{hook_url}{query}{RETRIES}"


def refusal(
    error: TwilioRestException | TwilioServiceException, transport: Transport, table: Mapping[int, Meaning]
) -> ContractError:
    """What an answer that is not a success means for the message."""
    status, code = int(error.status), str(error.code or error.status)
    # The SDK puts the HTTP status where Twilio gave no code of its own.
    known = code != str(status)
    means = meaning(table, code, said=_said(error)) if known else None
    if status == 429 or (means and means.effect is Effect.LATER):
        reason = means.reason if means else meaning(table, 20429).reason
        return TemporaryFailure(reason, code=code, retry_after=http.retry_after(transport.headers))
    if status == 401 or (means and means.effect is Effect.BROKEN):
        return ChannelBroken((means or meaning(table, 20003)).reason, code=code)
    if status >= 500:
        return _fault(status, code, transport, table, known=known)
    means = means or meaning(table, code, said=_said(error))
    return PermanentFailure(
        means.reason,
        code=code,
        opted_out=means.opted_out,
        undeliverable=means.undeliverable,
        window_closed=means.window_closed,
    )


def _fault(
    status: int, code: str, transport: Transport, table: Mapping[int, Meaning], *, known: bool
) -> ContractError:
    """A 5xx: with Twilio's own error code, or 503, nothing was taken. A bare 502 or 504 is a gateway that does not know."""
    if known or status in {500, 503}:
        return TemporaryFailure(
            meaning(table, 20500).reason, code=code, retry_after=http.retry_after(transport.headers)
        )
    return OutcomeUnknown("Twilio's gateway broke off; nobody knows whether the message went.", code=code)


def _said(error: TwilioRestException | TwilioServiceException) -> str:
    text = error.msg if isinstance(error, TwilioRestException) else (error.detail or error.title)
    return str(text).removeprefix("Unable to create record: ")
