"""Companies as a reader may see them: through their people. Reads only; changed by inbox/actions/companies.py."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from inbox.models import Agent, Company, Customer, Identity

MOST_PEOPLE = 50
"""Of more, the page shows (and reads the threads of) the newest."""


def visible_to(reader: Agent) -> QuerySet[Company]:
    """Companies with a person the reader may see, or with nobody. One all of whose people are on other desks does not exist."""
    people = Customer.objects.filter(company=OuterRef("pk"), merged_into=None)
    seen = Customer.objects.visible_to(reader).filter(company=OuterRef("pk"))
    return Company.objects.filter(Exists(seen) | ~Exists(people))


def people(reader: Agent, company: Company) -> list[Customer]:
    """Its people, as far as the reader may see them, the newest first; one more than MOST_PEOPLE says that there are more."""
    return list(Customer.objects.for_list(reader).filter(company=company).order_by("-pk")[: MOST_PEOPLE + 1])


def suggested(reader: Agent, customer: Customer) -> Company | None:
    """The company whose mail domain is that of an address they have proven, unless it is known where they work. A shared
    address says nothing of one person."""
    if customer.company_id is not None:
        return None
    proven = Identity.objects.visible_to(reader).filter(customer=customer, space="email", shared=False)
    domains = {
        value.rpartition("@")[2].casefold()
        for value in proven.exclude(verified_at=None).values_list("value", flat=True)
    } - {""}
    if not domains:
        return None
    return visible_to(reader).filter(domain__in=domains).order_by("pk").first()
