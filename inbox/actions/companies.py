"""What is known of a company: its name, its mail domain, whether its people are VIPs. Who works there: customers.edit."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions import lock, record
from inbox.actions.errors import Refused
from inbox.companies import visible_to
from inbox.events import Kind
from inbox.models import Agent, Company, Conversation, Customer
from inbox.models.conversations import UNRESOLVED
from inbox.text import storable

# RFC 1035 2.3.1, with the digits of RFC 1123 2.1; names beyond ASCII in their own letters.
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")


@transaction.atomic
def edit(*, agent: Agent, company_id: int, name: str, domain: str = "", vip: bool = False) -> Company:
    """Change a company. Audited, and told to the lists and pages that show its people. Raises Refused for a name or a domain
    that is another's, and for a domain that is none. It says nothing of companies that the agent may not see."""
    # Not FOR UPDATE: whoever puts a person into the company holds their row and needs only the company's key.
    company = Company.objects.select_for_update(no_key=True).get(pk=company_id)
    clean = " ".join(storable(name).split())[:200]
    if not clean:
        raise Refused(_("It needs a name."))
    host = storable(domain).strip().casefold().removeprefix("@")
    if host and (len(host) > 253 or not _DOMAIN.fullmatch(host)):
        raise Refused(_("“%(domain)s” is no domain. Example: studio.example.") % {"domain": host[:60]})
    if Company.objects.exclude(pk=company.pk).filter(name__iexact=clean).exists():
        # One sentence for a company they know and one they must not learn of: a name is unique, so it has to be refused.
        raise Refused(_("“%(name)s” cannot be its name. Choose another one.") % {"name": clean})
    if host and visible_to(agent).exclude(pk=company.pk).filter(domain=host).exists():
        raise Refused(_("Another company has this domain already."))
    shown_otherwise = (company.name, company.vip) != (clean, vip)
    company.name, company.domain, company.vip = clean, host, vip
    company.save()
    if shown_otherwise:
        _tell(company, agent)
    record.audit("company saved", actor=agent, about=company)
    return company


def _tell(company: Company, agent: Agent) -> None:
    """Its name and its mark stand with each of its people. Those with an open matter stand in lists."""
    waiting = Conversation.objects.filter(UNRESOLVED, customer__company=company).values("customer")
    people = lock.customers(Customer.objects.filter(pk__in=waiting).values_list("pk", flat=True))
    record.facts(
        [
            record.Fact(
                kind=Kind.CUSTOMER_CHANGED,
                customer_id=pk,
                actor_id=agent.pk,
                data={"change": ["company"], "company": company.pk},
            )
            for pk in people
        ]
    )
