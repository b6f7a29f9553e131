"""Finding people and messages by what an agent remembers of them, and nothing that is not theirs to read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox import search
from inbox.models import Agent, Customer, Desk, Identity, Message
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db


def people(reader: Agent, query: str) -> list[str]:
    return [customer.name for customer in search.run(reader, query).customers]


def texts(reader: Agent, query: str) -> list[str]:
    return [found.message.text for found in search.run(reader, query).messages]


def marked(found: search.Found) -> str:
    """The snippet with its hits in brackets."""
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in found.snippet)


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    "query", ["Ana", "ana silva", "silva", "Siilva", "Ana Sliva", "silva ana", "an", "ilv"]
)
def test_a_customer_is_found_by_the_name_even_misspelt(sam: Agent, ana: Customer, query: str) -> None:
    factories.customer("Bo Berg")

    assert people(sam, query) == ["Ana Silva"]


def test_the_name_most_alike_comes_first(sam: Agent) -> None:
    for name in ("Silvana Anders", "Ana Silva", "Silvia Ahn"):
        factories.customer(name)

    assert people(sam, "Ana Silva")[0] == "Ana Silva"


def test_names_of_two_letters_are_found(sam: Agent) -> None:
    factories.customer("李明")

    assert people(sam, "李明") == ["李明"]


@pytest.mark.parametrize("query", ["silva@shop.example", "SILVA@shop", "@shop.exam", "va@sho"])
def test_a_customer_is_found_by_part_of_an_address(sam: Agent, ana: Customer, query: str) -> None:
    factories.identity(ana, "silva@shop.example")
    factories.identity(factories.customer("Bo Berg"), "bo@x.example")

    assert people(sam, query) == ["Ana Silva"]


@pytest.mark.parametrize(
    "query", ["0123", "900123", "07700 900123", "+44 7700 900123", "(7700) 900-123", "7700900123"]
)
def test_a_customer_is_found_by_the_last_digits_of_a_phone(sam: Agent, ana: Customer, query: str) -> None:
    factories.identity(ana, "+447700900123", space="phone")
    factories.identity(factories.customer("Bo Berg"), "+447700900999", space="phone")

    assert people(sam, query) == ["Ana Silva"]


@pytest.mark.parametrize(
    "query", ["%", "_", "%%%%", "____", "' or 1=1 --", "\\", "ana\\", "' :* & !", "\x00", "", " "]
)
def test_signs_mean_nothing_and_break_nothing(sam: Agent, ana: Customer, query: str) -> None:
    factories.message(factories.conversation(ana), "hello")

    found = search.run(sam, query)

    assert found.messages == []
    assert not found.too_broad


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_no_query_is_an_error(sam: Agent, query: str) -> None:
    search.run(sam, query)


def test_a_conversation_is_found_by_its_number(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)

    assert search.run(sam, f"#{matter.pk}").conversation == matter
    assert search.run(sam, f"{matter.pk}").conversation == matter
    assert search.run(sam, "#99999999999999999999").conversation is None


def test_a_customer_merged_into_another_is_not_found(sam: Agent, ana: Customer) -> None:
    factories.customer("Ana Silva", merged_into=ana)

    assert search.run(sam, "Ana Silva").customers == [ana]


# ---------------------------------------------------------------- messages

WRITTEN = (
    "My order ORD-2024-17 of 12.50 has not come, see https://shop.example/orders/17 or ask bo@mail.example."
)


@pytest.mark.parametrize(
    "query",
    [
        "order",
        "ORDER",
        "not come",
        "come order",
        "ord",
        "ORD-2024",
        "ORD-2024-17",
        "12.50",
        "bo@mail.example",
        "shop.example/orders/17",
    ],
)
def test_a_message_is_found_by_its_words(sam: Agent, ana: Customer, query: str) -> None:
    matter = factories.conversation(ana)
    factories.message(matter, WRITTEN)
    factories.message(matter, "Something else")

    assert texts(sam, query) == [WRITTEN]


@pytest.mark.parametrize("query", ["orders parcel", "der", "rder", "comes"])
def test_all_words_must_be_there_and_only_the_last_may_be_unfinished(
    sam: Agent, ana: Customer, query: str
) -> None:
    factories.message(factories.conversation(ana), "My order has not come")

    assert texts(sam, query) == []


def test_a_subject_a_note_and_an_answer_are_searched_too(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    factories.message(matter, "See above", subject="Invoice", occurred_at=at(1))
    factories.note(matter, sam, "The invoice is right", occurred_at=at(2))
    factories.reply(matter, sam, "Your invoice, again", occurred_at=at(3))

    assert texts(sam, "invoice") == ["Your invoice, again", "The invoice is right", "See above"]


def test_the_newest_come_first_and_more_than_the_cap_is_said(
    sam: Agent, ana: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = factories.conversation(ana)
    for minute in range(4):
        factories.message(matter, f"parcel {minute}", occurred_at=at(minute))

    all_of_them = search.run(sam, "parcel", limit=2)
    monkeypatch.setattr(search, "CAP", 3)
    capped = search.run(sam, "parcel", limit=2)

    assert [found.message.text for found in all_of_them.messages] == ["parcel 3", "parcel 2"]
    assert not all_of_them.capped
    assert capped.capped
    assert len(capped.messages) == 2


def test_a_search_that_takes_too_long_is_given_up_and_says_so(
    sam: Agent, ana: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.message(factories.conversation(ana), "hello")

    def slow(*_args: object) -> tuple[list[search.Found], bool]:
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(5)")
        return [], False

    monkeypatch.setattr(search, "TIMEOUT", "50ms")
    monkeypatch.setattr(search, "_messages", slow)

    found = search.run(sam, "ana")

    assert found.too_broad
    assert found.customers == [ana]


# ---------------------------------------------------------------- snippets


def test_a_snippet_shows_the_words_where_they_stand(sam: Agent, ana: Customer) -> None:
    text = (
        "Hello. "
        + "Much was said before. " * 30
        + "The parcel with <b>glasses</b> is broken. "
        + "And more. " * 50
    )
    factories.message(factories.conversation(ana), text)

    (found,) = search.run(sam, "parcel glas").messages

    assert "The [parcel] with <b>[glasses]</b> is broken." in marked(found)
    assert marked(found).startswith("…")
    assert marked(found).endswith("…")
    assert len(marked(found)) < 200


def test_a_snippet_of_a_hit_in_the_subject_shows_the_subject(sam: Agent, ana: Customer) -> None:
    factories.message(factories.conversation(ana), "See above", subject="Invoice 17")

    (found,) = search.run(sam, "invoice").messages

    assert marked(found) == "[Invoice] 17"


@given(
    text=st.text(max_size=400),
    words=st.lists(
        st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), min_size=1, max_size=4
    ),
)
def test_a_snippet_is_always_a_stretch_of_the_text(text: str, words: list[str]) -> None:
    pieces = search.snippet(Message(text=text, subject=""), words)

    shown = "".join(piece.text for piece in pieces)
    assert shown.removeprefix("…").removesuffix("…") in " ".join(text.split()) or "…" in text
    assert all(piece.text for piece in pieces)


# ---------------------------------------------------------------- what is not theirs


def test_a_restricted_desk_leaves_no_trace(sam: Agent, kim: Agent, ana: Customer, hr: Desk) -> None:
    factories.message(factories.conversation(ana), "my parcel")
    channel = factories.channel(desk=hr)
    only_hr = factories.customer("Zoe Hidden")
    private = factories.identity(ana, "ana.private@x.example")
    secret = factories.conversation(ana, desk=hr)
    factories.message(secret, "my salary and my parcel", channel=channel, identity=private)
    hidden = factories.conversation(only_hr, desk=hr)
    factories.message(
        hidden, "bullied", channel=channel, identity=factories.identity(only_hr, "zoe@x.example")
    )

    assert texts(sam, "parcel") == ["my parcel"]
    for query in ("salary", "bullied", "Zoe Hidden", "zoe@x.example", "ana.private@x", f"#{secret.pk}"):
        assert search.run(sam, query) == search.SearchResults(), query
    assert len(texts(kim, "parcel")) == 2
    assert people(kim, "Zoe") == ["Zoe Hidden"]
    assert people(kim, "ana.private@x") == ["Ana Silva"]
    assert search.run(kim, f"#{secret.pk}").conversation == secret


def test_a_customer_who_is_found_shows_only_the_addresses_one_may_see(
    sam: Agent, kim: Agent, ana: Customer, hr: Desk
) -> None:
    known, private = factories.identity(ana, "ana@x.example"), factories.identity(ana, "only-hr@x.example")
    factories.message(factories.conversation(ana), identity=known)
    factories.message(factories.conversation(ana, desk=hr), identity=private)

    def addresses(reader: Agent) -> list[str]:
        (found,) = search.run(reader, "Ana").customers
        return [identity.value for identity in found.identities.all()]

    assert addresses(sam) == ["ana@x.example"]
    assert addresses(kim) == ["ana@x.example", "only-hr@x.example"]


def test_what_one_may_not_read_does_not_count_towards_the_cap(
    sam: Agent, ana: Customer, hr: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CAP", 2)
    secret = factories.conversation(ana, desk=hr)
    for _number in range(5):
        factories.message(secret, "parcel")
    factories.message(factories.conversation(ana), "my parcel")

    found = search.run(sam, "parcel")

    assert [hit.message.text for hit in found.messages] == ["my parcel"]
    assert not found.capped


# ---------------------------------------------------------------- cost


def plan(query: str, *, matching: str) -> str:
    """How PostgreSQL runs the statement of this search that has `matching` in it, among three thousand customers."""
    people = Customer.objects.bulk_create(Customer(name=f"Person {number:x}") for number in range(3000))
    Identity.objects.bulk_create(
        Identity(customer=person, space="email", value=f"{person.name[7:]}@mail.example") for person in people
    )
    with CaptureQueriesContext(connection) as queries:
        search.run(factories.agent("Al"), query)
    (statement,) = (line["sql"] for line in queries if matching in line["sql"])
    with connection.cursor() as cursor:
        cursor.execute("analyze inbox_customer")
        cursor.execute("analyze inbox_identity")
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("query", "matching", "index"),
    [
        ("parcel", "to_tsquery", "message_search"),
        ("Ana Silva", "%> ", "customer_name_trgm"),
        ("an", "LIKE UPPER('an%')", "customer_name_trgm"),
        ("@shop.example", 'W0."value"::text) LIKE', "identity_value_trgm"),
        ("900123", 'W0."value"::text) LIKE', "identity_value_trgm"),
    ],
)
def test_each_search_uses_its_index(ana: Customer, query: str, matching: str, index: str) -> None:
    factories.message(factories.conversation(ana))

    assert index in plan(query, matching=matching)


def test_more_hits_cost_no_more_queries(sam: Agent) -> None:
    def fill() -> None:
        for _number in range(5):
            person = factories.customer("Ana Silva")
            factories.identity(person)
            factories.message(factories.conversation(person), "ana silva", channel=factories.channel())

    def look() -> int:
        with CaptureQueriesContext(connection) as queries:
            found = search.run(sam, "ana")
            assert [
                (hit.message.customer, hit.message.channel, hit.message.conversation)
                for hit in found.messages
            ]
            assert [list(customer.identities.all()) for customer in found.customers]
        return len(queries)

    fill()
    few = look()
    fill()

    assert look() == few
    assert few <= 14


def test_who_only_visited_the_website_of_a_hidden_desk_exists_for_its_members_only(
    sam: Agent, kim: Agent
) -> None:
    hr = factories.desk("HR", restricted=True, members=(kim,))
    careers = factories.channel("sandbox", name="Careers", desk=hr)
    visitor = factories.customer("Hidden Hal")
    factories.identity(visitor, f"{careers.public_id}/visitor-1", space="webchat")

    for reader, sees in ((sam, False), (kim, True)):
        assert Customer.objects.visible_to(reader).filter(pk=visitor.pk).exists() == sees
        assert visitor.identities.visible_to(reader).exists() == sees
