"""“Check connection” as far as every channel by Twilio asks the same: the account, and what a refusal reads like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from connectors.twilio.api import twilio
from connectors.twilio.errors import Meaning
from connectors.twilio.sending import refusal
from connectors.twilio.settings import TwilioSettings
from inbox.contract import ChannelInfo, ContractError, Health

Line = tuple[bool, str]
Tried = Callable[[Client, TwilioSettings, ChannelInfo], Iterator[Line]]


def health(
    settings: TwilioSettings, channel: ChannelInfo, tried: Tried, table: Mapping[int, Meaning]
) -> Health:
    """The account, then each thing `tried`, as one line; the first refusal ends it."""
    lines: list[Line] = []
    client = twilio(settings)
    try:
        if not settings.api_key_sid:
            # A standard API key may not read the account (docs: iam/api-keys).
            lines.append(_account(client))
        lines.extend(tried(client, settings, channel))
        if channel.hook_url and not channel.hook_url.startswith("https://"):
            lines.append((True, "Twilio reaches us without encryption: PUBLIC_URL is not https."))
    except (TwilioRestException, TwilioServiceException) as error:
        lines.append((False, refusal(error, client.http_client, table).reason))
    except ContractError as error:
        lines.append((False, error.reason))
    except (TwilioException, ValueError, TypeError, AttributeError):
        lines.append((False, "What answers there is not Twilio's API."))
    return Health(ok=all(fine for fine, _ in lines), lines=tuple(text for _, text in lines))


def _account(client: Client) -> Line:
    account = client.api.accounts(client.account_sid).fetch()
    if account.status != "active":
        return False, f"The account “{account.friendly_name}” is {account.status}."
    trial = (
        " It is a trial: it texts only numbers verified in the console." if account.type == "Trial" else ""
    )
    return True, f"The account “{account.friendly_name}” is active.{trial}"
