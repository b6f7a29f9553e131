"""What is known of a company: its name, its mail domain, whether its people are VIPs. Who works there: customers.edit."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions import record
from inbox.actions.errors import Refused
from inbox.models import Agent, Company
from inbox.text import storable

# RFC 1035 2.3.1, with the digits of RFC 1123 2.1; names beyond ASCII in their own letters.
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")


@transaction.atomic
def edit(*, agent: Agent, company_id: int, name: str, domain: str = "", vip: bool = False) -> Company:
    """Change a company. Audited. Raises Refused for a name or a domain that is another's, and for a domain that is none."""
    company = Company.objects.select_for_update().get(pk=company_id)
    clean = " ".join(storable(name).split())[:200]
    if not clean:
        raise Refused(_("It needs a name."))
    host = storable(domain).strip().casefold().removeprefix("@")
    if host and (len(host) > 253 or not _DOMAIN.fullmatch(host)):
        raise Refused(_("“%(domain)s” is no domain. Example: studio.example.") % {"domain": host[:60]})
    others = Company.objects.exclude(pk=company.pk)
    if others.filter(name__iexact=clean).exists():
        raise Refused(_("There is already one called “%(name)s”.") % {"name": clean})
    if host and others.filter(domain=host).exists():
        raise Refused(_("Another company has this domain already."))
    company.name, company.domain, company.vip = clean, host, vip
    company.save()
    record.audit("company saved", actor=agent, about=company)
    return company
