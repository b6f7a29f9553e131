"""What bubbles show besides words: cards, the bubble they answer, reactions, gestures under way, and who speaks. Pictures: album.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as in_context

from agents.templatetags.page import hue
from inbox import cards, registry
from inbox.actions import links
from inbox.actions.told import is_web_address
from inbox.contract import Card, CardKind, GestureKind
from inbox.models import GestureOrder, Message
from inbox.models.pairs import GestureState
from inbox.text import preview

register = template.Library()

ICONS: Mapping[str, str] = {
    CardKind.LOCATION: "map-pin",
    CardKind.CONTACT: "contact",
    CardKind.CHOICE: "mouse-pointer-click",
    CardKind.QUESTION: "list",
    CardKind.STORY: "circle-dashed",
    CardKind.POST: "newspaper",
    CardKind.ADVERT: "megaphone",
    CardKind.ORDER: "shopping-bag",
    CardKind.TEMPLATE: "layout-template",
    CardKind.UNSUPPORTED: "file-question-mark",
}
NAMES: Mapping[str, Any] = {
    CardKind.LOCATION: gettext_lazy("Location"),
    CardKind.CONTACT: gettext_lazy("Contact"),
    CardKind.CHOICE: in_context("pressed a button", "Chose"),
    CardKind.QUESTION: gettext_lazy("Question"),
    CardKind.STORY: gettext_lazy("Story"),
    CardKind.POST: in_context("on a social network", "Post"),
    CardKind.ADVERT: gettext_lazy("Came by an advert"),
    CardKind.ORDER: gettext_lazy("Order"),
    CardKind.TEMPLATE: gettext_lazy("Template"),
    CardKind.UNSUPPORTED: gettext_lazy("Cannot be shown here"),
}
STORIES: Mapping[str, Any] = {
    "reply": gettext_lazy("Answered our story"),
    "mention": gettext_lazy("Mentioned us in their story"),
}
"""A story's text, where it says what they did with it."""
ORDERED: Mapping[str, Any] = {
    GestureKind.REACT: gettext_lazy("Reaction"),
    GestureKind.EDIT: gettext_lazy("New words"),
    GestureKind.DELETE: gettext_lazy("Taking back"),
    GestureKind.HIDE: gettext_lazy("Hiding"),
    GestureKind.SHOW: gettext_lazy("Showing again"),
}
FIRST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said something in a room of several."""

    name: str
    initials: str
    hue: int
    key: int


@dataclass(frozen=True, slots=True)
class Chip:
    """One emoji on a message, by how many and by whom."""

    emoji: str
    count: int
    who: str


@register.filter
def shown_cards(message: Message) -> list[Card]:
    """What is neither its text nor a file."""
    return [cards.from_json(each) for each in message.cards]


@register.filter
def card_icon(card: Card) -> str:
    """The name of a card's picture."""
    return ICONS[card.kind]


@register.filter
def card_name(card: Card) -> str:
    """What a card is, in a word or two."""
    story = STORIES.get(card.text) if card.kind == CardKind.STORY else None
    return str(story or NAMES[card.kind])


@register.filter
def card_text(card: Card) -> str:
    """A card's text, where it is no code of ours."""
    return "" if card.kind == CardKind.STORY and card.text in STORIES else card.text


@register.filter
def card_link(card: Card) -> str:
    """Where a card leads: an http(s) address that is safe to offer, or ""."""
    return card.url if is_web_address(card.url) else ""


@register.filter
def host(url: str) -> str:
    """Whose website it is: "shop.example"."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def place(card: Card) -> str:
    """Where it is in degrees, as maps take it: "51.50735,-0.12776"; "" if that is not known. Never in the reader's own figures."""
    if card.latitude is None or card.longitude is None:
        return ""
    return f"{card.latitude:.5f},{card.longitude:.5f}"


@register.filter
def map_link(card: Card) -> str:
    """The place on OpenStreetMap, for whoever clicks; "" without one."""
    if not place(card):
        return ""
    latitude, longitude = place(card).split(",")
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"


@register.filter
def template_name(message: Message) -> str:
    """What the approved text that was sent is called; "" if it was none."""
    return str(message.template["template"].get("name", "")) if message.template else ""


@register.filter
def answered(message: Message) -> Message | None:
    """The bubble it quotes. None where nobody quotes, and if it is another desk's or, since a merge was undone, another customer's:
    who reads this one may not read that one."""
    quoted = message.in_reply_to
    if quoted is None or message.channel is None or not registry.capabilities(message.channel.kind).quotes:
        return None
    same_desk = quoted.conversation.desk_id == message.conversation.desk_id
    return quoted if same_desk and quoted.customer_id == message.customer_id else None


@register.filter
def first_words(message: Message) -> str:
    """What a quoted bubble says, in one line."""
    if message.deleted_at is not None:
        return _("Deleted")
    if message.text:
        own = links.shown(message.text) if message.is_outbound else message.text
        return preview(own, limit=FIRST_WORDS)
    files = list(message.attachments.all())
    if files and files[0].is_image:
        return _("Picture")
    if files and files[0].is_video:
        return _("Video")
    if files and files[0].is_audio:
        return _("Voice message")
    if files:
        return files[0].name
    shown = shown_cards(message)
    return (shown[0].title or card_name(shown[0]))[:FIRST_WORDS] if shown else _("Message")


@register.filter
def speaker(message: Message) -> Speaker | None:
    """Who said it, where that is not the customer alone: in a group, or under somebody else's post. None for what is ours."""
    if not message.is_inbound:
        return None
    wrote = next((each.identity for each in message.participants.all() if each.role == "author"), None)
    identity = wrote or message.identity
    if identity is None:
        return None
    if message.customer.kind != "group" and identity.customer_id == message.customer_id:
        return None
    name = identity.name or identity.value
    letters = [word[0] for word in identity.name.split() if word[0].isalnum()]
    initials = "".join(dict.fromkeys((letters[0], letters[-1]))).upper() if letters else "?"
    return Speaker(name, initials, hue(identity.pk), identity.pk)


@register.filter
def reaction_chips(message: Message) -> list[Chip]:
    """Its reactions, alike ones together, in the order they came."""
    who: dict[str, list[str]] = {}
    for each in message.reactions.all():
        name = each.agent.name if each.agent else (each.identity.name if each.identity else "")
        who.setdefault(each.emoji, []).append(name or str(message.customer))
    return [Chip(emoji, len(names), ", ".join(names)) for emoji, names in who.items()]


@register.filter
def takes_reactions(message: Message) -> bool:
    """Whether anybody of us can put an emoji on it: as inbox.actions.gestures.refuses has it, which asks for nobody in particular."""
    if message.channel is None or message.deleted_at is not None or not message.external_id:
        return False
    return registry.capabilities(message.channel.kind).own_reactions


@register.filter
def ordered(order: GestureOrder) -> str:
    """What somebody asked for, in a word or two: "Reaction 👍"."""
    name = str(ORDERED.get(order.kind, order.kind))
    if order.kind == GestureKind.REACT:
        return f"{name} {order.emoji}" if order.emoji else _("Taking the reaction away")
    return name


@register.filter
def has_failed(order: GestureOrder) -> bool:
    """Whether it will not be tried again by itself."""
    return order.state == GestureState.FAILED
