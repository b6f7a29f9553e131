"""What a person (or our side, elsewhere) said in Messenger or Instagram: messages, pressed buttons, and how they came to write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from connectors.meta.attachments import carried, unsupported, web_address
from connectors.meta.heard import Heard, ignored
from connectors.meta.reading import Json, digest, mapping, text
from inbox.contract import Card, CardKind, Delete, InboundEvent, InboundMessage, Proof

# "When … a person [is] sending their first message after clicking a Click-to-Messenger or Click-to-Direct ad, the window may last up
# to 7 days" (docs: messenger-platform/policy, 2026-09-28). Should Meta close it earlier, its refusal says so.
AD_WINDOW = timedelta(days=7)


def message(heard: Heard) -> Iterator[InboundEvent]:
    part, mid = heard.part, text(heard.part.get("mid"))
    if not mid:
        yield ignored(heard.data, "A message without an id.")
    elif part.get("is_deleted") is True:
        yield Delete(event_key=f"deleted:{mid}", occurred_at=heard.at, external_id=mid)
    elif heard.ours and part.get("is_echo") is not True:
        yield ignored(heard.data, "The account wrote to itself.")
    elif heard.ours and text(part.get("app_id")) == heard.account.app_id != "":
        yield ignored(heard.data, "We have sent this message ourselves.")
    else:
        yield _said(heard, mid)


def _said(heard: Heard, mid: str) -> InboundMessage:
    part = heard.part
    files, cards = carried(part.get("attachments"))
    written = text(part.get("text"))
    if mapping(part.get("quick_reply")) and not heard.ours:
        cards, written = (*cards, Card(kind=CardKind.CHOICE, title=written)), ""
    told = [*_answered(part), *cards, *advert(mapping(part.get("referral")))]
    if part.get("is_unsupported") is True or not (written or files or told):
        told.append(unsupported("message"))
    return InboundMessage(
        event_key=f"message:{mid}",
        external_id=mid,
        text=written,
        files=files,
        cards=tuple(told),
        in_reply_to=text(mapping(part.get("reply_to")).get("mid")),
        **_common(heard),
    )


def _common(heard: Heard) -> dict[str, Any]:
    """Who wrote to whom, when, and until when it can be answered."""
    by_advert = _is_advert(mapping(heard.part.get("referral"))) and not heard.ours
    return {
        "occurred_at": heard.at,
        "author": heard.author,
        "to": (heard.person,) if heard.ours else (),
        "echo": heard.ours,
        # Meta has signed the request and knows its own users.
        "proof": Proof.PROVEN,
        "reply_until": heard.at + AD_WINDOW if by_advert and heard.at else None,
    }


def _answered(part: Json) -> list[Card]:
    """The story of ours that a message answers. Its address works for a day."""
    story = mapping(mapping(part.get("reply_to")).get("story"))
    return [Card(kind=CardKind.STORY, text="reply", url=web_address(story))] if story else []


def _is_advert(referral: Json) -> bool:
    return text(referral.get("source")).upper() == "ADS" or bool(text(referral.get("ad_id")))


def advert(referral: Json) -> list[Card]:
    """How they came to write: an advert, a link (m.me, ig.me) or a product of the shop."""
    context = mapping(referral.get("ads_context_data"))
    product = text(mapping(referral.get("product")).get("id"))
    if product:
        return [Card(kind=CardKind.POST, title=product, text="product")]
    title = text(context.get("ad_title"))
    reference = text(referral.get("ref")) or text(referral.get("ad_id"))
    if not referral or not (title or reference or _is_advert(referral)):
        return []
    pictures = (web_address(context, name) for name in ("photo_url", "video_url"))
    url = next(filter(None, pictures), "") or web_address(referral, "referer_uri")
    return [Card(kind=CardKind.ADVERT, title=title, text=reference, url=url)]


def postback(heard: Heard) -> Iterator[InboundEvent]:
    """A pressed button, an ice breaker, “Get started”."""
    mid = text(heard.part.get("mid")) or f"postback:{digest(heard.data)}"
    pressed = Card(
        kind=CardKind.CHOICE, title=text(heard.part.get("title")) or text(heard.part.get("payload"))
    )
    yield InboundMessage(
        event_key=f"postback:{mid}",
        external_id=mid,
        cards=(pressed, *advert(mapping(heard.part.get("referral")))),
        **_common(heard),
    )
