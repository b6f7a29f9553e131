"""Whom somebody of us met and which matter it belongs to: the first half of noting an encounter (encounters.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from inbox.actions import customers, lock, record
from inbox.actions.errors import Gone, Refused
from inbox.actions.joining import How, Matter, by_what_is_open
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Agent, Conversation, Customer, Desk
from inbox.models.conversations import UNRESOLVED
from inbox.text import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody nobody has met before, with the addresses they gave: claimed, since nothing proves them."""

    name: str
    addresses: Sequence[Address] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Who notes it, of whom, and where."""

    agent: Agent
    who: int | NewPerson
    desk: Desk | None
    conversation_id: int | None


def line(text: str, most: int) -> str:
    """The text as one line of at most so many characters."""
    return " ".join(storable(text).split())[:most]


# ---------------------------------------------------------------- who


def customer(target: Target) -> Customer:
    """Who it was, locked: somebody new, or whoever the known one was merged into meanwhile. Raises Taken, Gone, Refused."""
    if isinstance(target.who, NewPerson):
        return _meet(target.who, target.agent)
    customer_id = target.who
    for _attempt in range(5):
        found = lock.customer(customer_id)
        if found.merged_into_id is None:
            return found
        customer_id = found.merged_into_id
    raise Gone(_("This customer does not exist any more."))


def _meet(person: NewPerson, agent: Agent) -> Customer:
    """Somebody new. Raises Taken if an address belongs to somebody: nobody gets another's by a word."""
    name = line(person.name, 200)
    if not name and not person.addresses:
        raise Refused(_("Say who it is: a name, a phone number or an e-mail address."))
    return customers.add(agent=agent, addresses=person.addresses, name=name)


# ---------------------------------------------------------------- where


def join(owner: Customer, target: Target, *, title: str, at: datetime) -> tuple[Conversation, How]:
    """The matter it belongs to, and why; a new one is called `title` and began `at`. Call under the lock. Raises Refused."""
    if target.conversation_id is not None:
        found = lock.conversation(target.conversation_id)
        if found.customer_id == owner.pk:
            return found, How.REFERENCE
        raise Refused(_("This matter belongs to another customer now. Open it again."))
    if target.desk is None:
        raise Refused(_("Choose where it was."))
    open_ones = Conversation.objects.filter(UNRESOLVED, customer=owner, desk=target.desk)
    by_id = {each.pk: each for each in open_ones}
    decision = by_what_is_open([_matter(each) for each in by_id.values()])
    if decision.matter is None or decision.matter.id is None:
        return _open(owner, target.desk, target.agent, title=title, at=at), How.NEW
    return by_id[decision.matter.id], decision.how


def _matter(conversation: Conversation) -> Matter:
    return Matter(
        id=conversation.pk,
        customer_id=conversation.customer_id,
        desk_id=conversation.desk_id,
        main=conversation.main,
        quiet=conversation.quiet,
        status=conversation.status,
        thread_key=conversation.thread_key,
        channel_id=conversation.channel_id,
        last_activity=conversation.last_activity,
        waiting_since=conversation.waiting_since,
    )


def _open(owner: Customer, desk: Desk, agent: Agent, *, title: str, at: datetime) -> Conversation:
    """A new matter, looked after by whoever noted it if they may read it; shop staff may not."""
    reads = Desk.objects.readable_by(agent).filter(pk=desk.pk).exists()
    has_main = Conversation.objects.filter(UNRESOLVED, customer=owner, desk=desk, main=True).exists()
    conversation = Conversation.objects.create(
        customer=owner,
        desk=desk,
        main=not has_main,
        assignee=agent if reads else None,
        title=title,
        opened_at=at,
        last_activity=at,
    )
    record.of_conversation(Kind.CONVERSATION_OPENED, conversation, actor=agent, data={"how": "by_hand"})
    return conversation
