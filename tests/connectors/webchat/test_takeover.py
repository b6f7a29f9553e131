"""Nobody becomes somebody else (trust.md A16, P15): each way in that others left open, closed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from connectors import reader
from connectors.visitors import sessions
from connectors.visitors.models import VisitorSession
from inbox.actions.receive import Inbound, receive
from inbox.contract import Address, InboundMessage, Proof
from inbox.models import Channel, Claim, Customer, Identity, Message
from tests import factories
from tests.connectors.webchat.conftest import SHOP, Browser
from tests.connectors.webchat.tokens import signed, unsigned

pytestmark = pytest.mark.django_db(transaction=True)

ANA = "ana@x.example"


@pytest.fixture
def customer(channel: Channel) -> Customer:
    """Ana has mailed (proven by DKIM) and has chatted as the shop's user 1001."""
    mail = factories.channel("email", name="Mail")
    now = timezone.now()
    event = InboundMessage(
        event_key="m1",
        external_id="m1",
        author=Address(space="email", value=ANA),
        proof=Proof.PROVEN,
        text="My card number",
    )
    receive([Inbound(channel=mail, event=event, received_at=now)])
    ana = Browser(channel)
    ana.begin(jwt=signed("1001", email=ANA, email_verified=True))
    ana.say("My secret question")
    return Message.objects.get(text="My card number").customer


@pytest.fixture
def stranger(channel: Channel, customer: Customer) -> Browser:
    """An anonymous visitor who has said something."""
    made = Browser(channel, ip="198.51.100.9")
    made.begin()
    made.say("I am Ana, believe me", "stranger-0001")
    return made


def assert_nothing_gained(stranger: Browser, customer: Customer) -> None:
    reader.drain()
    assert "My secret question" not in (stranger.sees() if stranger.token else [])
    assert "My card number" not in (stranger.sees() if stranger.token else [])
    mine = Message.objects.get(text="I am Ana, believe me")
    assert mine.customer_id != customer.pk
    assert customer.merged_into_id is None
    assert not Customer.objects.filter(merged_into=customer).exclude(messages=None).exists()


def test_the_fixture_is_what_it_says(customer: Customer) -> None:
    """Mail and chat of the vouched user are one customer: without that the rest would prove nothing."""
    assert set(customer.messages.values_list("text", flat=True)) == {"My card number", "My secret question"}


BAD_TOKENS: dict[str, Callable[[], object]] = {
    "no token": lambda: None,
    "empty token": lambda: "",
    "empty object": dict,
    "the plain user id": lambda: "1001",
    "wrong secret": lambda: signed("1001", secret="w" * 48),
    "alg none": lambda: unsigned("1001"),
    "expired": lambda: signed("1001", exp=int(timezone.now().timestamp()) - 3600),
    "no expiry": lambda: signed("1001", exp=None),
    "another channel's audience": lambda: signed("1001", aud="another"),
    "truncated": lambda: signed("1001")[:-4],
}


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_a_token_that_is_not_the_shops_gives_nothing(
    stranger: Browser, customer: Customer, token: Callable[[], object]
) -> None:
    answer = stranger.begin(jwt=token())

    assert answer.status_code == 403
    assert_nothing_gained(stranger, customer)


def test_a_channel_without_a_secret_vouches_for_nobody(stranger: Browser, customer: Customer) -> None:
    Channel.objects.filter(pk=stranger.channel.pk).update(settings={"origins": [SHOP]})

    for token in (unsigned("1001"), signed("1001", secret="w" * 40), ""):
        assert stranger.begin(jwt=token).status_code == 403

    assert_nothing_gained(stranger, customer)


def test_the_secret_of_another_channel_counts_only_there(stranger: Browser, customer: Customer) -> None:
    other_secret = "the-secret-of-the-other-website-is-long-too"
    other = factories.channel("webchat", settings={"origins": [SHOP], "identity_secret": other_secret})
    token = signed("1001", secret=other_secret)

    assert stranger.begin(jwt=token).status_code == 403
    elsewhere = Browser(other)
    assert elsewhere.begin(jwt=token).status_code == 200
    elsewhere.say("Same id, another site", "elsewhere-0001")

    assert elsewhere.sees() == ["Same id, another site"]
    assert Message.objects.get(text="Same id, another site").customer_id != customer.pk
    assert_nothing_gained(stranger, customer)


def test_typing_somebody_elses_mail_address_is_noted_and_opens_nothing(
    stranger: Browser, customer: Customer
) -> None:
    stranger.begin(email=ANA, name="Ana Silva")
    reader.drain()

    assert_nothing_gained(stranger, customer)
    claim = Claim.objects.get()
    assert claim.identity.customer_id == customer.pk
    assert claim.customer_id != customer.pk


def test_an_address_the_site_has_not_verified_opens_nothing(stranger: Browser, customer: Customer) -> None:
    """Somebody registers at the shop with Ana's address and never confirms it."""
    stranger.begin(jwt=signed("6666", email=ANA, email_verified=False))

    assert_nothing_gained(stranger, customer)


def test_another_users_own_id_shows_only_their_own(stranger: Browser, customer: Customer) -> None:
    stranger.begin(jwt=signed("1002"))
    reader.drain()

    assert stranger.sees() == ["I am Ana, believe me"]
    assert_nothing_gained(stranger, customer)


@pytest.mark.parametrize(
    "sub", ["1001 ", " 1001", "1001\x00", "1001\u200b", "1001\n", "user:1001", "1001/", "１００１"]
)
def test_an_id_that_looks_like_anothers_is_another(stranger: Browser, customer: Customer, sub: str) -> None:
    stranger.begin(jwt=signed(sub))

    assert_nothing_gained(stranger, customer)


def test_a_second_user_in_the_same_browser_starts_anew(channel: Channel, customer: Customer) -> None:
    """A shared computer: Ana did not log out, Ben logs in."""
    shared = Browser(channel)
    shared.begin(jwt=signed("1001"))
    assert "My secret question" in shared.sees()
    old_token = shared.token

    shared.begin(jwt=signed("1002"))
    reader.drain()

    assert shared.sees() == []
    ben = Browser(channel, token=old_token)
    assert ben.get("events").status_code == 401
    assert Identity.objects.get(value__endswith="user:1001").customer_id == customer.pk
    assert Identity.objects.get(value__endswith="user:1002").customer_id != customer.pk


def test_after_logout_the_next_person_starts_with_nothing(channel: Channel, customer: Customer) -> None:
    ana = Browser(channel)
    ana.begin(jwt=signed("1001"))
    token = ana.token

    ana.post("logout", {"token": token})

    assert ana.get("events").status_code == 401
    assert (
        ana.post("frames", {"frames": [{"t": "msg", "id": "message-0009", "text": "Still me?"}]}).status_code
        == 401
    )
    ana.token = ""
    ana.begin()
    assert ana.sees() == []


def test_what_was_said_after_a_logout_stays_with_the_new_visitor(
    channel: Channel, customer: Customer
) -> None:
    ana = Browser(channel)
    ana.begin(jwt=signed("1001"))
    ana.post("logout", {"token": ana.token})
    ana.token = ""
    ana.begin()
    ana.say("Somebody else at the same desk", "later-0001")

    assert Message.objects.get(text="Somebody else at the same desk").customer_id != customer.pk


def test_a_token_of_one_channel_is_nothing_on_another(stranger: Browser) -> None:
    other = Browser(factories.channel("webchat", settings={"origins": [SHOP]}), token=stranger.token)

    assert other.get("events").status_code == 401


def test_a_token_we_did_not_sign_is_nothing(stranger: Browser) -> None:
    for token in ("", "x", stranger.token[:-1], stranger.token + "x", stranger.token.swapcase(), "a:b:c"):
        stranger.token = token
        assert stranger.get("events").status_code == 401


def test_a_token_ends_after_ninety_days(stranger: Browser) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert stranger.get("events").status_code == 401


def test_a_stolen_token_that_comes_back_after_a_renewal_ends_the_session(stranger: Browser) -> None:
    stolen = stranger.token
    VisitorSession.objects.update(rotated_at=timezone.now() - timedelta(hours=2))
    stranger.token = stranger.get("events").json()["frames"][0]["token"]
    assert stranger.token != stolen
    assert stranger.get("events").status_code == 200
    VisitorSession.objects.update(rotated_at=timezone.now() - timedelta(minutes=2))

    thief = Browser(stranger.channel, token=stolen)

    assert thief.get("events").status_code == 401
    assert stranger.get("events").status_code == 401
    assert VisitorSession.objects.latest("pk").ended_why == "reused"


def test_a_website_that_is_not_listed_gets_nothing(stranger: Browser, customer: Customer) -> None:
    stranger.origin = "https://evil.example"

    assert stranger.begin(jwt=signed("1001")).status_code == 403
    assert stranger.get("events").status_code == 403
    stranger.origin = SHOP
    assert_nothing_gained(stranger, customer)


def test_an_identified_visitor_cannot_claim_another_address(channel: Channel, customer: Customer) -> None:
    ben = Browser(channel)
    ben.begin(jwt=signed("1002", email="ben@x.example", email_verified=True))

    assert ben.begin(email=ANA).status_code == 403
    assert not Claim.objects.exists()


def test_the_same_user_sees_the_conversation_on_another_device(channel: Channel, customer: Customer) -> None:
    phone = Browser(channel)

    phone.begin(jwt=signed("1001"))

    assert phone.sees() == ["My secret question"]


def test_what_an_anonymous_visitor_wrote_joins_the_user_they_turn_out_to_be(
    channel: Channel, customer: Customer
) -> None:
    laptop = Browser(channel)
    laptop.begin()
    laptop.say("Before I logged in", "before-0001")

    laptop.begin(jwt=signed("1001"))
    reader.drain()

    assert laptop.sees() == ["My secret question", "Before I logged in"]
    assert Message.objects.get(text="Before I logged in").customer_id == customer.pk
    assert sessions.visitors_of(VisitorSession.objects.latest("pk"))[0] == "user:1001"


def test_identifying_again_on_every_page_changes_nothing(channel: Channel, customer: Customer) -> None:
    ana = Browser(channel)
    ana.begin(jwt=signed("1001"))
    sessions_before, customers_before = VisitorSession.objects.count(), Customer.objects.count()

    for _ in range(3):
        ana.begin(jwt=signed("1001"))
        reader.drain()

    assert (VisitorSession.objects.count(), Customer.objects.count()) == (sessions_before, customers_before)
