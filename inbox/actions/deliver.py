"""The sending of outbound messages: claim, result, news from the provider. The engine that talks to connectors is sending.py.

How a status may move is in transition.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from inbox import permission, queueing, registry
from inbox.actions import consents, derive, lock, record, rows
from inbox.actions import status as states
from inbox.actions.errors import Refused
from inbox.actions.identify import find
from inbox.actions.transition import locked, move, say
from inbox.contract import DeliveryUpdate, Status
from inbox.events import Kind
from inbox.models import Agent, Arrival, Delivery, Identity, Message, Participant, Purpose
from inbox.models.channels import Channel
from inbox.text import storable

MAX_ATTEMPTS = 8
GIVE_UP_AFTER = timedelta(hours=24)
STALE_AFTER = timedelta(minutes=3)

# What is due, the oldest of each pair, with how many of its channel have left within the last second.
_DUE = """
SELECT d.id, d.channel_id, l.rate, CASE WHEN l.rate > 0 THEN (
    SELECT count(*) FROM inbox_delivery r WHERE r.channel_id = d.channel_id AND r.claimed_at > %(now)s - interval '1 second') ELSE 0 END
FROM inbox_delivery d JOIN inbox_channel c ON c.id = d.channel_id LEFT JOIN inbox_channelhealth h ON h.channel_id = c.id
LEFT JOIN unnest(%(kinds)s::text[], %(rates)s::int[], %(gaps)s::interval[]) AS l(kind, rate, gap) ON l.kind = c.kind
WHERE d.status = 'queued' AND d.not_before <= %(now)s AND (d.retry_at IS NULL OR d.retry_at <= %(now)s)
  AND c.state = 'active' AND (h.held_until IS NULL OR h.held_until <= %(now)s)
  AND NOT EXISTS (
    SELECT 1 FROM inbox_delivery e WHERE e.channel_id = d.channel_id AND e.identity_id = d.identity_id AND e.id < d.id
      AND (e.status = 'sending' OR e.status = 'queued' AND e.not_before <= %(now)s))
  AND (l.gap IS NULL OR NOT EXISTS (
    SELECT 1 FROM inbox_delivery g WHERE g.channel_id = d.channel_id AND g.identity_id = d.identity_id
      AND g.claimed_at > %(now)s - l.gap))
ORDER BY d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
"""


def claim(*, limit: int = 20) -> list[int]:
    """Take the oldest due delivery of each pair (our channel → their identity), up to `limit`; nobody else gets them.

    One at a time per pair keeps the order; a pair whose first is still under way waits. Nothing is taken on a channel whose provider
    has said “later”, and no more than its provider takes (Capabilities.most_per_second, gap): other channels never wait for that.
    """
    now = timezone.now()
    with transaction.atomic():
        due = rows.select(_DUE, {"now": now, "limit": limit, **_paces()})
        taken: list[int] = []
        left: dict[int, int] = {}
        for delivery_id, channel_id, rate, recent in due:
            if rate:
                left.setdefault(channel_id, rate - recent)
                if left[channel_id] <= 0:
                    continue
                left[channel_id] -= 1
            taken.append(delivery_id)
        Delivery.objects.filter(pk__in=taken).update(
            status=Status.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    return sorted(taken)


def _paces() -> dict[str, list[object]]:
    """The kinds whose providers state a limit, and which."""
    known = {kind: connector.capabilities for kind, connector in registry.kinds().items()}
    paced = {kind: can for kind, can in known.items() if can.most_per_second or can.gap}
    return {
        "kinds": list(paced),
        "rates": [can.most_per_second or None for can in paced.values()],
        "gaps": [can.gap or None for can in paced.values()],
    }


def paced() -> bool:
    """Whether something due waits only for its turn: then somebody must come back in a second."""
    kinds = _paces()["kinds"]
    now = timezone.now()
    waiting = Delivery.objects.filter(status=Status.QUEUED, not_before__lte=now, channel__kind__in=kinds)
    free = waiting.filter(channel__state="active").exclude(channel__health__held_until__gt=now)
    return free.filter(Q(retry_at=None) | Q(retry_at__lte=now)).exists()


def give_back(delivery_ids: Sequence[int]) -> None:
    """Claimed, but nothing of it has left: somebody may claim it again."""
    claimed = Delivery.objects.filter(pk__in=delivery_ids, status=Status.SENDING)
    claimed.update(status=Status.QUEUED, claimed_at=None, attempts=F("attempts") - 1)


def withhold_refused(delivery_ids: Sequence[int]) -> list[int]:
    """Of these claimed deliveries, cancel those somebody has refused since they were written. Gives the ids of the others."""
    claimed = Delivery.objects.filter(pk__in=delivery_ids).select_related("message", "identity")
    reasons = {delivery.pk: permission.of_message(delivery.message) for delivery in claimed}
    for delivery_id, reason in reasons.items():
        if reason:
            give_back([delivery_id])
            consents.withdraw(delivery_id, reason)
    return [pk for pk in delivery_ids if not reasons.get(pk)]


def set_references(references: dict[int, str]) -> None:
    """Write down, before it leaves, the id replies will cite (message id → reference id)."""
    for message_id, reference in references.items():
        Message.objects.filter(pk=message_id).update(reference_id=storable(reference)[:512])


@transaction.atomic
def settle(
    delivery_id: int,
    *,
    status: Status,
    external_id: str = "",
    also: Sequence[str] = (),
    code: str = "",
    reason: str = "",
    retry_after: timedelta | None = None,
) -> bool:
    """Write down how sending went. A temporary failure goes back to queued with a later retry_at, until it has failed for good.

    Gives False if the delivery had moved on meanwhile (a status callback was faster).
    """
    delivery = locked(delivery_id)
    if delivery is None:
        return False
    if external_id:
        Message.objects.filter(pk=delivery.message_id, external_id=None).update(
            external_id=storable(external_id)[:512]
        )
    further = [
        Arrival(message_id=delivery.message_id, channel_id=delivery.channel_id, external_id=each)
        for each in also
    ]
    Arrival.objects.bulk_create(further, ignore_conflicts=True)
    if status == Status.QUEUED:
        status = _again_or_never(delivery, retry_after)
    return move(delivery, status, code=code, reason=reason, at=timezone.now())


def _again_or_never(delivery: Delivery, retry_after: timedelta | None) -> Status:
    now = timezone.now()
    wait = retry_after or timedelta(seconds=min(15 * 4 ** (delivery.attempts - 1), 3600))
    # A provider that always says "later" is no reason to go on for ever, or to keep the agent waiting to be told.
    too_late = wait > GIVE_UP_AFTER or now + wait - delivery.not_before > GIVE_UP_AFTER
    if delivery.attempts >= MAX_ATTEMPTS or too_late:
        return Status.FAILED
    delivery.retry_at = now + wait
    return Status.QUEUED


def update(*, channel: Channel, news: DeliveryUpdate, at: datetime) -> bool:
    """Apply what the provider says about one of our messages. False if we do not know the message (yet)."""
    delivery = _find(channel, storable(news.external_id)[:512])
    if delivery is None:
        return False
    delivery = locked(delivery.pk) or delivery
    named = find(news.recipient) if news.recipient else None
    others = Participant.objects.filter(message_id=delivery.message_id).exclude(role="author")
    known = named is not None and others.filter(identity_id=named.id).exists()
    identity_id = named.id if named is not None and known else delivery.identity_id
    if known or news.recipient is None:
        _note_recipient(identity_id, others, news, at)
    # An address that did not take part is where theirs forwards to, or made up: it says how the message fared, no more.
    if identity_id == delivery.identity_id:
        if not move(delivery, news.status, code=news.code, reason=news.reason, at=at):
            _remark(delivery, news)
    elif news.status == Status.FAILED:
        say(delivery, {"recipient": identity_id, "to": str(news.status)})
    return True


def _note_recipient(
    identity_id: int, others: QuerySet[Participant], news: DeliveryUpdate, at: datetime
) -> None:
    note_reach(
        identity_id,
        opted_out=news.opted_out,
        undeliverable=news.undeliverable,
        reached=news.status in (Status.DELIVERED, Status.READ),
        reason=news.reason,
    )
    if news.status == Status.FAILED:
        reason = storable(news.reason)[:500]
        others.filter(identity_id=identity_id).update(bounced_at=at, bounce_reason=reason)


def _remark(delivery: Delivery, news: DeliveryUpdate) -> None:
    """News that moves nothing and says something: their server makes the mail wait (RFC 3464 2.3.3, "delayed")."""
    if news.status == delivery.status and news.reason:
        delivery.code, delivery.reason = storable(news.code)[:60], storable(news.reason)[:500]
        delivery.save(update_fields=["code", "reason"])
        say(delivery, {"from": str(delivery.status), "to": str(delivery.status)})


def _find(channel: Channel, given_id: str) -> Delivery | None:
    ours = Delivery.objects.filter(channel=channel)
    return (
        ours.filter(message__external_id=given_id).first()
        or ours.filter(message__reference_id=given_id).first()
        or ours.filter(message__arrivals__external_id=given_id, message__arrivals__channel=channel).first()
    )


def named(channel: Channel, given_id: str) -> int | None:
    """The id of the message that the provider calls so, by its own id or by a further one (an album's, a split text's)."""
    ids = Message.objects.filter(channel=channel, external_id=given_id).values_list("pk", flat=True)
    further = Arrival.objects.filter(channel=channel, external_id=given_id).values_list("message", flat=True)
    return ids.first() or further.first()


def note_reach(
    identity_id: int,
    *,
    opted_out: bool = False,
    undeliverable: bool = False,
    reached: bool = False,
    reason: str = "",
) -> None:
    """Remember that an address refuses us, does not exist, or works after all."""
    identity = Identity.objects.filter(pk=identity_id)
    if undeliverable:
        identity.update(undeliverable_at=timezone.now(), undeliverable_reason=storable(reason)[:300])
    elif reached:
        identity.exclude(undeliverable_at=None).update(undeliverable_at=None, undeliverable_reason="")
    if opted_out:
        consents.change(identity_id=identity_id, purpose=Purpose.SERVICE, allowed=False, how="stop")


def read_up_to(*, channel: Channel, identity_id: int, at: datetime) -> None:
    """The reader has seen everything we sent to this identity on this channel until `at`."""
    seen = Delivery.objects.filter(
        channel=channel,
        identity_id=identity_id,
        status__in=[Status.SENT, Status.DELIVERED],
        message__occurred_at__lte=at,
    )
    for pk in seen.order_by("pk").values_list("pk", flat=True)[:500]:
        delivery = locked(pk)
        if delivery is not None:
            move(delivery, Status.READ, at=at)


@transaction.atomic
def cancel(*, agent: Agent, message_id: int) -> Message:
    """Take back a message that has not left yet: their own, or anybody's that waits for a time somebody chose.

    Raises Refused when it is too late.
    """
    message = lock.message(message_id)
    delivery = Delivery.objects.filter(message=message).select_related("message__conversation").first()
    if (
        delivery is None
        or (message.author_id != agent.pk and not delivery.scheduled)
        or not move(delivery, Status.CANCELLED, at=timezone.now())
    ):
        raise Refused("Too late to undo: the message is already on its way.")
    conversation = delivery.message.conversation
    states.put_back(conversation, agent, batch=message.public_id)
    derive.refresh(conversation)
    record.of_conversation(Kind.CONVERSATION_CHANGED, conversation)
    return message


@transaction.atomic
def retry(*, message_id: int) -> None:
    """Send again, because a person asked for it: allowed after failed and after unknown. Raises Refused otherwise."""
    message = lock.message(message_id)
    delivery = Delivery.objects.filter(message=message).select_related("message__conversation").first()
    if delivery is None or delivery.status not in (Status.FAILED, Status.UNKNOWN):
        raise Refused("Only a message that failed, or whose fate is unknown, can be sent again.")
    refusal = permission.of_message(message)
    if refusal:
        raise Refused(refusal)
    delivery.attempts, delivery.retry_at, delivery.not_before = 0, None, timezone.now()
    move(delivery, Status.QUEUED, at=timezone.now())
    queueing.after_commit("inbox.tasks.send_due")


def stale() -> Sequence[int]:
    """Deliveries that have been `sending` for so long that their worker must be dead."""
    horizon = timezone.now() - STALE_AFTER
    return list(
        Delivery.objects.filter(status=Status.SENDING, claimed_at__lt=horizon).values_list("pk", flat=True)[
            :500
        ]
    )


def any_due() -> bool:
    """Whether something is ready to be sent."""
    now = timezone.now()
    due = Delivery.objects.filter(status=Status.QUEUED, not_before__lte=now, channel__state="active")
    due = due.exclude(channel__health__held_until__gt=now)
    return due.filter(Q(retry_at=None) | Q(retry_at__lte=now)).exists()
