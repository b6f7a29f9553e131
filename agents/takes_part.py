"""Where else a person takes part: matters of other customers in which one of their addresses wrote or was written to. Reads only."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from agents import access
from inbox.models import Agent, Conversation, Identity, Participant

MOST = 10


def elsewhere(reader: Agent, identities: Iterable[Identity]) -> list[Conversation]:
    """The newest such matters that the reader may see. `identities`: one customer's, as the reader may see them."""
    listed = list(identities)
    if not listed:
        return []
    there = Participant.objects.filter(
        identity__in=[identity.pk for identity in listed], message__conversation=OuterRef("pk")
    )
    found = access.conversations(reader).exclude(customer__in={identity.customer_id for identity in listed})
    return list(found.filter(Exists(there), merged_into=None).order_by("-last_activity", "-pk")[:MOST])
