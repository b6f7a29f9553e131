"""The page behind the unsubscribe link: GET shows, POST acts, one click is enough, and strangers learn nothing."""

from __future__ import annotations

import re

import pytest
from django.core import signing as django_signing
from django.test import Client

from inbox import permission, signing
from inbox.actions import consents
from inbox.models import Consent, Identity, Purpose
from tests import factories

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def ana() -> Identity:
    identity = factories.identity(factories.customer("Ana Silva"), "ana.silva@x.example")
    consents.change(identity_id=identity.pk, purpose=Purpose.NEWS, allowed=True, how="form")
    return identity


@pytest.fixture
def strict() -> Client:
    """A mail program: no cookie, no token of a form."""
    return Client(enforce_csrf_checks=True)


def path_of(identity: Identity, purpose: str = Purpose.NEWS) -> str:
    return "/u/" + signing.make_unsubscribe_link(identity.pk, purpose).rpartition("/u/")[2]


def told(answer: object) -> str:
    """The page without the form token, which differs on every page."""
    return re.sub(r'X-CSRFToken": "\w+"', "", answer.content.decode())  # type: ignore[attr-defined]


def holds(identity: Identity) -> list[str]:
    return [purpose.value for purpose in Purpose if permission.allowed(identity, purpose)]


def test_looking_at_the_page_changes_nothing(strict: Client, ana: Identity) -> None:
    before = Consent.objects.count()

    for method in (strict.get, strict.head):
        assert method(path_of(ana)).status_code == 200

    assert (Consent.objects.count(), holds(ana)) == (before, ["service", "notice", "news"])


def test_it_shows_what_is_allowed_and_hides_the_address(client: Client, ana: Identity) -> None:
    html = client.get(path_of(ana)).content.decode()

    assert "a•••@x.example" in html
    assert "ana.silva" not in html
    assert "Ana Silva" not in html
    assert html.count(" checked") == 3


def test_one_click_of_a_mail_program_ends_what_the_mail_was_for(strict: Client, ana: Identity) -> None:
    answer = strict.post(path_of(ana), ONE_CLICK)

    assert answer.status_code == 200  # RFC 8058 3.1: no redirect
    assert holds(ana) == ["service", "notice"]
    assert Consent.objects.latest("pk").how == "unsubscribe"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_each_link_ends_its_own_purpose(strict: Client, ana: Identity, purpose: str) -> None:
    strict.post(path_of(ana, purpose), ONE_CLICK)

    assert not permission.allowed(ana, purpose)
    assert permission.allowed(ana) == (purpose != Purpose.SERVICE)


def test_the_same_click_twice_is_one(strict: Client, ana: Identity) -> None:
    for _time in range(2):
        assert strict.post(path_of(ana), ONE_CLICK).status_code == 200

    assert Consent.objects.filter(purpose="news", allowed=False).count() == 1


def test_its_holder_chooses_on_the_page(client: Client, ana: Identity) -> None:
    path = path_of(ana)

    answer = client.post(path, {"purposes": "all", "allow": ["service", "survey"]})

    assert answer["Location"] == f"{path}?saved"
    assert holds(ana) == ["service", "survey"]


def test_its_holder_may_lift_their_own_stop(client: Client, ana: Identity) -> None:
    client.post(path_of(ana), {"purposes": "all", "allow": ["news"]})
    assert holds(ana) == []

    client.post(path_of(ana), {"purposes": "all", "allow": ["service", "news"]})

    assert holds(ana) == ["service", "news"]


@pytest.mark.parametrize("allow", [["x"], ["service", "'; drop"], [""]])
def test_invented_purposes_are_nothing(client: Client, ana: Identity, allow: list[str]) -> None:
    assert client.post(path_of(ana), {"purposes": "all", "allow": allow}).status_code == 302

    assert set(holds(ana)) <= {"service"}


FOREIGN = {
    "nonsense": "x",
    "shaped like one": "a:b:c",
    "cut": signing.make_unsubscribe_link(1, "news").rpartition("/")[2][:-1],
    "of a file": django_signing.dumps([1, "news"], salt="inbox.file"),
    "of another shape": django_signing.dumps("1", salt="inbox.unsubscribe"),
    "for an unknown purpose": django_signing.dumps([1, "bribes"], salt="inbox.unsubscribe"),
}


@pytest.mark.parametrize("token", FOREIGN.values(), ids=FOREIGN)
def test_a_token_that_is_not_ours_is_the_404_of_an_address_that_is_gone(
    client: Client, ana: Identity, token: str
) -> None:
    gone = client.get(path_of(Identity(pk=987_654_321)))
    for method in (client.get, client.post):
        answer = method(f"/u/{token}")

        assert answer.status_code == 404
        assert told(answer) == told(gone)
    assert holds(ana) == ["service", "notice", "news"]


def test_who_guesses_is_told_to_wait_and_who_has_a_link_is_not(client: Client, ana: Identity) -> None:
    answers = [client.post(f"/u/{number}").status_code for number in range(25)]

    assert answers.count(404) == 20
    assert answers[-1] == 429
    assert client.post(path_of(ana), ONE_CLICK).status_code == 200


def test_one_address_cannot_be_changed_all_day(client: Client, ana: Identity) -> None:
    answers = [client.post(path_of(ana), ONE_CLICK).status_code for _ in range(31)]

    assert answers[-1] == 429


def test_no_search_engine_keeps_it_and_no_other_site_learns_its_address(
    client: Client, ana: Identity
) -> None:
    for answer in (client.get(path_of(ana)), client.post(path_of(ana), ONE_CLICK)):
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
