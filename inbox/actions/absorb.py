"""Bringing two customers together: everything of one becomes part of the other; the absorbed row stays as a tombstone.

Here only because both sides are proven. The agent's merge with preview, choice and undo builds on it.
"""

from __future__ import annotations

from django.db import transaction

from inbox.actions import lock, record
from inbox.events import Kind
from inbox.models import Claim, Conversation, Customer, Event, Identity, Message
from inbox.models.conversations import UNRESOLVED


@transaction.atomic
def into(*, keep_id: int, gone_id: int) -> None:
    """Re-point identities, conversations, messages and events of `gone` to `keep`. A second unresolved main one, and a second
    quiet one, give way. What `keep` does not know of themselves (name, company) is taken over."""
    both = lock.customers([keep_id, gone_id])
    keep, gone = both[keep_id], both[gone_id]
    if gone.merged_into_id is not None or keep.pk == gone.pk:
        return
    _demote_mains(keep, gone)
    _join_quiet(keep, gone)
    Identity.objects.filter(customer=gone).update(customer=keep)
    Conversation.objects.filter(customer=gone).update(customer=keep)
    Message.objects.filter(customer=gone).update(customer=keep)
    Event.objects.filter(customer=gone).update(customer=keep)
    Claim.objects.filter(customer=gone).delete()
    if not keep.name:
        keep.name = gone.name
    keep.company_id = keep.company_id or gone.company_id
    keep.save(update_fields=["name", "company"])
    gone.merged_into = keep
    gone.save(update_fields=["merged_into"])
    record.facts([record.Fact(kind=Kind.CUSTOMERS_MERGED, customer_id=keep.pk, data={"absorbed": gone.pk})])


def _demote_mains(keep: Customer, gone: Customer) -> None:
    mains = Conversation.objects.filter(UNRESOLVED, main=True)
    desks = mains.filter(customer=keep).values("desk")
    mains.filter(customer=gone, desk__in=desks).update(main=False)


def _join_quiet(keep: Customer, gone: Customer) -> None:
    for quiet in Conversation.objects.filter(customer=gone, quiet=True):
        home = Conversation.objects.filter(customer=keep, desk=quiet.desk, quiet=True).first()
        if home is not None:
            Message.objects.filter(conversation=quiet).update(conversation=home)
            quiet.quiet = False
            quiet.merged_into = home
            quiet.save(update_fields=["quiet", "merged_into"])
