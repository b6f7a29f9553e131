"""The phone page: a person plays the customer in a browser, texts one of the account's numbers and sees the answers arrive."""

from __future__ import annotations

import base64
import binascii
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from connectors.phone import e164, written
from connectors.standin.wire import Answer, Asked, as_json
from connectors.twilio.standin.records import Sms
from connectors.twilio.standin.wire import form_of

if TYPE_CHECKING:
    from connectors.sms.standin.server import StandIn

FOLDER = Path(__file__).parent
PAGES = {
    "/": ("phone.html", "text/html; charset=utf-8"),
    "/phone.css": ("phone.css", "text/css; charset=utf-8"),
    "/phone.js": ("phone.js", "text/javascript; charset=utf-8"),
}
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
PICTURES = ("image/jpeg", "image/png", "image/gif")
# Seconds between the states a message passes through on its way, so that a person can see them.
STEPS = (("sending", 0.2), ("sent", 0.5), ("delivered", 0.8))


def respond(standin: StandIn, asked: Asked) -> Answer:
    """The page, its messages, and texts typed into it. Other sites' pages are refused: they could text in somebody's name."""
    method, path = asked.method, asked.path
    if asked.headers.get("host") not in standin.hosts:
        return Answer(403, b"Open the page by its own address.", "text/plain")
    if path in PAGES:
        name, content_type = PAGES[path]
        return Answer(200, (FOLDER / name).read_bytes(), content_type, GUARDS)
    if path.startswith("/phone/media/"):
        return _picture(standin, path.rpartition("/")[2])
    if (method, path) == ("GET", "/phone/messages"):
        return as_json(_thread(standin, form_of(asked).first("me")))
    own_page = asked.headers.get("origin", "").removeprefix("http://") in standin.hosts
    if (method, path) == ("POST", "/phone/send") and own_page:
        return _send(standin, asked.body)
    return Answer(404, b"", "text/plain")


def _thread(standin: StandIn, me: str) -> dict[str, Any]:
    """What the phone `me` shows, and the numbers it can text."""
    account = standin.account
    with account.lock:
        messages = [_bubble(each) for each in account.messages if e164(me) in {each.sender, each.to}]
        numbers = [{"number": number, "written": written(number)} for number in account.numbers]
    return {"numbers": numbers, "messages": messages}


def _bubble(sms: Sms) -> dict[str, Any]:
    return {
        "sid": sms.sid,
        "mine": sms.inbound,
        "other": sms.to if sms.inbound else sms.sender,
        "body": sms.body,
        "media": [f"/phone/media/{each}" for each in sms.media if not each.startswith("http")],
        "status": sms.status,
        "error": sms.error,
        "at": sms.at.isoformat(),
    }


def _send(standin: StandIn, body: bytes) -> Answer:
    """{"me", "to", "body", "picture": {"type", "base64"} or null} → the webhook's status."""
    try:
        typed = json.loads(body)
        me, to, text = e164(str(typed["me"])), str(typed["to"]), str(typed.get("body", ""))
        media = [_attached(typed["picture"])] if typed.get("picture") else []
    except (ValueError, KeyError, TypeError, binascii.Error):
        return as_json({"problem": "This cannot be read."}, 400)
    if not me or to not in standin.account.numbers or not (text.strip() or media):
        return as_json({"problem": "Enter a telephone number such as +44 7700 900123, and a text."}, 400)
    sms = standin.account.receive(me, to, text[:1600], media)
    status = standin.webhooks.deliver(sms)
    if 200 <= status < 300:
        return as_json({"sid": sms.sid})
    sms.status, sms.error = "failed", str(status)
    return as_json({"problem": f"The inbox did not take it (answer {status or 'none'})."}, 502)


def _attached(picture: Any) -> tuple[str, bytes]:
    content = base64.b64decode(picture["base64"], validate=True)
    if picture["type"] not in PICTURES or len(content) > 5_000_000:
        raise ValueError("Only JPEG, PNG or GIF up to 5 MB.")
    return str(picture["type"]), content


def _picture(standin: StandIn, media: str) -> Answer:
    content_type, content = standin.account.media.get(media, ("", b""))
    if content_type not in PICTURES:
        return Answer(404, b"", "text/plain")
    return Answer(200, content, content_type, GUARDS)


def travel(standin: StandIn, sms: Sms) -> None:
    """A message to the phone goes through its states, each reported; its pictures are fetched from us as Twilio would."""
    fetched = [_fetched(url) for url in sms.media]
    with standin.account.lock:
        for index, each in enumerate(fetched):
            if each is not None:
                name = f"{sms.sid}{index}"
                standin.account.media[name] = each
                sms.media[index] = name
    if None in fetched:
        standin.webhooks.report(sms, "failed", "11200")
        return
    for status, wait in STEPS:
        time.sleep(wait)
        standin.webhooks.report(sms, status)


def _fetched(url: str) -> tuple[str, bytes] | None:
    try:
        answer = httpx.get(url, timeout=10, trust_env=False, follow_redirects=True)
    except httpx.HTTPError:
        return None
    content_type = answer.headers.get("content-type", "").partition(";")[0]
    return (content_type, answer.content) if answer.is_success else None
