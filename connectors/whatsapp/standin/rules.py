"""What the Cloud API refuses of a new message, with the errors it answers (docs: whatsapp/messages, support/error-codes)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from connectors.meta.standin import GraphRefusal
from connectors.whatsapp.people import USER
from connectors.whatsapp.standin.account import Account, Sent, wamid

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# Content types and the most bytes of each kind (docs: media#supported-media-types).
LIMITS = {
    "image/jpeg": 5,
    "image/png": 5,
    "audio/aac": 16,
    "audio/amr": 16,
    "audio/mpeg": 16,
    "audio/mp4": 16,
    "audio/ogg": 16,
    "video/mp4": 16,
    "video/3gpp": 16,
    "text/plain": 100,
    "application/pdf": 100,
    "application/msword": 100,
    "application/vnd.": 100,
}
Json = dict[str, Any]


def missing(name: str) -> GraphRefusal:
    return GraphRefusal(100, f"The parameter {name} is required.")


def invalid(details: str, code: int = 131009) -> GraphRefusal:
    return GraphRefusal(code, "Parameter value is not valid", details=details)


def create(account: Account, data: Json) -> Sent:
    """POST /messages. Raises GraphRefusal."""
    to = str(data.get("to") or "")
    recipient = str(data.get("recipient") or "")
    if not to and not recipient:
        raise missing("to")
    if data.get("recipient_type", "individual") not in {"individual", "group"}:
        raise GraphRefusal(100, "Param recipient_type must be one of {INDIVIDUAL, GROUP}")
    if recipient and not to and not USER.fullmatch(recipient):
        raise invalid("recipient is not a business-scoped user ID.")
    context = data.get("context")
    if context is not None and not account.knows(str(context.get("message_id"))):
        raise invalid("The message quoted does not exist.")
    kind = str(data.get("type") or "text")
    if kind not in CHECKS or not isinstance(data.get(kind), dict):
        raise GraphRefusal(100, f"Param type must be one of the documented ones, with its object: {kind}.")
    CHECKS[kind](account, data[kind], kind)
    sent = Sent(wamid(), to or recipient, data, named=str(data.get("biz_opaque_callback_data") or ""))
    # A user id in `to` is read as a number that nobody has (chatwoot PR 15150).
    sent.lost = bool(USER.fullmatch(to))
    return sent


def check_upload(content_type: str, content: bytes) -> None:
    """POST /media. Raises GraphRefusal."""
    most = next((mb for start, mb in LIMITS.items() if content_type.startswith(start)), 0)
    if not most:
        raise GraphRefusal(
            100, f"Param file must be a file with one of the documented types. Received {content_type}."
        )
    if not content or len(content) > most * 1_000_000:
        raise GraphRefusal(131053, "Media upload error", details="The file is empty or too large.")


def _text(account: Account, text: Json, kind: str) -> None:
    body = str(text.get("body") or "")
    if not body:
        raise GraphRefusal(131008, "Required parameter is missing", details="text.body is missing.")
    if len(body) > 4096:
        raise GraphRefusal(100, "Param text['body'] must be at most 4096 characters long.")


def _media(account: Account, media: Json, kind: str) -> None:
    found = account.media.get(str(media.get("id")))
    if not found:
        raise GraphRefusal(
            100, f"Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
        )
    if kind != "document" and not found[0].startswith(f"{kind}/"):
        raise GraphRefusal(131053, "Media upload error", details=f"A {kind} cannot be of type {found[0]}.")
    if len(str(media.get("caption") or "")) > 1024 or (kind == "audio" and "caption" in media):
        raise GraphRefusal(100, f"Param {kind}['caption'] is not valid.")


def _interactive(account: Account, interactive: Json, kind: str) -> None:
    body, action = str(interactive["body"]["text"]), interactive["action"]
    if not 0 < len(body) <= (1024 if interactive["type"] == "button" else 4096):
        raise invalid("Body text length invalid.")
    buttons = [each["reply"]["title"] for each in action.get("buttons", ())]
    listed = [row["title"] for section in action.get("sections", ()) for row in section["rows"]]
    if len(buttons) > 3 or any(not 0 < len(title) <= 20 for title in buttons):
        raise invalid("Button title length invalid. Min length: 1, Max length: 20. At most 3 buttons.")
    if len(listed) > 10 or any(not 0 < len(title) <= 24 for title in listed):
        raise invalid("Row title is too long. Max length: 24. At most 10 rows.")


def _reaction(account: Account, reaction: Json, kind: str) -> None:
    if not account.knows(str(reaction.get("message_id"))):
        raise invalid("The message to react to does not exist.")


def _template(account: Account, template: Json, kind: str) -> None:
    found = next(
        (
            each
            for each in account.templates
            if (each["name"], each["language"]) == (template.get("name"), template["language"]["code"])
        ),
        None,
    )
    if found is None or found["status"] in {"PENDING", "REJECTED"}:
        raise GraphRefusal(132001, "Template name does not exist in the translation", status=404)
    if found["status"] == "PAUSED":
        raise GraphRefusal(132015, "Template is Paused")
    given = {each["type"]: each["parameters"] for each in template.get("components", ())}
    for part in found["components"]:
        where = part["type"].lower()
        if part.get("format") in {"IMAGE", "VIDEO", "DOCUMENT"}:
            _check_head(account, given.get("header", []), part["format"].lower())
        elif where in {"header", "body"}:
            _check_values(str(part.get("text") or ""), given.get(where, []))


def _check_head(account: Account, given: list[Json], kind: str) -> None:
    if len(given) != 1 or given[0].get("type") != kind or given[0][kind].get("id") not in account.media:
        raise GraphRefusal(132012, "Parameter format does not match format in the created template")


def _check_values(text: str, given: list[Json]) -> None:
    wanted = list(dict.fromkeys(PLACE.findall(text)))
    if len(wanted) != len(given):
        details = f"body: number of localizable_params ({len(given)}) does not match the expected number of params ({len(wanted)})"
        raise GraphRefusal(
            132000, "Number of parameters does not match the expected number of params", details=details
        )
    named = {each.get("parameter_name") for each in given}
    if not all(name.isdigit() for name in wanted) and named != set(wanted):
        raise GraphRefusal(132000, "Parameter name is missing or empty")
    if any(re.search(r"[\n\t]| {5}", each["text"]) for each in given):
        raise GraphRefusal(132018, "There was an issue with the parameters in your template")


CHECKS: dict[str, Callable[[Account, Json, str], None]] = {
    "text": _text,
    **dict.fromkeys(("image", "video", "audio", "document"), _media),
    "interactive": _interactive,
    "reaction": _reaction,
    "template": _template,
}
