"""c3: finding a customer among a million by a name with a slip, a piece of an address, the last digits of a number, beside the
bare SQL that finds the same by the same index."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from benchmarks.rounds import seconds
from benchmarks.sizes import Size
from benchmarks.table import Result
from inbox import search
from inbox.models import Agent, Customer, Desk

FIRST = [
    "Ana",
    "Ben",
    "Cleo",
    "Dora",
    "Emil",
    "Fatma",
    "Goran",
    "Hanna",
    "Ines",
    "Jonas",
    "Kim",
    "Lena",
    "Marek",
    "Nadia",
    "Oskar",
    "Petra",
    "Quentin",
    "Rosa",
    "Sven",
    "Tara",
]
SYLLABLES = [
    "ba",
    "ke",
    "lo",
    "mi",
    "nu",
    "ra",
    "se",
    "ti",
    "vo",
    "za",
    "den",
    "gor",
    "hal",
    "jan",
    "kov",
    "lin",
    "mar",
    "nes",
    "pol",
    "rik",
    "sand",
    "thor",
    "und",
    "ves",
    "wil",
]

CUSTOMERS = """
    INSERT INTO inbox_customer (public_id, kind, name, vip, blocked, language, time_zone, about, attributes, created_at)
    SELECT 'people-' || n, 'person', f.f[1 + n %% {first}] || ' ' || initcap(s.s[1 + n / 7 %% {many}] || s.s[1 + n / 175 %% {many}]
        || s.s[1 + n / 4375 %% {many}] || s.s[1 + n / 11 %% {many}]), false, false, '', '', '', '{{}}', now()
    FROM generate_series(1, %(count)s) n, (SELECT %(first)s::text[] AS f) f, (SELECT %(syllables)s::text[] AS s) s
"""
ADDRESSES = """
    INSERT INTO inbox_identity (customer_id, space, value, name, verified_how, shared, undeliverable_reason, created_at)
    SELECT c.id, a.space, a.value, '', '', false, '', now() FROM inbox_customer c,
        LATERAL (SELECT substr(c.public_id, 8)::int AS n) i,
        LATERAL (VALUES ('email', replace(lower(c.name), ' ', '.') || i.n || '@mail' || i.n %% 40 || '.example'),
                        ('phone', '+44' || (7000000000 + (i.n::bigint * 7919) %% 999999937))) a(space, value)
    WHERE c.public_id LIKE 'people-%%'
"""


def found(size: Size) -> list[Result]:
    """c3, in milliseconds: the whole call, rights, addresses and ORM included. Beside it the index itself, asked by hand for twenty
    ids; nothing is judged, since the second is no answer an agent could be shown."""
    reader = _fill(size.customers)
    someone = Customer.objects.get(public_id=f"people-{size.customers // 2}")
    mail = someone.identities.get(space="email").value
    phone = someone.identities.get(space="phone").value
    slip = someone.name[:-3] + someone.name[-2] + someone.name[-3] + someone.name[-1]
    asked = {
        "name with a slip": (slip, "SELECT id FROM inbox_customer WHERE upper(%s) <%% upper(name) LIMIT 20"),
        "piece of an e-mail address": (
            mail[2:-6],
            "SELECT id FROM inbox_identity WHERE upper(value) LIKE upper(%s) LIMIT 20",
        ),
        "last seven digits": (
            phone[-7:],
            "SELECT id FROM inbox_identity WHERE upper(value) LIKE upper(%s) LIMIT 20",
        ),
    }
    results = []
    for name, (words, sql) in asked.items():
        hits = search.customers(reader, words)
        if someone not in hits:
            raise AssertionError(f"{name}: {words!r} does not find {someone.name!r}")
        ours = seconds(15, lambda words=words: search.customers(reader, words))
        limit = seconds(15, _by_hand(sql, words))
        results.append(_result(f"customer by {name}, of {size.customers:,}", ours, limit))
    return results


def _by_hand(sql: str, words: str) -> Callable[[], object]:
    pattern = f"%{words}%" if "LIKE" in sql else words

    def ask() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SET pg_trgm.word_similarity_threshold = 0.5")
            cursor.execute(sql, [pattern])
            return cursor.fetchall()

    return ask


def _fill(count: int) -> Agent:
    Desk.objects.get_or_create(name="Support")
    reader, _made = Agent.objects.get_or_create(email="people@shop.example", defaults={"name": "Sam Reed"})
    with connection.cursor() as cursor:
        words = {"count": count, "first": FIRST, "syllables": SYLLABLES}
        cursor.execute(CUSTOMERS.format(first=len(FIRST), many=len(SYLLABLES)), words)
        cursor.execute(ADDRESSES, {})
        cursor.execute("VACUUM ANALYZE inbox_customer")
        cursor.execute("VACUUM ANALYZE inbox_identity")
    return reader


def _result(measure: str, ours: float, limit: float) -> Result:
    return Result(
        work="c3",
        measure=measure,
        ours=ours * 1000,
        limit=limit * 1000,
        unit=" ms",
        at_most=True,
    )
