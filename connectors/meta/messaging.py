"""Messenger's and Instagram's messaging events → contract values (docs: messenger-platform/webhooks, instagram-platform/webhooks).

What hangs on a message is attachments.py. Comments are each channel's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connectors.meta.heard import Account, Heard, ignored
from connectors.meta.messages import advert, message, postback
from connectors.meta.reading import Json, digest, mapping, moment, rows, text
from inbox.contract import (
    DeliveryUpdate,
    Edit,
    InboundEvent,
    Reaction,
    ReadUpTo,
    Status,
    Touched,
)

# Reactions without an emoji of their own (docs: webhook-events/message-reactions).
EMOJI = {"smile": "😆", "angry": "😠", "sad": "😢", "wow": "😮", "love": "❤️", "like": "👍", "dislike": "👎", "laugh": "😆"}  # fmt: skip
# The fields of `changes` that carry one messaging event each: so comes what the app's dashboard sends as a test.
FIELDS = frozenset(
    [
        "messages",
        "message_echoes",
        "message_edit",
        "message_edits",
        "message_reactions",
        "message_deliveries",
        "message_reads",
        "messaging_seen",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_referrals",
    ]
)


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
    for card in advert(heard.part):
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
    "message": message,
    "message_edit": _edit,
    "reaction": _reaction,
    "postback": postback,
    "delivery": _delivered,
    "read": _read,
    "referral": _referral,
}
