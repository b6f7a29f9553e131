"""Two customers are one person, or are not: an agent's merge with choice and undo, splitting an address off, dismissing a hint.

The primitives are absorb.py (together) and separate.py (apart). What may be merged with whom is suggested by inbox/suggestions.py.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _

from inbox.actions import absorb, derive, lock, record, separate
from inbox.actions.errors import Gone, Refused
from inbox.events import Kind
from inbox.models import (
    Agent,
    Claim,
    Conversation,
    Customer,
    Dismissal,
    Event,
    Identity,
    Merge,
    Message,
    Touchpoint,
)
from inbox.models.people import CustomerKind


@transaction.atomic
def merge(*, agent: Agent, keep_id: int, gone_id: int, chosen: dict[str, Any] | None = None) -> Merge:
    """The second customer becomes part of the first. chosen: the surviving values (see absorb.FIELDS). Raises Refused, Gone.

    The caller has checked that the agent may see both.
    """
    both = lock.customers([keep_id, gone_id])
    if len(both) < 2:
        raise Refused(_("Choose two different customers."))
    if CustomerKind.GROUP in {customer.kind for customer in both.values()}:
        raise Refused(_("A group cannot be merged with a person."))
    unknown = set(chosen or {}) - set(absorb.FIELDS)
    if unknown:
        raise Refused(_("“%(name)s” cannot be chosen.") % {"name": min(unknown)})
    done = absorb.into(keep_id=keep_id, gone_id=gone_id, how="agent", actor=agent, chosen=chosen)
    if done is None:
        raise Refused(_("One of the two is part of another customer already. Open them again."))
    record.audit(
        "customers_merged", actor=agent, about=both[keep_id], data={"absorbed": gone_id, "merge": done.pk}
    )
    return done


@transaction.atomic
def undo(*, agent: Agent, merge_id: int) -> Merge:
    """Take a merge back: both are as before, and what came since goes where its identity goes. Raises Refused, Gone.

    Works in any order: merges made later stay, and an address that was split off meanwhile stays where it is.
    """
    done = Merge.objects.select_related("gone").filter(pk=merge_id).first()
    if done is None:
        raise Gone("This merge does not exist any more.")
    root, gone = _lock_with_root(done)
    done = Merge.objects.select_for_update(no_key=True, of=("self",)).get(pk=merge_id)
    if done.undone_at is not None:
        raise Refused(_("This merge has been taken back already."))
    ids = list(
        Identity.objects.filter(pk__in=done.moved["identities"], customer=root).values_list("pk", flat=True)
    )
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    before = _where_moved_messages_were(done)
    separate.identities(ids, source=root, target=gone)
    _give_back_conversations(done, ids, root, gone)
    _give_back_messages(done, ids, before, root, gone)
    _give_back_facts(done, root, gone)
    _give_back_values(done, root)
    done.undone_at, done.undone_by = timezone.now(), agent
    done.save(update_fields=["undone_at", "undone_by"])
    _say_separated(agent, root, gone, {"merge": done.pk})
    record.audit("merge_undone", actor=agent, about=root, data={"absorbed": gone.pk, "merge": done.pk})
    return done


@transaction.atomic
def split_off(*, agent: Agent, identity_id: int) -> Customer:
    """An address is somebody else's: it becomes a customer of its own, with what was said by it. Raises Refused, Gone."""
    identity = Identity.objects.filter(pk=identity_id).first()
    if identity is None:
        raise Gone("This address does not exist any more.")
    source = lock.customer(identity.customer_id)
    identity.refresh_from_db()
    others = Identity.objects.filter(customer=source).exclude(pk=identity.pk)
    if identity.customer_id != source.pk or not others.exists():
        raise Refused(_("This is the only address of this customer. Change their name instead."))
    target = Customer.objects.create(name=identity.name, company=source.company)
    whole = separate.only_with([identity.pk], source)
    mains = list(Conversation.objects.filter(pk__in=whole, main=True).values_list("pk", flat=True))
    separate.identities([identity.pk], source=source, target=target)
    separate.conversations(whole, source=source, target=target, mains=mains)
    rest = Message.objects.filter(customer=source, identity=identity).values_list("pk", flat=True)
    separate.messages(list(rest), target=target)
    _say_separated(agent, source, target, {"identity": identity.pk})
    record.audit(
        "identity_split_off", actor=agent, about=source, data={"identity": identity.pk, "to": target.pk}
    )
    return target


@transaction.atomic
def dismiss(*, agent: Agent, one_id: int, other_id: int) -> None:
    """These two are not one person: they are not suggested to each other again."""
    low, high = sorted((one_id, other_id))
    if low != high:
        Dismissal.objects.get_or_create(one_id=low, other_id=high, defaults={"agent": agent})


def root_of(customer: Customer) -> Customer:
    """Whom this customer is part of now; themselves if nobody's."""
    seen = {customer.pk}
    while customer.merged_into is not None and customer.merged_into_id not in seen:
        customer = customer.merged_into
        seen.add(customer.pk)
    return customer


def family_of(customer: Customer) -> set[int]:
    """The ids of this customer and of all who became part of them."""
    family, fresh = {customer.pk}, {customer.pk}
    while fresh:
        parts = Customer.objects.filter(merged_into__in=fresh).values_list("pk", flat=True)
        fresh = set(parts) - family
        family |= fresh
    return family


# ---------------------------------------------------------------- undoing


def _lock_with_root(done: Merge) -> tuple[Customer, Customer]:
    for _attempt in range(5):
        root = root_of(Customer.objects.get(pk=done.keep_id))
        both = lock.customers([root.pk, done.gone_id])
        if both[root.pk].merged_into_id is None:
            return both[root.pk], both[done.gone_id]
    raise Gone("This customer keeps changing. Try again.")


def _where_moved_messages_were(done: Merge) -> dict[int, int]:
    """Old messages that agents moved between matters since the merge → the conversation they were in then."""
    origin: dict[int, int] = {}
    moves = Event.objects.filter(
        pk__gt=done.last_event_id, kind__in=[Kind.MESSAGE_MOVED, Kind.CONVERSATION_SPLIT, Kind.SPAM_REPORTED]
    ).filter(customer__in=[done.keep_id, root_of(done.keep).pk])
    for message_id, data in moves.order_by("pk").values_list("message_id", "data"):
        for pk in data.get("messages") or [message_id]:
            if pk is not None and pk <= done.last_message_id:
                origin.setdefault(pk, data["from"])
    return origin


def _give_back_conversations(done: Merge, ids: list[int], root: Customer, gone: Customer) -> None:
    """What was theirs, and what was opened since with nobody but them."""
    old = {int(pk): main for pk, main in done.moved["conversations"].items()}
    since = [pk for pk in separate.only_with(ids, root) if pk > done.moved["last_conversation"]]
    opened = Conversation.objects.filter(pk__in=since, main=True).values_list("pk", flat=True)
    mains = [pk for pk, main in old.items() if main] + list(opened)
    separate.conversations([*old, *since], source=root, target=gone, mains=mains)
    for quiet_id, messages in done.moved["quiet"].items():
        _give_back_quiet(int(quiet_id), messages, root, gone)


def _give_back_quiet(quiet_id: int, messages: list[int], root: Customer, gone: Customer) -> None:
    quiet = Conversation.objects.filter(pk=quiet_id, customer=gone, quiet=False, main=False).first()
    if quiet is None or Conversation.objects.filter(customer=gone, desk=quiet.desk_id, quiet=True).exists():
        return
    quiet.quiet, quiet.merged_into, quiet.status = True, None, "resolved"
    quiet.save(update_fields=["quiet", "merged_into", "status"])
    theirs = Message.objects.filter(pk__in=messages, customer=root, conversation__quiet=True)
    homes = set(theirs.values_list("conversation", flat=True))
    theirs.update(conversation=quiet, customer=gone)
    for conversation in (quiet, *Conversation.objects.filter(pk__in=homes)):
        derive.refresh(conversation)


def _give_back_messages(
    done: Merge, ids: list[int], before: dict[int, int], root: Customer, gone: Customer
) -> None:
    """Messages that are in a conversation of the other one: those that came since go with their identity, older ones where
    they were."""
    since = Message.objects.filter(pk__gt=done.last_message_id)
    theirs = set(since.filter(customer=root, identity__in=ids).values_list("pk", flat=True))
    ours = set(since.filter(customer=gone, identity__customer=root).values_list("pk", flat=True))
    old = {int(pk) for pk in done.moved["conversations"]}
    for pk, customer_id in Message.objects.filter(pk__in=before).values_list("pk", "customer_id"):
        if before[pk] in old and customer_id == root.pk:
            theirs.add(pk)
        elif (
            before[pk] not in old and before[pk] <= done.moved["last_conversation"] and customer_id == gone.pk
        ):
            ours.add(pk)
    separate.messages(sorted(theirs), target=gone)
    separate.messages(sorted(ours), target=root)


def _give_back_facts(done: Merge, root: Customer, gone: Customer) -> None:
    Event.objects.filter(pk__in=done.moved["events"], customer=root, conversation=None).update(customer=gone)
    Touchpoint.objects.filter(pk__in=done.moved["touchpoints"], customer=root).update(customer=gone)
    Touchpoint.objects.filter(told_of=gone, identity=None, customer=root).update(customer=gone)
    Claim.objects.filter(pk__in=done.moved["claims"], customer=root).update(customer=gone)
    alive = set(
        Identity.objects.filter(pk__in=[row[1] for row in done.moved["ended_claims"]]).values_list(
            "pk", flat=True
        )
    )
    Claim.objects.bulk_create(
        [
            Claim(customer_id=customer_id, identity_id=identity_id, how=how)
            for customer_id, identity_id, how in done.moved["ended_claims"]
            if customer_id in (root.pk, gone.pk) and identity_id in alive
        ],
        ignore_conflicts=True,
    )


def _give_back_values(done: Merge, root: Customer) -> None:
    """What the merge changed of `keep` is as before, unless somebody has changed it since."""
    if root.pk != done.keep_id:
        return
    before, restored = done.values.get("before", {}), []
    for field, became in done.values.get("after", {}).items():
        if field == "attributes":
            root.attributes = _attributes_before(root.attributes, before[field], became)
        elif absorb.plain(getattr(root, field)) == became:
            setattr(root, field, _from_plain(field, before[field]))
        restored.append(field.removesuffix("_id"))
    if restored:
        root.save(update_fields=restored)


def _from_plain(field: str, value: Any) -> Any:
    return parse_time(value) if field in ("preferred_from", "preferred_until") and value else value


def _attributes_before(now: dict[str, Any], before: dict[str, Any], became: dict[str, Any]) -> dict[str, Any]:
    """One by one: each that is still as the merge made it is as before the merge, or not there if it was not."""
    untouched = {key for key, value in became.items() if now.get(key) == value}
    return {key: value for key, value in now.items() if key not in untouched} | {
        key: before[key] for key in untouched if key in before
    }


def _say_separated(agent: Agent, source: Customer, target: Customer, data: dict[str, int]) -> None:
    record.facts(
        [
            record.Fact(
                kind=Kind.CUSTOMERS_SEPARATED,
                customer_id=each.pk,
                actor_id=agent.pk,
                data={**data, "other": other.pk},
            )
            for each, other in sorted(((source, target), (target, source)), key=lambda pair: pair[0].pk)
        ]
    )
