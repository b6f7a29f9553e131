"""Bringing two customers together: everything of one becomes part of the other; the absorbed row stays as a tombstone.

The primitive only, by proof or by an agent. What the agent sees, chooses and takes back is in merging.py; taking apart in separate.py.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from inbox.actions import lock, record, status
from inbox.events import Kind
from inbox.models import Agent, Claim, Conversation, Customer, Event, Identity, Merge, Message, Touchpoint
from inbox.models.conversations import UNRESOLVED, State

FIELDS = (
    "name",
    "company_id",
    "language",
    "time_zone",
    "about",
    "vip",
    "blocked",
    "preferred_identity_id",
    "preferred_from",
    "preferred_until",
    "attributes",
)
"""What is known of a person and can be chosen when two are brought together."""


@transaction.atomic
def into(
    *,
    keep_id: int,
    gone_id: int,
    how: str = "proof",
    actor: Agent | None = None,
    chosen: dict[str, Any] | None = None,
) -> Merge | None:
    """Re-point identities, conversations, messages, touchpoints and events of `gone` to `keep`. A second unresolved main
    conversation, and a second quiet one, give way. None if one of them is part of another already.

    chosen: values of FIELDS that are to hold; for the others `keep`'s stand, and `gone`'s fill what is empty.
    """
    both = lock.customers([keep_id, gone_id])
    keep, gone = both[keep_id], both[gone_id]
    if keep.pk == gone.pk or gone.merged_into_id is not None or keep.merged_into_id is not None:
        return None
    merge = Merge(keep=keep, gone=gone, how=how, actor=actor, at=timezone.now())
    merge.last_message_id = Message.objects.aggregate(last=Max("pk"))["last"] or 0
    merge.last_event_id = (
        Event.objects.filter(customer__in=[keep, gone]).aggregate(last=Max("pk"))["last"] or 0
    )
    merge.moved = _what_is_theirs(gone)
    _demote_mains(keep, gone)
    merge.moved["quiet"] = _join_quiet(keep, gone)
    _join_threads(keep, gone)
    Identity.objects.filter(customer=gone).update(customer=keep)
    Conversation.objects.filter(customer=gone).update(customer=keep)
    Message.objects.filter(customer=gone).update(customer=keep)
    Event.objects.filter(customer=gone).update(customer=keep)
    Touchpoint.objects.filter(customer=gone).update(customer=keep)
    merge.moved["claims"], merge.moved["ended_claims"] = _move_claims(keep, gone)
    merge.values = _settle_values(keep, gone, chosen or {})
    gone.merged_into = keep
    gone.save(update_fields=["merged_into"])
    merge.save()
    data = {"absorbed": gone.pk, "merge": merge.pk}
    fact = record.Fact(
        kind=Kind.CUSTOMERS_MERGED, customer_id=keep.pk, actor_id=actor.pk if actor else None, data=data
    )
    record.facts([fact])
    return merge


def _what_is_theirs(gone: Customer) -> dict[str, Any]:
    """Ids of what `gone` owns, so that it can be given back."""
    conversations = Conversation.objects.filter(customer=gone).order_by("pk")
    personal = Event.objects.filter(customer=gone, conversation=None)
    return {
        "identities": list(
            Identity.objects.filter(customer=gone).order_by("pk").values_list("pk", flat=True)
        ),
        "conversations": {str(pk): main for pk, main in conversations.values_list("pk", "main")},
        "last_conversation": Conversation.objects.aggregate(last=Max("pk"))["last"] or 0,
        "events": list(personal.order_by("pk").values_list("pk", flat=True)),
        "touchpoints": list(
            Touchpoint.objects.filter(customer=gone, identity=None)
            .order_by("pk")
            .values_list("pk", flat=True)
        ),
    }


def _demote_mains(keep: Customer, gone: Customer) -> None:
    mains = Conversation.objects.filter(UNRESOLVED, main=True)
    desks = mains.filter(customer=keep).values("desk")
    mains.filter(customer=gone, desk__in=desks).update(main=False)


def _join_quiet(keep: Customer, gone: Customer) -> dict[str, list[int]]:
    """One quiet conversation per desk remains. Gives the messages that changed theirs (their old one → ids)."""
    moved = {}
    for quiet in Conversation.objects.filter(customer=gone, quiet=True):
        home = Conversation.objects.filter(customer=keep, desk=quiet.desk, quiet=True).first()
        if home is not None:
            theirs = Message.objects.filter(conversation=quiet)
            moved[str(quiet.pk)] = list(theirs.order_by("pk").values_list("pk", flat=True))
            theirs.update(conversation=home)
            quiet.quiet = False
            quiet.merged_into = home
            quiet.save(update_fields=["quiet", "merged_into"])
    return moved


def _join_threads(keep: Customer, gone: Customer) -> None:
    """Both wrote in the same thread of a provider: one of the two conversations goes on, the other points to it."""
    for theirs in Conversation.objects.filter(UNRESOLVED, customer=gone).exclude(thread_key=""):
        same = Conversation.objects.filter(
            UNRESOLVED, customer=keep, channel=theirs.channel_id, thread_key=theirs.thread_key
        )
        home = same.first()
        if home is not None:
            before = {"gone": status.state_of(theirs), "keep": status.state_of(home)}
            theirs.status, theirs.resolved_at, theirs.merged_into = State.RESOLVED, timezone.now(), home
            theirs.waiting_since = None
            theirs.save(update_fields=["status", "resolved_at", "merged_into", "waiting_since"])
            data = {"from": theirs.pk, "to": home.pk, "before": before, "by": "merge"}
            record.of_conversation(Kind.CONVERSATION_MERGED, home, data=data)


def _move_claims(keep: Customer, gone: Customer) -> tuple[list[int], list[list[Any]]]:
    """What `gone` claimed is claimed by `keep` now, but for what `keep` claims too or now holds. Gives the ids moved, and the
    claims that ended (customer, identity, how)."""
    theirs = Claim.objects.filter(customer=gone)
    both = theirs.filter(identity__in=Claim.objects.filter(customer=keep).values("identity"))
    own = Claim.objects.filter(customer__in=[keep, gone], identity__customer=keep)
    over = Claim.objects.filter(Q(pk__in=both.values("pk")) | Q(pk__in=own.values("pk")))
    ended = [list(row) for row in over.order_by("pk").values_list("customer_id", "identity_id", "how")]
    over.delete()
    ids = list(theirs.order_by("pk").values_list("pk", flat=True))
    theirs.update(customer=keep)
    return ids, ended


def _settle_values(keep: Customer, gone: Customer, chosen: dict[str, Any]) -> dict[str, Any]:
    """Set what is known of `keep` from now on. Gives what it was before, and what it became, of each that changed."""
    before, after = {}, {}
    for field in FIELDS:
        old = getattr(keep, field)
        new = chosen[field] if field in chosen else _both(field, old, getattr(gone, field))
        if new != old:
            before[field], after[field] = plain(old), plain(new)
            setattr(keep, field, new)
    keep.save(update_fields=[field.removesuffix("_id") for field in FIELDS])
    return {"before": before, "after": after}


def _both(field: str, mine: Any, theirs: Any) -> Any:
    if field in ("vip", "blocked"):
        return mine or theirs
    if field == "attributes":
        return {**theirs, **mine}
    return mine or theirs


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
