"""Search and the palette: what is found, what must not be, and that the page costs the same whatever it finds."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agents import limits
from inbox.limits import Limit
from inbox.models import Conversation
from tests import factories
from tests.agents.conftest import HTMX


def test_words_of_a_message_are_found_and_marked(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get("/search/?q=change").content.decode()

    message = matter.messages.get()
    assert "<mark>change</mark>" in html
    assert f'href="/conversations/{matter.pk}/?message={message.pk}#message-{message.pk}"' in html


def test_a_customer_is_found_by_part_of_an_address(as_sam: Client, matter: Conversation) -> None:
    assert "Ana Silva" in as_sam.get("/search/?q=ana@x.ex").content.decode()


def test_a_conversation_is_found_by_its_number(as_sam: Client, matter: Conversation) -> None:
    assert f"#{matter.pk} · Ana Silva" in as_sam.get(f"/search/?q={matter.pk}").content.decode()


@pytest.mark.parametrize("path", ["/search/", "/palette/"])
@pytest.mark.parametrize("word", ["between", "Dismissal"])
def test_nothing_of_a_restricted_desk_is_found(
    as_sam: Client, secret: Conversation, path: str, word: str
) -> None:
    html = as_sam.get(f"{path}?q={word}", headers=HTMX).content.decode()

    assert "This is" not in html
    assert "Nothing found" in html


def test_who_may_read_it_finds_it(as_kim: Client, secret: Conversation) -> None:
    assert "<mark>between</mark>" in as_kim.get("/search/?q=between").content.decode()


@pytest.mark.parametrize("page", ["search", "palette"])
def test_who_asks_too_often_waits_and_is_told_how_long(
    as_sam: Client, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(limits, "SEARCHES_OF_AGENT", Limit("search-agent", 2, 3600))
    codes = [as_sam.get(f"/{page}/?q=moss").status_code for _ in range(3)]

    assert codes == [200, 200, 429]
    assert int(as_sam.get("/search/?q=moss")["Retry-After"]) > 0
    assert as_sam.get(f"/{page}/").status_code == 200


def test_one_limit_counts_every_field_that_searches(
    as_sam: Client, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEARCHES_OF_AGENT", Limit("search-agent", 1, 86_400))
    fields = [
        "/search/",
        "/palette/",
        f"/conversations/{matter.pk}/find/",
        "/customers/",
        f"/customers/{matter.customer_id}/merge/",
        "/shop/",
    ]

    codes = [as_sam.get(f"{field}?q=moss").status_code for field in fields]

    assert codes == [200, 429, 429, 429, 429, 429]
    assert {as_sam.get(field).status_code for field in fields} == {200}


def test_who_searched_too_often_is_led_back_to_their_work_not_to_the_login(
    as_sam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEARCHES_OF_AGENT", Limit("search-agent", 0, 60))

    html = as_sam.get("/search/?q=order").content.decode()

    assert 'href="/">Back to the inbox' in html
    assert "login" not in html[html.index("Too many tries") :]


def test_a_script_gets_the_results_alone(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get("/search/?q=change", headers=HTMX).content.decode()

    assert "<html" not in html
    assert "<mark>change</mark>" in html


def test_nothing_asked_explains_what_can_be_asked(as_sam: Client) -> None:
    assert "Find anything" in as_sam.get("/search/").content.decode()


def test_the_palette_offers_views_before_anything_is_typed(as_sam: Client) -> None:
    html = as_sam.get("/palette/", headers=HTMX).content.decode()

    assert 'href="/inbox/unassigned/"' in html
    assert 'role="option"' in html


def test_the_palette_finds_customers_messages_and_views(as_sam: Client, matter: Conversation) -> None:
    assert f'href="/customers/{matter.customer_id}/"' in as_sam.get("/palette/?q=silva").content.decode()
    assert "<mark>change</mark>" in as_sam.get("/palette/?q=change").content.decode()
    assert 'href="/inbox/snoozed/"' in as_sam.get("/palette/?q=snoo").content.decode()


@pytest.mark.parametrize("query", ["%00", "'", "%25%25%25", "<script>", "a" * 5000, "🧶", "&|!:*()"])
def test_no_query_breaks_it(as_sam: Client, query: str) -> None:
    answer = as_sam.get("/search/", {"q": query})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_twenty_results_cost_a_fixed_number_of_queries(
    as_sam: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        matter = factories.conversation(factories.customer(f"Wool lover {number}"))
        factories.message(matter, "Is the wool soft?")

    with django_assert_max_num_queries(20):
        as_sam.get("/search/?q=wool")
