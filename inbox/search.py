"""Finding a customer, a conversation or a message by what an agent remembers of it. Reads only; takes the reader."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import OperationalError, connection, transaction
from django.db.models import FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Upper
from psycopg.errors import QueryCanceled

from inbox.models import Agent, Conversation, Customer, Desk, Identity, Message

CAP = 5_000
"""How many hits are looked at; the newest of these are shown. performance.md 3.2: 36 ms for a word in 0.2 % of 10M, 58 ms for "the"."""
TIMEOUT = "4s"
LIKE_ENOUGH = 0.5
LONGEST = 200
MOST_WORDS = 12
WINDOW = 160

T = TypeVar("T")
_WORD = re.compile(r"\w+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{4,}")
_NUMBER = re.compile(r"#?([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a snippet; `hit` if it is what was looked for. Plain text, not HTML."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A message that was found, and the part of its text that shows why."""

    message: Message
    snippet: list[Piece]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """capped      there are more than CAP messages: say "newest of the first 5000"
    too_broad   looking through the messages took too long and was given up: say "add a word"
    """

    customers: list[Customer] = field(default_factory=list)
    messages: list[Found] = field(default_factory=list)
    capped: bool = False
    conversation: Conversation | None = None
    too_broad: bool = False


def run(reader: Agent, query: str, *, limit: int = 20) -> SearchResults:
    """Customers by name (a slip of the finger allowed), part of an address or the last digits of a phone; a conversation
    by its number; messages with all the words, the last perhaps unfinished. At most `limit` each, as the reader may see them.
    """
    query = _clean(query)
    if len(query) < 2 and not _NUMBER.fullmatch(query):
        return SearchResults()
    messages = _in_time(lambda: _messages(reader, query, limit))
    customers = _in_time(lambda: _customers(reader, query, limit))
    found, capped = messages or ([], False)
    return SearchResults(
        customers=customers or [],
        messages=found,
        capped=capped,
        conversation=_conversation(reader, query),
        too_broad=messages is None or customers is None,
    )


def customers(reader: Agent, query: str, *, limit: int = 20) -> list[Customer]:
    """The customers that `run` finds, without looking through messages. Nobody if that took too long."""
    query = _clean(query)
    return (_in_time(lambda: _customers(reader, query, limit)) or []) if len(query) >= 2 else []


def in_thread(reader: Agent, customer: Customer, query: str, *, limit: int = 50) -> SearchResults:
    """The newest messages of this customer with all the words, notes among them, as the reader may see them."""
    query = _clean(query)
    if len(query) < 2:
        return SearchResults()
    found = _in_time(lambda: _messages(reader, query, limit, customer))
    messages, capped = found or ([], False)
    return SearchResults(messages=messages, capped=capped or len(messages) == limit, too_broad=found is None)


def _clean(query: str) -> str:
    return " ".join(query.replace("\x00", "").split())[:LONGEST].strip()


def _in_time(search: Callable[[], T]) -> T | None:
    """What `search` finds, or None if PostgreSQL ended it after TIMEOUT. LIKE_ENOUGH is what the trigram operators go by."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Both for this transaction only.
            cursor.execute("select set_config('statement_timeout', %s, true)", [TIMEOUT])
            cursor.execute(
                "select set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)]
            )
            return search()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


# ---------------------------------------------------------------- customers and conversations


def _customers(reader: Agent, query: str, limit: int) -> list[Customer]:
    """First those with the address, since an exact thing was asked for; then by likeness of the name."""
    visible = Customer.objects.for_list(reader)
    found: dict[int, Customer] = {}
    addresses = _addresses(reader, query)
    if addresses is not None:
        for customer in visible.filter(pk__in=addresses.values("customer")).order_by("-pk")[:limit]:
            found[customer.pk] = customer
    if _WORD.search(query) and len(found) < limit:
        for customer in _named(visible, query)[:limit]:
            found.setdefault(customer.pk, customer)
    return list(found.values())[:limit]


def _named(customers: QuerySet[Customer], query: str) -> QuerySet[Customer]:
    """By the trigram index on UPPER(name): as written anywhere in the name, or alike enough. Under three letters there is
    no trigram to look up but those of a name's beginning."""
    wanted, name = Upper(Value(query)), Upper("name")
    alike = Q(name__istartswith=query)
    if len(query) >= 3:
        alike = Q(TrigramWordSimilar(name, wanted)) | Q(name__icontains=query)
    likeness = _likeness("WORD_SIMILARITY", wanted, name) + _likeness("SIMILARITY", wanted, name)
    return customers.filter(alike).annotate(likeness=likeness).order_by("-likeness", "-pk")


def _likeness(function: str, *texts: Upper) -> Func:
    """0 to 1, by pg_trgm."""
    return Func(*texts, function=function, output_field=FloatField())


def _addresses(reader: Agent, query: str) -> QuerySet[Identity] | None:
    """Addresses the query may be a part of: a phone by its last digits, anything else by any part. None: no address."""
    identities = Identity.objects.visible_to(reader)
    if _PHONE.fullmatch(query):
        # A national number begins with a 0 that its international form has not; so may the last four digits of any.
        digits = re.sub(r"\D", "", query)
        wanted = digits.lstrip("0") if len(digits.lstrip("0")) >= 4 else digits
        return identities.filter(value__iendswith=wanted) if len(wanted) >= 4 else None
    if " " in query or len(query) < 3:
        return None
    return identities.filter(value__icontains=query)


def _conversation(reader: Agent, query: str) -> Conversation | None:
    number = _NUMBER.fullmatch(query)
    if number is None:
        return None
    return (
        Conversation.objects.visible_to(reader).select_related("customer").filter(pk=int(number[1])).first()
    )


# ---------------------------------------------------------------- messages


def _messages(
    reader: Agent, query: str, limit: int, customer: Customer | None = None
) -> tuple[list[Found], bool]:
    """The newest of the first CAP hits. Two steps, since "ORDER BY … LIMIT 20" on the hits themselves may make PostgreSQL
    walk the whole table backwards instead (performance.md 4.3)."""
    wanted = _text_query(query)
    if wanted is None:
        return [], False
    hits = Message.objects.annotate(words=SearchVector("subject", "text", config="simple")).filter(
        words=wanted
    )
    if customer is not None:
        hits = hits.filter(customer=customer)
    hidden = Desk.objects.exclude(pk__in=Desk.objects.readable_by(reader).values("pk"))
    if hidden.exists():
        hits = hits.filter(conversation__desk__in=Desk.objects.readable_by(reader))
    first: list[tuple[datetime, int]] = list(hits.values_list("occurred_at", "pk")[: CAP + 1])
    newest = [pk for _at, pk in heapq.nlargest(limit, first[:CAP])]
    related = Message.objects.select_related("customer", "conversation", "channel", "author", "identity")
    shown = related.defer("channel__settings", "channel__cursor").in_bulk(newest)
    words = _WORD.findall(query)
    return [Found(shown[pk], snippet(shown[pk], words)) for pk in newest if pk in shown], len(first) > CAP


def _text_query(query: str) -> SearchQuery | None:
    """All words, the last as a prefix. PostgreSQL's own parser takes each apart ("ORD-17" is a phrase, an address one word),
    as it did with the messages; quoted, so that no sign of the query means anything."""
    words = [word for word in query.split() if _WORD.search(word)][:MOST_WORDS]
    if not words:
        return None
    lexemes = ["'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words]
    if len(words[-1]) > 1:
        lexemes[-1] += ":*"
    return SearchQuery(" & ".join(lexemes), config="simple", search_type="raw")


# ---------------------------------------------------------------- snippets


def snippet(message: Message, words: Sequence[str]) -> list[Piece]:
    """About WINDOW characters around the first hit, the hits marked; the beginning if the hit is nowhere to be seen."""
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")\w*", re.IGNORECASE)
    text = " ".join(message.text.split())
    first = pattern.search(text)
    if first is None and pattern.search(message.subject):
        text = message.subject
        first = pattern.search(text)
    start = max(0, first.start() - WINDOW // 3) if first else 0
    if start:
        start = text.find(" ", start, start + 20) + 1 or start
    pieces = [Piece("…")] if start else []
    window = text[start : start + WINDOW]
    position = 0
    for hit in pattern.finditer(window):
        pieces += [Piece(window[position : hit.start()]), Piece(hit.group(), hit=True)]
        position = hit.end()
    pieces.append(Piece(window[position:] + ("…" if start + WINDOW < len(text) else "")))
    return [piece for piece in pieces if piece.text]
