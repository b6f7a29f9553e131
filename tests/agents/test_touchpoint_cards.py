"""What the customer did elsewhere, as the thread shows it. All of it is told from outside: nothing of it may do anything."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.templatetags import story
from inbox.models import Agent, Conversation, Touchpoint
from inbox.models.story import TouchpointKind
from inbox.timeline import TouchpointEntry
from tests import factories

pytestmark = pytest.mark.django_db


def card(touchpoint: Touchpoint) -> str:
    return render_to_string("agents/_touchpoint.html", {"entry": TouchpointEntry(touchpoint)})


def words(touchpoint: Touchpoint) -> str:
    return " ".join(strip_tags(card(touchpoint)).split())


def made(**more: Any) -> Touchpoint:
    """A touchpoint that no database holds."""
    more.setdefault("occurred_at", factories.MORNING)
    return Touchpoint(pk=1, **{"kind": "order", "source": "shop", **more})


def test_every_kind_has_words_and_a_picture() -> None:
    assert set(story.ICONS) == set(story.WORDS) == set(TouchpointKind)
    for kind in TouchpointKind:
        assert "<svg" in card(made(kind=kind))


def test_an_order_shows_number_title_amount_and_who_says_so() -> None:
    order = made(reference="4417", title="Merino sweater", value=Decimal("89.00"), currency="EUR")

    assert words(order).startswith("Order 4417 · Merino sweater €89.00 shop")


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("1249.5", "EUR", "€1,249.50"),
        ("-5", "GBP", "-£5.00"),
        ("1200", "SEK", "1,200.00\u00a0SEK"),
        ("0", "USD", "0.00\u00a0USD"),
    ],
)
def test_amounts_are_written_as_people_write_them(value: str, currency: str, shown: str) -> None:
    assert story.amount(made(value=Decimal(value), currency=currency)) == shown


def test_a_link_opens_elsewhere_and_tells_nothing() -> None:
    html = card(made(kind="page", source="web", title="Oak table", url="https://shop.example/oak"))

    assert 'href="https://shop.example/oak" target="_blank" rel="noopener noreferrer nofollow"' in html
    assert "shop.example</bdi>" in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a@b.example"]
)
def test_an_address_that_is_none_is_no_link(url: str) -> None:
    assert "href" not in card(made(url=url, title="Look"))


def test_stars_are_shown_if_they_were_given() -> None:
    html = card(made(kind="review", data={"rating": 4}))

    assert html.count("is-given") == 4
    assert "4 of 5 stars" in html
    assert "<details" not in html


@pytest.mark.parametrize("rating", [0, 6, -1, True, "5", None, [], 1e300])
def test_what_is_no_number_of_stars_shows_none(rating: object) -> None:
    assert "is-given" not in card(made(kind="review", data={"rating": rating}))


def test_what_else_was_told_can_be_opened() -> None:
    shown = story.told_facts(
        made(data={"items": [{"name": "Chair", "count": 2}, {"name": "Table"}], "paid": True, "note": None})
    )

    assert shown == [("items", "Chair, count 2; Table"), ("paid", "yes")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.tuples(*[st.text(st.characters(codec="utf-8"), max_size=30)] * 4),
    data=st.dictionaries(
        st.text(max_size=9), st.recursive(st.text() | st.floats() | st.none(), st.lists), max_size=4
    ),
)
def test_nothing_that_was_told_becomes_markup(texts: tuple[str, str, str, str], data: dict[str, Any]) -> None:
    title, reference, url, source = (f"{text}<script>'\"" for text in texts)

    html = card(
        made(title=title, reference=reference, url=url, source=source, data={**data, "<script>": "<script>"})
    )

    assert "<script" not in html


def test_the_thread_can_be_narrowed_to_what_they_did_elsewhere(
    client: Client, sam: Agent, matter: Conversation
) -> None:
    factories.message(matter, "Where is my parcel?")
    done = factories.touchpoint(matter.customer, title="Oak table")
    client.force_login(sam)

    page = client.get(f"/conversations/{matter.pk}/?kind=touchpoint").content.decode()

    assert f'id="touchpoint-{done.pk}"' in page
    assert "Where is my parcel?" not in page.partition('id="timeline"')[2].partition("</message-timeline>")[0]


def test_a_customer_who_is_another_desks_keeps_what_they_did_from_me(client: Client, sam: Agent) -> None:
    secret = factories.conversation(factories.customer("Cai"), desk=factories.desk("HR", restricted=True))
    factories.touchpoint(secret.customer, title="Oak table")
    client.force_login(sam)

    assert client.get(f"/conversations/{secret.pk}/?kind=touchpoint").status_code == 404
    assert client.get(f"/customers/{secret.customer_id}/").status_code == 404
