"""Places in the settings: added, renamed, closed; by managers, on desks they may read."""

from __future__ import annotations

import pytest
from django.test import Client

from inbox.models import Desk, Place
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_maya() -> Client:
    browser = Client()
    browser.force_login(factories.agent("Maya Brandt", role="manager"))
    return browser


def test_a_place_is_added_renamed_and_closed(as_maya: Client) -> None:
    support = factories.support()

    as_maya.post("/settings/places/new/", {"name": "Old Town", "desk": support.pk})
    made = Place.objects.get()
    as_maya.post(f"/settings/places/{made.pk}/", {"name": "Harbour", "desk": support.pk, "closed": "on"})

    made.refresh_from_db()
    assert (made.name, made.desk, made.closed) == ("Harbour", support, True)
    html = as_maya.get("/settings/places/").content.decode()
    assert "Harbour" in html
    assert "Closed" in html


def test_a_name_that_is_taken_is_said_so(as_maya: Client) -> None:
    taken = factories.place("Old Town")

    answer = as_maya.post("/settings/places/new/", {"name": "Old Town", "desk": taken.desk_id})

    assert "already one called" in answer.content.decode()
    assert Place.objects.count() == 1


def test_places_of_a_desk_one_may_not_read_are_neither_shown_nor_made(as_maya: Client, hr: Desk) -> None:
    factories.place("HR counter", desk=hr)

    assert "HR counter" not in as_maya.get("/settings/places/").content.decode()
    as_maya.post("/settings/places/new/", {"name": "Another", "desk": hr.pk})
    assert Place.objects.count() == 1
