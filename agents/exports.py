"""Customers, their touchpoints and their messages as CSV, row by row, as the reader may see them. The import reads the files back.

Cells that a spreadsheet would take for a formula are made text: inbox/spreadsheet.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q, QuerySet

from agents.streaming import Streamed
from inbox import search, spreadsheet
from inbox.models import Agent, Attribute, Customer, Identity, Message, Touchpoint

PAGE = 500
MOST_FOUND = search.CAP
_PLAIN = ("email", "phone", "ref")
"""The address spaces that have a column of their own."""


def customers(reader: Agent, query: str = "") -> Iterator[Sequence[str]]:
    """All customers, or (at most MOST_FOUND) those the list finds for a query; the header first."""
    attributes = list(Attribute.objects.all())
    yield [
        *("name", "company", "email", "phone", "customer number", "other addresses"),
        *("language", "time zone", "vip", "notes"),
        *(attribute.key for attribute in attributes),
    ]
    found = search.customers(reader, query, limit=MOST_FOUND) if query else _all_customers(reader)
    for customer in found:
        yield _customer(customer, attributes)


def _all_customers(reader: Agent) -> Iterator[Customer]:
    """Newest first, a page at a time by key, so that nothing is held open between two of them."""
    last = None
    while True:
        page = Customer.objects.for_list(reader).order_by("-pk")
        listed = list((page if last is None else page.filter(pk__lt=last))[:PAGE])
        yield from listed
        if len(listed) < PAGE:
            return
        last = listed[-1].pk


def _customer(customer: Customer, attributes: Iterable[Attribute]) -> list[str]:
    identities = list(customer.identities.all())
    return [
        customer.name,
        customer.company.name if customer.company else "",
        *_columns(identities),
        "\n".join(f"{each.space}: {each.value}" for each in identities if each.space not in _PLAIN),
        customer.language,
        customer.time_zone,
        _word(customer.vip),
        customer.about,
        *(_word(customer.attributes.get(attribute.key)) for attribute in attributes),
    ]


def _columns(identities: Iterable[Identity]) -> list[str]:
    """The addresses of each space that has a column, those of one space in one cell."""
    listed = list(identities)
    return ["\n".join(each.value for each in listed if each.space == space) for space in _PLAIN]


def _word(value: object) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def touchpoints(reader: Agent, customer: Customer) -> Iterator[Sequence[str]]:
    """What this customer did elsewhere, newest first; the header first."""
    yield [
        *("kind", "source", "external id", "occurred at", "reference", "title", "url", "value", "currency"),
        *("email", "phone", "customer number"),
    ]
    mine = list(Identity.objects.visible_to(reader).filter(customer=customer).order_by("pk"))
    known = {each.pk: each for each in mine}
    plain = [each for each in mine if each.space in _PLAIN][:1]
    for each in _by_time(Touchpoint.objects.filter(customer=customer)):
        told = known.get(each.identity_id or 0)
        yield [
            *(each.kind, each.source, each.external_id, each.occurred_at.isoformat(), each.reference),
            *(each.title, each.url, "" if each.value is None else str(each.value), each.currency),
            *_columns([told] if told and told.space in _PLAIN else plain),
        ]


def _by_time(found: QuerySet[Touchpoint]) -> Iterator[Touchpoint]:
    listed = list(found.order_by("-occurred_at", "-pk")[:PAGE])
    while listed:
        yield from listed
        at, pk = listed[-1].occurred_at, listed[-1].pk
        older = found.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, pk__lt=pk))
        listed = list(older.order_by("-occurred_at", "-pk")[:PAGE]) if len(listed) == PAGE else []


def messages(reader: Agent, customer: Customer) -> Iterator[Sequence[str]]:
    """Their messages and our notes on desks the reader may read, newest first; the header first."""
    yield ["when", "direction", "kind", "channel", "from", "address", "subject", "text", "conversation"]
    found = Message.objects.visible_to(reader).filter(customer=customer, deleted_at=None)
    found = found.select_related("channel", "author", "identity").order_by("-occurred_at", "-pk")
    listed = list(found[:PAGE])
    while listed:
        for each in listed:
            yield _message(each, customer)
        at, pk = listed[-1].occurred_at, listed[-1].pk
        older = found.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, pk__lt=pk))
        listed = list(older[:PAGE]) if len(listed) == PAGE else []


def _message(each: Message, customer: Customer) -> list[str]:
    by = str(customer) if each.is_inbound else (each.author.name if each.author else "")
    return [
        *(each.occurred_at.isoformat(), each.direction, each.kind, each.channel.name if each.channel else ""),
        *(
            by,
            each.identity.value if each.identity else "",
            each.subject,
            each.text,
            str(each.conversation_id),
        ),
    ]


def answer(rows: Iterator[Sequence[str]], name: str) -> Streamed:
    """The rows as a file to download, sent as they are read."""
    return Streamed(
        spreadsheet.lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
