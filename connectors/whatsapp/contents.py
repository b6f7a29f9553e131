"""One message's content → text, files and cards, by its type (docs: whatsapp/webhooks/reference/messages)."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass

from connectors.meta.reading import Json, mapping, number, rows, text
from connectors.phone import e164
from connectors.whatsapp.people import PHONE
from inbox.contract import Address, Card, CardKind, File

# Without the machine's own tables, so that a picture has the same name everywhere.
TYPES = mimetypes.MimeTypes()
for _type, _ending in (
    ("image/webp", ".webp"),
    ("audio/ogg", ".ogg"),
    ("audio/amr", ".amr"),
    ("audio/aac", ".aac"),
):
    TYPES.add_type(_type, _ending)
NAMES = {
    "image": "picture",
    "video": "video",
    "audio": "recording",
    "sticker": "sticker",
    "document": "document",
}
FULL_NAME = re.compile(r"^FN[^:\n]{0,40}:(.{1,200})$", re.MULTILINE)
# What `fetch` asks Graph for; a media object's own address ends after five minutes.
MEDIA = "media:"


@dataclass(frozen=True, slots=True)
class Content:
    text: str = ""
    files: tuple[File, ...] = ()
    cards: tuple[Card, ...] = ()


def read(message: Json) -> Content:
    """What stands in the bubble. A type nobody knows, or one without its content, stands there as a card that says so."""
    kind = text(message.get("type"))
    reader = READERS.get(kind)
    content = reader(message) if reader else Content()
    if content == Content():
        return Content(cards=(_unsupported(message, kind),))
    return content


def _text(message: Json) -> Content:
    return Content(text(mapping(message.get("text")).get("body")))


def _media(message: Json) -> Content:
    kind = text(message.get("type"))
    media = mapping(message.get(kind))
    media_id = text(media.get("id"))
    if not media_id:
        return Content()
    content_type = text(media.get("mime_type")) or "application/octet-stream"
    called = "voice" if media.get("voice") is True else NAMES[kind]
    ending = TYPES.guess_extension(content_type.partition(";")[0].strip()) or ""
    name = text(media.get("filename")).strip() or f"{called}{ending}"
    file = File(name=name, content_type=content_type.partition(";")[0].strip(), url=MEDIA + media_id)
    return Content(text(media.get("caption")), (file,))


def _location(message: Json) -> Content:
    place = mapping(message.get("location"))
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return Content()
    card = Card(
        kind=CardKind.LOCATION,
        title=text(place.get("name")),
        text=text(place.get("address")),
        url=_web(place.get("url")),
        latitude=latitude,
        longitude=longitude,
    )
    return Content(cards=(card,))


def _contacts(message: Json) -> Content:
    return Content(cards=tuple(_contact(each) for each in rows(message.get("contacts"))))


def _contact(contact: Json) -> Card:
    named = mapping(contact.get("name"))
    lines = [text(each.get("phone")) or text(each.get("wa_id")) for each in rows(contact.get("phones"))]
    lines += [text(each.get("email")) for each in rows(contact.get("emails"))]
    lines += [text(each.get("url")) for each in rows(contact.get("urls"))]
    return Card(
        kind=CardKind.CONTACT,
        title=text(named.get("formatted_name")) or text(named.get("first_name")) or _vcard_name(contact),
        text=text(mapping(contact.get("org")).get("company")),
        lines=tuple(line for line in lines if line),
    )


def _vcard_name(contact: Json) -> str:
    """FN (RFC 6350 §6.2.1) of a contact that comes as a vCard only."""
    found = FULL_NAME.search(text(contact.get("vcard")))
    return found[1].strip() if found else ""


def own_number(message: Json) -> Address | None:
    """The number somebody shared as their own, by the button that asks for it: WhatsApp fills it in, so it is attested. Any other
    shared contact is somebody's (docs: business-scoped-user-ids, `origin`)."""
    contacts = rows(message.get("contacts"))
    if message.get("type") != "contacts" or message.get("origin") != "contact_request" or len(contacts) != 1:
        return None
    phones = rows(contacts[0].get("phones"))
    if len(phones) != 1:
        return None
    value = e164(text(phones[0].get("phone")), mobile=True) or e164(
        f"+{text(phones[0].get('wa_id'))}", mobile=True
    )
    return Address(space=PHONE, value=value) if value else None


def _interactive(message: Json) -> Content:
    """A pressed button, a row of a list, a filled-in form (flow)."""
    interactive = mapping(message.get("interactive"))
    pressed = mapping(interactive.get("button_reply")) or mapping(interactive.get("list_reply"))
    if pressed:
        card = Card(
            kind=CardKind.CHOICE,
            title=text(pressed.get("title")) or text(pressed.get("id")),
            text=text(pressed.get("description")),
        )
        return Content(cards=(card,))
    if form := mapping(interactive.get("nfm_reply")):
        return Content(cards=(_form(form),))
    return Content()


def _form(form: Json) -> Card:
    """A flow's answers as lines; the token that named the flow is none of them."""
    try:
        answers = mapping(json.loads(text(form.get("response_json")) or "{}"))
    except (ValueError, RecursionError):
        answers = {}
    lines = tuple(
        f"{key}: {text(value) or json.dumps(value, ensure_ascii=False)}"
        for key, value in answers.items()
        if key != "flow_token"
    )
    return Card(
        kind=CardKind.CHOICE, title=text(form.get("body")) or text(form.get("name")) or "Form", lines=lines
    )


def _button(message: Json) -> Content:
    button = mapping(message.get("button"))
    label = text(button.get("text")) or text(button.get("payload"))
    return Content(cards=(Card(kind=CardKind.CHOICE, title=label),)) if label else Content()


def _order(message: Json) -> Content:
    order = mapping(message.get("order"))
    items = tuple(_item(each) for each in rows(order.get("product_items")))
    if not items:
        return Content()
    catalogue = text(order.get("catalog_id"))
    return Content(text(order.get("text")), cards=(Card(kind=CardKind.ORDER, title=catalogue, lines=items),))


def _item(item: Json) -> str:
    price = " ".join(part for part in (text(item.get("item_price")), text(item.get("currency"))) if part)
    return f"{text(item.get('quantity')) or '1'} × {text(item.get('product_retailer_id'))}" + (
        f", {price}" if price else ""
    )


def _unsupported(message: Json, kind: str) -> Card:
    """What Meta says it was: `unsupported.type`, else the error's title, else the type itself."""
    error = next(iter(rows(message.get("errors"))), {})
    said = text(mapping(message.get("unsupported")).get("type")) or text(error.get("title"))
    called = said if kind in {"", "unsupported", "unknown"} else kind
    return Card(kind=CardKind.UNSUPPORTED, text=called or said or "unknown")


def advert(message: Json) -> tuple[Card, ...]:
    """The advert or post whose button brought them here, and the product they ask about."""
    cards = []
    if referral := mapping(message.get("referral")):
        cards.append(
            Card(
                kind=CardKind.POST if referral.get("source_type") == "post" else CardKind.ADVERT,
                title=text(referral.get("headline")),
                text=text(referral.get("body")),
                url=_web(referral.get("source_url")),
            )
        )
    product = mapping(mapping(message.get("context")).get("referred_product"))
    if product:
        cards.append(Card(kind=CardKind.ORDER, title=text(product.get("product_retailer_id"))))
    return tuple(cards)


def _web(url: object) -> str:
    """Only addresses a browser may open: the customer's app writes this field."""
    address = text(url)
    return address if address.startswith(("https://", "http://")) else ""


READERS: dict[str, Callable[[Json], Content]] = {
    "text": _text,
    **dict.fromkeys(NAMES, _media),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
}
