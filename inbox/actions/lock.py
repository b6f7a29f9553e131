"""The only lock: the customer's row. Several are taken in ascending order, so that two actions never wait for each other."""

from __future__ import annotations

from collections.abc import Iterable

from inbox.actions.errors import Gone
from inbox.models import Conversation, Customer, Message


def customers(ids: Iterable[int]) -> dict[int, Customer]:
    """Lock these customers until the transaction ends. Must be called inside a transaction."""
    wanted = sorted(set(ids))
    locked = Customer.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {customer.pk: customer for customer in locked}


def customer(customer_id: int) -> Customer:
    """Lock one customer. Raises Gone."""
    try:
        return customers([customer_id])[customer_id]
    except KeyError:
        raise Gone("This customer does not exist any more.") from None


def conversation(conversation_id: int) -> Conversation:
    """Lock the customer whom the conversation belongs to, and give the conversation as it is under the lock. Raises Gone."""
    for _attempt in range(5):
        owner = Conversation.objects.filter(pk=conversation_id).values_list("customer_id", flat=True).first()
        if owner is None:
            break
        customer(owner)
        found = Conversation.objects.select_related("customer", "desk", "assignee", "team").get(
            pk=conversation_id
        )
        if found.customer_id == owner:
            return found
    raise Gone("This conversation does not exist any more.")


def conversations(ids: Iterable[int]) -> list[Conversation]:
    """The same for several, in ascending order of id; those that are gone are left out."""
    wanted = list(ids)
    owners = set(Conversation.objects.filter(pk__in=wanted).values_list("customer_id", flat=True))
    customers(owners)
    found = Conversation.objects.filter(pk__in=wanted).select_related("customer", "desk").order_by("pk")
    missed = [item for item in found if item.customer_id not in owners]
    if missed:
        customers(item.customer_id for item in missed)
        return list(
            Conversation.objects.filter(pk__in=wanted).select_related("customer", "desk").order_by("pk")
        )
    return list(found)


def message(message_id: int) -> Message:
    """Lock the customer of a message, and give the message as it is under the lock. Raises Gone."""
    for _attempt in range(5):
        owner = Message.objects.filter(pk=message_id).values_list("customer_id", flat=True).first()
        if owner is None:
            break
        customer(owner)
        found = Message.objects.select_related("conversation", "channel", "identity").get(pk=message_id)
        if found.customer_id == owner:
            return found
    raise Gone("This message does not exist any more.")
