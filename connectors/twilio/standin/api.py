"""The routes of Twilio's API that the connector uses. Fields as in the SDK's resources (twilio/rest/api/v2010, messaging/v1)."""

from __future__ import annotations

import base64
import re
from typing import Any

from connectors.standin.wire import Answer, Asked, as_json
from connectors.twilio.signature import Form
from connectors.twilio.standin.account import Account
from connectors.twilio.standin.records import Number, Refusal, Service, Sms
from connectors.twilio.standin.wire import form_of

ACCOUNT = re.compile(r"/2010-04-01/Accounts/(?P<account>\w+)(?P<rest>/.*|\.json)")
MEDIA = re.compile(r"/Messages/\w+/Media/(?P<media>\w+)")
SERVICE = re.compile(r"/v1/Services/(?P<service>\w+)(?P<rest>/PhoneNumbers)?")


def respond(account: Account, asked: Asked, *, port: int) -> tuple[Answer, Sms | None]:
    """The answer, and the message if one was created. Raises Refusal."""
    if not account.allows(*login_of(asked)):
        raise Refusal(20003, status=401)
    found = SERVICE.fullmatch(asked.path)
    if found and asked.method == "GET":
        return _service(account, found["service"], numbers=bool(found["rest"])), None
    found = ACCOUNT.fullmatch(asked.path)
    if not found or found["account"] != account.sid:
        raise Refusal(20404, status=404)
    if (asked.method, found["rest"]) == ("POST", "/Messages.json"):
        sms = account.create(form_of(asked))
        return as_json(account.resource(sms), 201), sms
    return _read(account, found["rest"], form_of(asked), port), None


def _read(account: Account, rest: str, fields: Form, port: int) -> Answer:
    media = MEDIA.fullmatch(rest)
    if media and media["media"] in account.media:
        # To another origin, as Twilio's to its CDN: a client that takes its login along is found out there.
        return Answer(307, headers={"Location": f"http://localhost:{port}/cdn/{media['media']}"})
    if rest == ".json":
        return as_json(_account(account))
    if rest == "/IncomingPhoneNumbers.json":
        wanted = fields.first("PhoneNumber")
        numbers = [_number(account, each) for each in account.numbers.values() if wanted in {"", each.number}]
        return as_json({"incoming_phone_numbers": numbers, "page": 0, "page_size": 50, "next_page_uri": None})
    raise Refusal(20404, status=404)


def cdn(account: Account, asked: Asked) -> Answer:
    """A media file. A store that signs its addresses refuses a login besides (as S3 does: 400)."""
    if "authorization" in asked.headers:
        return Answer(400, b"Only one auth mechanism allowed", "text/plain")
    content_type, content = account.media.get(asked.path.rpartition("/")[2], ("", b""))
    return Answer(200, content, content_type) if content_type else Answer(404, b"", "text/plain")


def login_of(asked: Asked) -> tuple[str, str]:
    """User and password of Basic authentication, empty if there is none."""
    try:
        text = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
    except ValueError:
        text = ""
    user, _, password = text.partition(":")
    return user, password


def _account(account: Account) -> dict[str, Any]:
    return {"sid": account.sid, "friendly_name": "Stand-in", "status": account.status, "type": account.kind}


def _number(account: Account, number: Number) -> dict[str, Any]:
    return {
        "sid": number.sid,
        "account_sid": account.sid,
        "phone_number": number.number,
        "friendly_name": number.number,
        "capabilities": {"voice": False, "fax": False, **_texts(number)},
        "sms_url": number.sms_url,
        "sms_method": "POST",
        "sms_application_sid": number.sms_application_sid,
        "status": "in-use",
    }


def _texts(number: Number) -> dict[str, bool]:
    return {name.lower(): can for name, can in (("SMS", number.sms), ("MMS", number.mms))}


def _service(account: Account, wanted: str, *, numbers: bool) -> Answer:
    service = account.services.get(wanted)
    if service is None:
        raise Refusal(20404, status=404)
    if not numbers:
        return as_json(_service_fields(account, service))
    rows = [
        {"sid": f"PN{index:032}", "account_sid": account.sid, "service_sid": service.sid, "phone_number": number,
         "country_code": "US" if number.startswith("+1") else "GB", "capabilities": ["SMS"]}
        for index, number in enumerate(service.numbers)
    ]  # fmt: skip
    return as_json({"phone_numbers": rows, "meta": {"key": "phone_numbers", "next_page_url": None}})


def _service_fields(account: Account, service: Service) -> dict[str, Any]:
    return {
        "sid": service.sid,
        "account_sid": account.sid,
        "friendly_name": service.name,
        "inbound_request_url": service.inbound_request_url or None,
        "inbound_method": "POST",
        "sticky_sender": service.sticky_sender,
        "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
        "us_app_to_person_registered": service.registered,
    }
