"""Rooms that belong to a company (a Slack Connect channel): the group customer gets the company the channel's settings name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inbox.models import Company, Customer
from inbox.text import storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving


def note(stored: Sequence[Arriving]) -> None:
    """Put groups into the company their room is for, unless an agent has put them into one."""
    named = {
        item.matter.customer_id: item.event.company for item in stored if item.matter and item.event.company
    }
    for customer_id, company in named.items():
        homeless = Customer.objects.filter(pk=customer_id, company=None)
        if homeless.exists():
            found, _made = Company.objects.get_or_create(name=" ".join(storable(company).split())[:200])
            homeless.update(company=found)
