"""Twilio's content with WhatsApp's approval → templates (docs: content/content-api-resources, content/whatsapp-approval)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.response import Response

from connectors.twilio.api import twilio
from connectors.twilio.sending import refusal
from connectors.whatsapp_twilio.errors import MEANINGS
from connectors.whatsapp_twilio.settings import WhatsAppSettings
from inbox.contract import PermanentFailure, Template, TemplateStatus

MOST = 1000
STATUSES = {
    "approved": TemplateStatus.APPROVED,
    "received": TemplateStatus.PENDING,
    "pending": TemplateStatus.PENDING,
    "in_appeal": TemplateStatus.PENDING,
    "rejected": TemplateStatus.REJECTED,
    "paused": TemplateStatus.PAUSED,
    "disabled": TemplateStatus.PAUSED,
}
PLACE = re.compile(r"{{\s*([A-Za-z0-9_]+)\s*}}")
# Where the content types have their text, the most telling first.
BODIES = ("body", "title", "header_text")
# Meta writes this text itself (docs: content/whatsappauthentication).
CODE = "{{1}} is your verification code."


def templates(settings: WhatsAppSettings) -> Iterator[Template]:
    """All content submitted to WhatsApp. Raises like `send`."""
    client = twilio(settings)
    try:
        for each in client.content.v1.content_and_approvals.stream(limit=MOST, page_size=100):
            found = template(vars(each))
            if found:
                yield found
    except (TwilioRestException, TwilioServiceException) as error:
        raise refusal(error, client.http_client, MEANINGS) from error
    except (TwilioException, ValueError, TypeError, AttributeError, KeyError) as error:
        told = _told(error)
        if told is not None:
            raise refusal(told, client.http_client, MEANINGS) from error
        raise PermanentFailure("Twilio's list of templates cannot be read.", code="bad_answer") from error


def _told(error: Exception) -> TwilioRestException | None:
    """Of a page of a list the SDK gives the bare answer with its error; None if there is none in it."""
    answer = next((each for each in error.args if isinstance(each, Response)), None)
    if answer is None:
        return None
    try:
        said = json.loads(answer.text)
    except ValueError:
        said = {}
    code = said.get("code") if isinstance(said, dict) else None
    return TwilioRestException(answer.status_code, "", str(said)[:200], code=code)


def template(content: Mapping[str, Any]) -> Template | None:
    """One content; None if it was never submitted to WhatsApp: it cannot open a closed window."""
    approval = content.get("approval_requests")
    approval = approval if isinstance(approval, Mapping) else {}
    status = STATUSES.get(str(approval.get("status") or "").lower())
    types = content.get("types")
    if status is None or not isinstance(types, Mapping) or not content.get("sid"):
        return None
    name, shape = next(((k, v) for k, v in types.items() if isinstance(v, Mapping)), ("", {}))
    body = CODE if name == "whatsapp/authentication" else _text(shape, *BODIES)
    header = _text(shape, "header_text") if shape.get("body") else ""
    footer = _text(shape, "footer", "subtitle")
    return Template(
        external_id=str(content["sid"]),
        name=str(approval.get("name") or content.get("friendly_name") or content["sid"]),
        language=str(content.get("language") or ""),
        body=body,
        status=status,
        category=str(approval.get("category") or "").lower(),
        header=header,
        footer=footer,
        buttons=tuple(_buttons(shape)),
        variables=tuple(_variables(shape, body, header)),
        reason=str(approval.get("rejection_reason") or "")[:300],
    )


def _text(shape: Mapping[str, Any], *names: str) -> str:
    return next((str(shape[name]) for name in names if shape.get(name)), "")


def _buttons(shape: Mapping[str, Any]) -> Iterator[str]:
    actions = shape.get("actions") or shape.get("items") or ()
    for action in actions if isinstance(actions, list) else ():
        label = isinstance(action, Mapping) and (
            action.get("title") or action.get("item") or action.get("copy_code_text")
        )
        if label:
            yield str(label)


def _variables(shape: Mapping[str, Any], body: str, header: str) -> Iterator[str]:
    """Every name once: first those of the body, then those of the heading alone, then those of links, media and the rest."""
    seen: set[str] = set()
    for prefix, text in (("", body), ("header:", header), ("", " ".join(_strings(shape)))):
        for name in PLACE.findall(text):
            if name not in seen:
                seen.add(name)
                yield prefix + name


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
