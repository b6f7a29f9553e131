"""Export: customers, and one customer's touchpoints and messages, as CSV files. For managers and admins; audited and limited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from agents import access, exports, limits
from agents.access import AgentRequest, managers_only
from inbox.actions import record
from inbox.limits import Limit, spend
from inbox.models import Customer

EXPORTS_OF_AGENT = Limit("export-agent", 30, 3600)


@require_POST
@managers_only
def customers(request: AgentRequest) -> HttpResponseBase:
    """All customers I may see, or those that fit the words `q`."""
    query = request.POST.get("q", "").strip()
    data = {"what": "customers", "search": bool(query)}
    return _file(request, exports.customers(request.user, query), "customers", data=data)


@require_POST
@managers_only
def customer(request: AgentRequest, pk: int, what: str) -> HttpResponseBase:
    """One customer's touchpoints or messages."""
    found = access.customer(request.user, pk)
    readers = {"touchpoints": exports.touchpoints, "messages": exports.messages}
    rows = readers[what](request.user, found)
    return _file(request, rows, f"customer-{pk}-{what}", data={"what": what}, about=found)


def _file(
    request: AgentRequest,
    rows: Iterator[Sequence[str]],
    name: str,
    *,
    data: dict[str, object],
    about: Customer | None = None,
) -> HttpResponseBase:
    if wait := spend(EXPORTS_OF_AGENT, str(request.user.pk)):
        return limits.too_many(request, wait)
    record.audit("export", actor=request.user, about=about, data=data, ip=limits.client(request))
    return exports.answer(rows, name)
