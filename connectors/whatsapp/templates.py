"""Approved templates: Meta's list → contract values, and one use of a template → the components of a sending.

Docs: whatsapp/business-management-api/message-templates, whatsapp/messages/template-messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.meta.graph import Graph
from connectors.meta.reading import Json, rows, text
from connectors.whatsapp.changes import STATUSES, reason
from inbox.contract import PermanentFailure, Template, TemplateStatus, TemplateUse

FIELDS = "id,name,language,status,category,parameter_format,components,rejected_reason"
PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MEDIA = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
GONE = {"DELETED", "PENDING_DELETION"}
# Buttons that need nothing when sending, or only the end of their link.
SIMPLE_BUTTONS = {"QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW", "REQUEST_CONTACT_INFO"}
NOT_FROM_HERE = "This kind of template cannot be sent from here."


def listed(graph: Graph, waba_id: str) -> Iterator[Template]:
    """All of the account, page after page. Raises like Graph.get."""
    for row in graph.pages(f"{waba_id}/message_templates", fields=FIELDS, limit="100"):
        if text(row.get("status")) not in GONE and text(row.get("id")):
            yield template(row)


def template(row: Json) -> Template:
    """One row. A kind with parts we do not fill (carousel, one-time code) is paused with the reason."""
    parts = {text(each.get("type")).upper(): each for each in rows(row.get("components"))}
    head, body = parts.get("HEADER", {}), text(parts.get("BODY", {}).get("text"))
    header, buttons = text(head.get("text")), rows(parts.get("BUTTONS", {}).get("buttons"))
    status, why = _status(row, parts, buttons)
    return Template(
        external_id=text(row.get("id")),
        name=text(row.get("name")),
        language=text(row.get("language")),
        body=_places(body),
        status=status,
        category=text(row.get("category")).lower(),
        header=_places(header),
        header_media=MEDIA.get(text(head.get("format")).upper(), ""),
        footer=text(parts.get("FOOTER", {}).get("text")),
        buttons=tuple(text(each.get("text")) for each in buttons),
        variables=(
            *(f"header:{name}" for name in _names(header)),
            *_names(body),
            *(f"button:{place}" for place, each in enumerate(buttons) if PLACE.search(text(each.get("url")))),
        ),
        reason=why,
    )


def _status(row: Json, parts: Mapping[str, Json], buttons: list[Json]) -> tuple[TemplateStatus, str]:
    """Where Meta's review stands and why; approved only if we can fill all of it in."""
    status = STATUSES.get(text(row.get("status")), TemplateStatus.PENDING)
    if status is not TemplateStatus.APPROVED:
        return status, reason(row)
    kind = text(parts.get("HEADER", {}).get("format")).upper()
    simple = parts.keys() <= {"HEADER", "BODY", "FOOTER", "BUTTONS"} and kind in {"", "TEXT", *MEDIA}
    if simple and all(text(each.get("type")) in SIMPLE_BUTTONS for each in buttons):
        return status, ""
    return TemplateStatus.PAUSED, NOT_FROM_HERE


def components(use: TemplateUse, media_id: str) -> list[dict[str, Any]]:
    """What goes beside name and language: only parts with something to fill in. Raises PermanentFailure if something is missing."""
    values = {key: " ".join(use.values.get(key, "").split()) for key in use.template.variables}
    missing = [key for key, value in values.items() if not value]
    if missing:
        raise PermanentFailure(f"Fill in “{missing[0]}” of the template.", code="132000")
    if bool(use.template.header_media) != bool(media_id):
        told = "Add the file that heads this template." if not media_id else "This template carries no file."
        raise PermanentFailure(told, code="132012")
    found = [
        ("header", [*_media(use.template, media_id), *_texts(values, "header")]),
        ("body", _texts(values, "")),
    ]
    filled: list[dict[str, Any]] = [{"type": kind, "parameters": given} for kind, given in found if given]
    filled += [
        {
            "type": "button",
            "sub_type": "url",
            "index": key.partition(":")[2],
            "parameters": [{"type": "text", "text": value}],
        }
        for key, value in values.items()
        if key.startswith("button:")
    ]
    return filled


def _media(template: Template, media_id: str) -> list[dict[str, Any]]:
    kind = template.header_media
    return [{"type": kind, kind: {"id": media_id}}] if kind else []


def _texts(values: dict[str, str], place: str) -> list[dict[str, str]]:
    """Values for {{1}} go by their order, others by their name."""
    given = []
    for key, value in values.items():
        where, _, name = key.rpartition(":")
        if where == place:
            named = {} if name.isdigit() else {"parameter_name": name}
            given.append({"type": "text", **named, "text": value})
    return given


def _names(body: str) -> list[str]:
    """The places in their order: {{1}} before {{2}} wherever they stand."""
    found = list(dict.fromkeys(PLACE.findall(body)))
    return sorted(found, key=int) if all(name.isdigit() for name in found) else found


def _places(body: str) -> str:
    """Without spaces inside the braces, as Template.filled looks for them."""
    return PLACE.sub(r"{{\1}}", body)
