"""What the holder of an address allows or refuses, and the log of it. A refusal also withdraws what has not left yet.

Whether something may be sent is read in inbox/permission.py.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import permission
from inbox.actions import derive, lock, record, transition
from inbox.actions import status as states
from inbox.actions.errors import Gone, Refused
from inbox.contract import Status
from inbox.events import Kind
from inbox.models import Agent, Consent, Delivery, Identity, Purpose

REFUSED = "refused"
"""The code of a delivery that was withdrawn because somebody refused it."""
BY_THE_HOLDER = ("stop", "start", "unsubscribe", "form")

allowed = permission.allowed


@transaction.atomic
def change(
    *,
    identity_id: int,
    purpose: str,
    allowed: bool,
    how: str,
    actor: Agent | None = None,
    at: datetime | None = None,
) -> bool:
    """Note what somebody allows (or not) at an address: stop, start, unsubscribe, agent, form, api or import. False if that
    was so already, or if the holder has said something since `at` (providers deliver in any order). A refusal of SERVICE is a STOP:
    it ends every other permission, too, and what is queued is withdrawn.

    Raises Gone, and Refused when an agent would lift a STOP that came from the holder.
    """
    identity = _locked(identity_id)
    if at is not None and _said_since(identity, purpose, at, allowed=allowed):
        return False
    if not _changes(identity, purpose, allowed=allowed):
        if purpose == Purpose.SERVICE and not allowed:
            _end_others(identity, how=how, actor=actor)
        if at is not None:
            _log(identity, purpose, allowed=allowed, how=how, actor=actor, at=at)
        return False
    if allowed and actor is not None and purpose == Purpose.SERVICE and not _agents_own(identity):
        raise Refused(
            _("They said STOP themselves. Only they can lift it: by START, or on the page our mails link to.")
        )
    _log(identity, purpose, allowed=allowed, how=how, actor=actor, at=at)
    if purpose == Purpose.SERVICE:
        identity.opted_out_at = None if allowed else timezone.now()
        identity.save(update_fields=["opted_out_at"])
        if not allowed:
            _end_others(identity, how=how, actor=actor)
    _say(identity, purpose, allowed=allowed, how=how, actor=actor)
    if not allowed:
        for delivery in _queued(identity):
            withdraw(delivery.pk, permission.of_message(delivery.message))
    return True


def _end_others(identity: Identity, *, how: str, actor: Agent | None) -> None:
    """A STOP ends what they had allowed besides, also if it is not the first."""
    for other in permission.NEED_A_YES:
        if _newest(identity, other) is True:
            _log(identity, other, allowed=False, how=how, actor=actor)


@transaction.atomic
def withdraw(delivery_id: int, reason: str) -> bool:
    """Cancel a message that must not leave any more, with the reason. What a person wrote comes back to the agents' attention:
    nothing is silently not sent. False if there is no reason, or it has left."""
    delivery = transition.locked(delivery_id) if reason else None
    if delivery is None or not transition.move(
        delivery, Status.CANCELLED, code=REFUSED, reason=reason, at=timezone.now()
    ):
        return False
    if delivery.message.nature == "person":
        conversation = delivery.message.conversation
        states.not_sent(conversation)
        derive.refresh(conversation)
        record.of_conversation(Kind.CONVERSATION_CHANGED, conversation)
    return True


def _locked(identity_id: int) -> Identity:
    """The address, with its owner and those of everything queued to it locked, in ascending order."""
    for _attempt in range(5):
        found = Identity.objects.filter(pk=identity_id).first()
        if found is None:
            break
        owners = {found.customer_id, *(delivery.message.customer_id for delivery in _queued(found))}
        lock.customers(owners)
        found.refresh_from_db()
        if found.customer_id in owners:
            return found
    raise Gone("This address does not exist any more.")


def _queued(identity: Identity) -> list[Delivery]:
    """What waits to go to this address, as its main recipient or as a copy."""
    pending = Delivery.objects.filter(status=Status.QUEUED).select_related("message").order_by("pk")
    copies = Q(message__participants__identity=identity) & ~Q(message__participants__role="author")
    return list(pending.filter(Q(identity=identity) | copies).distinct())


def _changes(identity: Identity, purpose: str, *, allowed: bool) -> bool:
    if purpose == Purpose.SERVICE:
        # “Yes” is a START word, too: only what changes something is an event.
        return (identity.opted_out_at is None) != allowed
    return _newest(identity, purpose) is not allowed


def _newest(identity: Identity, purpose: str) -> bool | None:
    rows = Consent.objects.filter(identity=identity, purpose=purpose).order_by("-pk")
    return rows.values_list("allowed", flat=True).first()


def _agents_own(identity: Identity) -> bool:
    """Whether the STOP that holds was noted by an agent, who may have been wrong."""
    newest = Consent.objects.filter(identity=identity, purpose=Purpose.SERVICE).order_by("-pk").first()
    return newest is not None and newest.how not in BY_THE_HOLDER


def _said_since(identity: Identity, purpose: str, at: datetime, *, allowed: bool) -> bool:
    """A refusal at the very same moment holds against a permission."""
    own = Consent.objects.filter(identity=identity, purpose=purpose, how__in=BY_THE_HOLDER)
    later = own.filter(at__gt=at) | own.filter(at=at, allowed=False) if allowed else own.filter(at__gt=at)
    return later.exists()


def _log(
    identity: Identity,
    purpose: str,
    *,
    allowed: bool,
    how: str,
    actor: Agent | None,
    at: datetime | None = None,
) -> None:
    Consent.objects.create(
        identity=identity,
        purpose=purpose,
        allowed=allowed,
        how=how[:12],
        actor=actor,
        at=at or timezone.now(),
    )


def _say(identity: Identity, purpose: str, *, allowed: bool, how: str, actor: Agent | None) -> None:
    change = {True: "opted_in", False: "opted_out"}[allowed] if purpose == Purpose.SERVICE else "consent"
    data = {
        "identity": identity.pk,
        "change": change,
        "purpose": str(purpose),
        "allowed": allowed,
        "how": how,
    }
    fact = record.Fact(
        kind=Kind.IDENTITY_CHANGED,
        customer_id=identity.customer_id,
        actor_id=actor.pk if actor else None,
        data=data,
    )
    record.facts([fact])
