"""What our side wrote in the provider's own app: to whom, where the provider tells only what was answered; and whether it is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q

from inbox.actions.arriving import Arriving
from inbox.contract import Address, Status
from inbox.models import Delivery, Message
from inbox.models.messages import Direction
from inbox.text import storable


def is_addressed(message: Arriving, among: Sequence[Arriving]) -> bool:
    """Fill in whom it went to, if it does not say. False while what it answers is neither here nor `among` what comes with it, and while
    something of ours is just leaving on this channel: the echo of that is often faster than the provider's answer with its id."""
    event = message.event
    if event.echo and _is_just_leaving(message):
        return False
    if not event.echo or event.to or not (event.in_reply_to or event.thread_key):
        return True
    person = _here(message) or _coming(message, among)
    if person is None:
        return False
    message.event = replace(event, to=(person,))
    return True


def _is_just_leaving(message: Arriving) -> bool:
    return Delivery.objects.filter(channel=message.channel, status=Status.SENDING).exists()


def _here(message: Arriving) -> Address | None:
    """Who wrote what it answers, else who wrote last in the same thread of the provider's."""
    event = message.event
    theirs = Message.objects.filter(channel=message.channel, direction=Direction.INBOUND).select_related(
        "identity"
    )
    quoted = storable(event.in_reply_to)[:512]
    found = theirs.filter(Q(external_id=quoted) | Q(arrivals__external_id=quoted)).first() if quoted else None
    if found is None and event.thread_key:
        in_thread = theirs.filter(
            conversation__channel=message.channel, conversation__thread_key=event.thread_key
        )
        # Of a comment nobody told us of (our own, an old one) those count who answered it, too.
        alike = in_thread.filter(quotes=quoted) if quoted else in_thread
        found = alike.order_by("-occurred_at", "-pk").first()
    person = found.identity if found else None
    return Address(space=person.space, value=person.value) if person else None


def _coming(message: Arriving, among: Sequence[Arriving]) -> Address | None:
    """The same, of what comes in one batch with it."""
    theirs = [each for each in among if each.channel == message.channel and not each.event.echo]
    quoted = [each for each in theirs if each.event.external_id == message.event.in_reply_to]
    thread = message.event.thread_key
    in_thread = [each for each in theirs if thread and each.event.thread_key == thread]
    in_thread.sort(key=lambda each: each.occurred_at)
    answered = message.event.in_reply_to
    alike = [each for each in in_thread if not answered or each.event.in_reply_to == answered]
    found = next(iter(quoted), None) or next(reversed(alike), None)
    return found.pair if found else None
