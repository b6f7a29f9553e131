"""Messenger's and Instagram's messaging events → contract values (docs: messenger-platform/webhooks, instagram-platform/webhooks).

What hangs on a message is attachments.py. Comments are each channel's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.meta.attachments import carried, unsupported
from connectors.meta.reading import Json, digest, mapping, moment, rows, text
from inbox.contract import (
    Address,
    Card,
    CardKind,
    Delete,
    DeliveryUpdate,
    Edit,
    Ignored,
    InboundEvent,
    InboundMessage,
    Proof,
    Reaction,
    ReadUpTo,
    Status,
    Touched,
)

# "When … a person [is] sending their first message after clicking a Click-to-Messenger or Click-to-Direct ad, the window may last up
# to 7 days" (docs: messenger-platform/policy, 2026-09-28). Should Meta close it earlier, its refusal says so.
AD_WINDOW = timedelta(days=7)
# Reactions without an emoji of their own (docs: webhook-events/message-reactions).
EMOJI = {"smile": "😆", "angry": "😠", "sad": "😢", "wow": "😮", "love": "❤️", "like": "👍", "dislike": "👎", "laugh": "😆"}  # fmt: skip
# The fields of `changes` that carry one messaging event each: so comes what the app's dashboard sends as a test.
FIELDS = frozenset(
    "messages message_echoes message_edit message_edits message_reactions message_deliveries message_reads messaging_seen "
    "messaging_postbacks messaging_referral messaging_referrals".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose webhooks are read: the page or the Instagram account, and our app, which sends in its name."""

    space: str
    id: str
    app_id: str

    @property
    def own(self) -> Address:
        """Our side as an author."""
        return self.person(self.id)

    def person(self, scoped_id: str, name: str = "") -> Address:
        """Somebody who writes messages: the id is of this account alone (PSID, IGSID)."""
        return Address(space=self.space, value=f"{self.id}/{scoped_id}", name=name)

    def commenter(self, user_id: str, name: str = "") -> Address:
        """Somebody who comments. Not the id they have in messages: only a private answer shows who they are there."""
        return Address(space=self.space, value=f"{self.id}/user/{user_id}", name=name)

    def scoped_id(self, address: Address) -> str:
        """The id for messages to this address; "" if it is another account's, or only known from a comment."""
        owner, _, rest = address.value.partition("/")
        return rest if owner == self.id and "/" not in rest else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One event with what all have: who it is with, whether our side did it, and when."""

    account: Account
    data: Json
    part: Json
    person: Address
    ours: bool
    at: datetime | None

    @property
    def author(self) -> Address:
        return self.account.own if self.ours else self.person


def messaging(entry: Json, account: Account) -> Iterator[InboundEvent]:
    """The messaging events of an entry, also of those that another app answers at the moment (standby)."""
    listed = [*rows(entry.get("messaging")), *rows(entry.get("standby"))]
    for data in [*listed, *(value for field, value in changes(entry) if field in FIELDS)]:
        yield from _events(data, account)


def changes(entry: Json) -> Iterator[tuple[str, Json]]:
    """Field and value of each change. Instagram Login's documented form has both in the entry itself."""
    for each in [*rows(entry.get("changes")), entry]:
        if isinstance(each.get("value"), dict):
            yield text(each.get("field")), each["value"]


def ignored(data: Json, reason: str) -> Ignored:
    return Ignored(event_key=f"ignored:{digest(data)}", reason=reason)


def _events(data: Json, account: Account) -> Iterator[InboundEvent]:
    kind = next((each for each in READERS if isinstance(data.get(each), dict)), "")
    sender, recipient = (text(mapping(data.get(each)).get("id")) for each in ("sender", "recipient"))
    part = mapping(data.get(kind))
    ours = part.get("is_echo") is True or sender == account.id
    person = recipient if ours else sender
    if not kind or not person:
        names = ", ".join(sorted(map(str, set(data) - {"sender", "recipient", "timestamp"})))
        yield ignored(data, f"Nothing to do for “{names[:200]}”.")
        return
    heard = Heard(
        account=account,
        data=data,
        part=part,
        person=account.person(person),
        ours=ours,
        at=moment(data.get("timestamp")),
    )
    yield from READERS[kind](heard)


def _message(heard: Heard) -> Iterator[InboundEvent]:
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
    told = [*_answered(part), *cards, *_advert(mapping(part.get("referral")))]
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
    advert = _is_advert(mapping(heard.part.get("referral"))) and not heard.ours and heard.at
    return {
        "occurred_at": heard.at,
        "author": heard.author,
        "to": (heard.person,) if heard.ours else (),
        "echo": heard.ours,
        # Meta has signed the request and knows its own users.
        "proof": Proof.PROVEN,
        "reply_until": heard.at + AD_WINDOW if advert and heard.at else None,
    }


def _answered(part: Json) -> list[Card]:
    """The story of ours that a message answers. Its address works for a day."""
    story = mapping(mapping(part.get("reply_to")).get("story"))
    return [Card(kind=CardKind.STORY, text="reply", url=text(story.get("url")))] if story else []


def _is_advert(referral: Json) -> bool:
    return text(referral.get("source")).upper() == "ADS" or bool(text(referral.get("ad_id")))


def _advert(referral: Json) -> list[Card]:
    """How they came to write: an advert, a link (m.me, ig.me) or a product of the shop."""
    context = mapping(referral.get("ads_context_data"))
    title = text(context.get("ad_title")) or text(mapping(referral.get("product")).get("id"))
    reference = text(referral.get("ref")) or text(referral.get("ad_id"))
    if not referral or not (title or reference or _is_advert(referral)):
        return []
    url = (
        text(context.get("photo_url")) or text(context.get("video_url")) or text(referral.get("referer_uri"))
    )
    return [Card(kind=CardKind.ADVERT, title=title, text=reference, url=url)]


def _postback(heard: Heard) -> Iterator[InboundEvent]:
    """A pressed button, an ice breaker, “Get started”."""
    mid = text(heard.part.get("mid")) or f"postback:{digest(heard.data)}"
    pressed = Card(
        kind=CardKind.CHOICE, title=text(heard.part.get("title")) or text(heard.part.get("payload"))
    )
    yield InboundMessage(
        event_key=f"postback:{mid}",
        external_id=mid,
        cards=(pressed, *_advert(mapping(heard.part.get("referral")))),
        **_common(heard),
    )


def _edit(heard: Heard) -> Iterator[InboundEvent]:
    mid, times = text(heard.part.get("mid")), text(heard.part.get("num_edit"))
    if not mid or times == "0" or not isinstance(heard.part.get("text"), str):
        # In development mode Instagram announces new messages like this, edited zero times.
        yield ignored(heard.data, "Nothing was edited.")
        return
    yield Edit(
        event_key=f"edited:{mid}:{times or digest(heard.data)}",
        occurred_at=heard.at,
        external_id=mid,
        text=text(heard.part["text"]),
    )


def _reaction(heard: Heard) -> Iterator[InboundEvent]:
    mid, name = text(heard.part.get("mid")), text(heard.part.get("reaction"))
    if not mid:
        yield ignored(heard.data, "A reaction to nothing.")
        return
    emoji = text(heard.part.get("emoji")) or EMOJI.get(name, "👍")
    yield Reaction(
        event_key=f"reaction:{digest(heard.data)}",
        occurred_at=heard.at,
        external_id=mid,
        author=heard.author,
        emoji="" if heard.part.get("action") == "unreact" else emoji,
    )


def _delivered(heard: Heard) -> Iterator[InboundEvent]:
    """By ids. `watermark` alone (docs: “all messages before”) names nothing that is not named by a later one."""
    mids = heard.part.get("mids")
    named = [text(each) for each in mids] if isinstance(mids, list) else []
    at = moment(heard.part.get("watermark")) or heard.at
    for mid in filter(None, dict.fromkeys(named)):
        yield DeliveryUpdate(
            event_key=f"delivered:{mid}", occurred_at=at, external_id=mid, status=Status.DELIVERED
        )
    if not any(named):
        yield ignored(heard.data, "A delivery that names no message.")


def _read(heard: Heard) -> Iterator[InboundEvent]:
    """Messenger tells until when everything is read, Instagram which message was read last, and when."""
    at = moment(heard.part.get("watermark")) or heard.at
    if at is None:
        yield ignored(heard.data, "Something was read, at no time.")
        return
    key = f"read:{heard.person.value}:{int(at.timestamp() * 1000)}"
    yield ReadUpTo(event_key=key, occurred_at=at, reader=heard.person)


def _referral(heard: Heard) -> Iterator[InboundEvent]:
    """Somebody with a thread followed a link or an advert to it. They have said nothing yet."""
    for card in _advert(heard.part):
        yield Touched(
            event_key=f"referral:{digest(heard.data)}",
            occurred_at=heard.at,
            author=heard.person,
            kind="campaign",
            source=heard.account.space,
            reference=card.text[:200],
            title=card.title[:200],
        )
        return
    yield ignored(heard.data, "A link without a reference.")


READERS: dict[str, Callable[[Heard], Iterator[InboundEvent]]] = {
    "message": _message,
    "message_edit": _edit,
    "reaction": _reaction,
    "postback": _postback,
    "delivery": _delivered,
    "read": _read,
    "referral": _referral,
}
