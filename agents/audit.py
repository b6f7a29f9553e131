"""The audit log as an admin reads it: newest first, without what would tell of a desk that the reader may not read."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from inbox import keyset
from inbox.models import Agent, Audit, Desk

PAGE = 50


def page(reader: Agent, *, after: str = "") -> tuple[list[Audit], str]:
    """A page of entries and the cursor of the next, "" after the last. Raises keyset.BadCursor."""
    found = entries(reader)
    if after:
        at, pk = keyset.decode(after, size=2)
        found = found.filter(keyset.beyond({"at": keyset.moment(at), "id": pk}, descending=True))
    rows = list(found.order_by("-at", "-id")[: PAGE + 1])
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], keyset.encode(keyset.micros(more.at), more.pk) if more else ""


def entries(reader: Agent) -> QuerySet[Audit]:
    """All that this reader may know of. inbox.actions.record notes the desk of whatever belongs to one."""
    readable = Desk.objects.readable_by(reader).values("pk")
    hidden = list(Desk.objects.exclude(pk__in=readable).values_list("pk", flat=True))
    of_no_desk, readable_desk = Q(data__desk__isnull=True), ~Q(data__desk__in=hidden)
    return Audit.objects.select_related("actor").filter(of_no_desk | readable_desk)
