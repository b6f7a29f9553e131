"""Find in one customer's thread, and go to a day of it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from inbox.models import Agent, Conversation, Customer
from tests import factories
from tests.agents.conftest import HTMX


def found(client: Client, matter: Conversation, query: str) -> list[int]:
    html = client.get(f"/conversations/{matter.pk}/find/?q={query}", headers=HTMX).content.decode()
    return [int(number) for number in re.findall(r'data-to-message="(\d+)"', html)]


def test_messages_and_notes_of_this_customer_are_found_newest_first(
    as_sam: Client, kim: Agent, ana: Customer, matter: Conversation
) -> None:
    earlier = factories.conversation(ana, status="resolved", main=False)
    old = factories.message(earlier, "Is the moss one warm?", occurred_at=factories.at(-100))
    note = factories.note(matter, kim, "She means moss green", occurred_at=factories.at(5))
    factories.message(factories.conversation(factories.customer("Ben")), "Moss, please")

    assert found(as_sam, matter, "moss") == [note.pk, old.pk]


def test_what_a_hidden_desk_wrote_is_not_found(
    as_sam: Client, as_kim: Client, matter: Conversation, secret: Conversation
) -> None:
    assert found(as_sam, matter, "between") == []
    assert found(as_kim, matter, "between") == [secret.messages.get().pk]


def test_a_hit_leads_to_its_place_in_the_open_matter(as_sam: Client, matter: Conversation) -> None:
    message = matter.messages.get()

    html = as_sam.get(f"/conversations/{matter.pk}/find/?q=change").content.decode()

    assert f'href="/conversations/{matter.pk}/?message={message.pk}#message-{message.pk}"' in html
    assert "<mark>change</mark>" in html
    page = as_sam.get(f"/conversations/{matter.pk}/?message={message.pk}").content.decode()
    assert f'data-show="message-{message.pk}"' in page


def test_nothing_found_says_so_and_nothing_asked_says_nothing(as_sam: Client, matter: Conversation) -> None:
    address = f"/conversations/{matter.pk}/find/"

    assert "Nothing in this thread" in as_sam.get(f"{address}?q=zebra", headers=HTMX).content.decode()
    assert "Nothing in this thread" not in as_sam.get(address, headers=HTMX).content.decode()


def test_a_day_is_the_agents_own_and_shows_what_is_around_it(
    as_sam: Client, sam: Agent, matter: Conversation
) -> None:
    sam.time_zone = "Pacific/Auckland"
    sam.save()
    midnight = datetime(2025, 6, 10, tzinfo=ZoneInfo("Pacific/Auckland"))
    for hours in range(-60, 60):
        factories.message(matter, f"Hour {hours}", occurred_at=midnight + timedelta(hours=hours))
    first = matter.messages.get(text="Hour 0")

    html = as_sam.get(f"/conversations/{matter.pk}/?date=2025-06-10", headers=HTMX).content.decode()

    assert f'data-show="message-{first.pk}"' in html
    assert "Hour -10" in html
    assert "Hour 10" in html
    assert "Hour 59" not in html
    assert 'id="timeline-newer"' in html


@pytest.mark.parametrize("day", ["soon", "0001-01-01", "9999-12-31", "2025-13-01"])
def test_what_is_no_day_opens_the_thread_as_ever(as_sam: Client, matter: Conversation, day: str) -> None:
    answer = as_sam.get(f"/conversations/{matter.pk}/?date={day}", headers=HTMX)

    assert answer.status_code == 200
    assert "data-show" not in answer.content.decode()
