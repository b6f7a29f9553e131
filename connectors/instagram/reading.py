"""Webhooks of the topic “instagram” → events: messages by connectors/meta, comments here (docs: instagram-platform/webhooks)."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.meta.heard import Account, ignored
from connectors.meta.messaging import FIELDS, changes, messaging
from connectors.meta.reading import Json, entries, mapping, moment, text
from inbox.contract import Address, Card, CardKind, InboundEvent, InboundMessage, Proof

TOPIC = "instagram"
COMMENTS = frozenset({"comments", "live_comments"})


def events(body: bytes, account: Account) -> Iterator[InboundEvent]:
    """All events of all entries. Raises BadPayload."""
    for entry in entries(body, TOPIC):
        if text(entry.get("id")) != account.id:
            yield ignored(
                entry, "It is about another account: each account needs an app with a webhook of its own."
            )
            continue
        yield from messaging(entry, account)
        for field, value in changes(entry):
            if field in COMMENTS:
                yield _comment(value, entry, account, live=field == "live_comments")
            elif field == "mentions":
                # Only ids: who named us, and how, has to be asked for at the other's post.
                yield ignored(value, "Somebody mentioned the account; Instagram tells neither who nor how.")
            elif field not in FIELDS:
                yield ignored(value, f"Nothing to do for “{field[:60]}”.")


def _comment(value: Json, entry: Json, account: Account, *, live: bool) -> InboundEvent:
    """Instagram tells of new comments only: not when one is changed, hidden or deleted. A thread is a comment with its answers."""
    found, parent = text(value.get("id")), text(value.get("parent_id"))
    person = mapping(value.get("from"))
    ours = account.id in {text(person.get("id")), text(person.get("self_ig_scoped_id"))}
    if not found or (ours and not parent):
        return ignored(
            value, "A comment of our own, which answers nobody." if found else "A comment without an id."
        )
    scoped = text(person.get("id"))
    return InboundMessage(
        event_key=f"comment:{found}",
        occurred_at=moment(entry.get("time")),
        external_id=found,
        author=account.own if ours else _author(person, found, account),
        # `from.id` is the id that the same person has in messages (docs: webhooks/reference/instagram#comments).
        proofs=(account.person(scoped),) if scoped and not ours else (),
        proof=Proof.PROVEN,
        text=text(value.get("text")),
        cards=() if parent else (_about(mapping(value.get("media")), live=live),),
        thread_key=parent or found,
        in_reply_to=parent,
        public=True,
        echo=ours,
    )


def _author(person: Json, comment: str, account: Account) -> Address:
    """Instagram login's documented form has the name only; names can change, so that such a one is known by it alone."""
    name = text(person.get("username"))
    found = text(person.get("id")) or (f"@{name}" if name else f"comment-{comment}")
    return account.commenter(found, name)


def _about(media: Json, *, live: bool) -> Card:
    """What was commented on: a post, reel, story, advert or live film. Its address is not told."""
    kind = "live" if live else text(media.get("media_product_type")).lower()
    return Card(kind=CardKind.POST, title=text(media.get("ad_title")), text="" if kind == "feed" else kind)
