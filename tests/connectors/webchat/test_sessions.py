"""The visitor's token over time: renewed, lost on the way, forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors import reader
from connectors.visitors import sessions, tokens
from connectors.visitors.models import Ended, VisitorSession
from inbox.models import Channel, Identity, Message
from tests.connectors.webchat.conftest import Browser
from tests.connectors.webchat.tokens import signed

pytestmark = pytest.mark.django_db(transaction=True)


def make_older(hours: float) -> None:
    VisitorSession.objects.update(rotated_at=timezone.now() - timedelta(hours=hours), confirmed=True)


def renewed(ana: Browser) -> str:
    """Ask for news, as every connection does; the answer has the token to use from now on."""
    return str(ana.get("events").json()["frames"][0]["token"])


def test_a_young_token_is_handed_back_as_it_was_in_meaning(ana: Browser) -> None:
    ana.begin()

    assert tokens.read(renewed(ana)) == tokens.read(ana.token)


def test_a_token_of_an_hour_is_renewed(ana: Browser) -> None:
    ana.begin()
    make_older(1.1)

    sid, generation = tokens.read(renewed(ana)) or ("", 0)

    assert (sid, generation) == (VisitorSession.objects.get().sid, 2)


def test_a_renewal_whose_answer_was_lost_costs_nothing(ana: Browser) -> None:
    ana.begin()
    make_older(1.1)
    renewed(ana)

    make_older_unconfirmed = VisitorSession.objects.update(rotated_at=timezone.now() - timedelta(hours=5))

    assert make_older_unconfirmed == 1
    assert ana.get("events").status_code == 200
    ana.token = renewed(ana)
    assert ana.get("events").status_code == 200


def test_another_tab_may_use_the_token_before_for_a_minute(ana: Browser) -> None:
    ana.begin()
    tab = Browser(ana.channel, token=ana.token)
    make_older(1.1)
    ana.token = renewed(ana)
    assert ana.get("events").status_code == 200

    assert tab.get("events").status_code == 200


def test_the_token_is_stored_nowhere(ana: Browser) -> None:
    ana.begin()

    row = VisitorSession.objects.values().get()

    assert ana.token not in str(row)
    assert ana.token not in str(list(Identity.objects.values()))


def test_no_cookie_is_set(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")

    assert not ana.client.cookies


def test_the_browser_is_told_a_name_for_the_visitor_that_gives_nothing_away(ana: Browser) -> None:
    ana.begin()

    visitor = VisitorSession.objects.get().visitor

    assert ana.visitor
    assert visitor not in ana.visitor


def test_an_introduction_is_a_claim_and_a_name(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    ana.begin(name="Ana Silva", email=" Ana@X.Example ")
    reader.drain()

    address = Identity.objects.get(space="email")
    assert (address.value, address.verified) == ("ana@x.example", False)
    customer = Message.objects.get().customer
    assert (address.customer, customer.name) == (customer, "Ana Silva")


@pytest.mark.parametrize("email", ["ana", "a b@x.example", "ana@x", "a" * 260 + "@x.example"])
def test_an_introduction_without_an_address_is_refused(ana: Browser, email: str) -> None:
    ana.begin()

    assert ana.begin(email=email).status_code == 400
    reader.drain()
    assert not Identity.objects.filter(space="email").exists()


def test_old_sessions_are_forgotten_but_not_who_became_whom(channel: Channel, ana: Browser) -> None:
    ana.begin()
    ana.begin(jwt=signed("1001"))
    Browser(channel).begin()
    VisitorSession.objects.update(seen_at=timezone.now() - timedelta(days=91))

    sessions.forget()

    assert [row.became for row in VisitorSession.objects.all()] == ["user:1001"]


def test_a_session_ends_once(ana: Browser) -> None:
    ana.begin()
    session = VisitorSession.objects.get()

    assert sessions.end(session, Ended.LOGGED_OUT)
    assert not sessions.end(session, Ended.BLOCKED)
    assert VisitorSession.objects.get().ended_why == "logged out"


def test_a_blocked_customer_is_shut_out_and_what_they_say_is_not_acknowledged(ana: Browser) -> None:
    ana.begin()
    ana.say("Buy my pills")
    customer = Message.objects.get().customer
    customer.blocked = True
    customer.save()

    assert ana.get("events").json()["frames"] == [{"t": "bye", "reason": "blocked"}]
    assert ana.get("events").status_code == 401
