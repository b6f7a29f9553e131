"""Nobody becomes somebody else by codes and links either (trust.md A16, P15). All ways together are named in docs/security.md."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from connectors import reader
from connectors.visitors import limits
from connectors.visitors.limits import Limit
from connectors.visitors.models import VisitorSession
from inbox.actions import codes, links
from inbox.actions.receive import Inbound, receive
from inbox.contract import Address, InboundMessage, Proof
from inbox.models import Channel, Claim, Continuation, Customer, Identity, Message, ProofCode
from tests import factories
from tests.connectors.webchat.conftest import SHOP, Browser
from tests.connectors.webchat.post import code_in_the_post, office
from tests.connectors.webchat.tokens import signed
from tests.standins.smtp import MailServer

__all__ = ["office"]

pytestmark = pytest.mark.django_db(transaction=True)

ANA, THIEF = "ana@x.example", "thief@x.example"


def has_mailed(address: str, text: str) -> Customer:
    event = InboundMessage(
        event_key=text,
        external_id=text,
        author=Address(space="email", value=address),
        proof=Proof.PROVEN,
        text=text,
    )
    mail = Channel.objects.get(name="Mail")
    receive([Inbound(channel=mail, event=event, received_at=timezone.now())])
    return Message.objects.get(text=text).customer


@pytest.fixture
def customer(channel: Channel, office: MailServer) -> Customer:
    """Ana has mailed, and has chatted as the shop's user 1001."""
    has_mailed(ANA, "My card number")
    ana = Browser(channel)
    ana.begin(jwt=signed("1001", email=ANA, email_verified=True))
    ana.say("My secret question")
    return Message.objects.get(text="My card number").customer


@pytest.fixture
def thief(channel: Channel, customer: Customer) -> Browser:
    """An anonymous visitor who has said something."""
    made = Browser(channel, ip="198.51.100.9")
    made.begin()
    made.say("I am Ana, believe me", "thief-0001")
    return made


def assert_nothing_gained(thief: Browser, customer: Customer) -> None:
    reader.drain()
    assert thief.sees() == ["I am Ana, believe me"]
    mine = Message.objects.get(text="I am Ana, believe me").customer
    assert mine != customer
    assert not mine.absorbed.exists()
    customer.refresh_from_db()
    assert customer.merged_into is None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


# ---------------------------------------------------------------- codes


def test_whoever_types_an_address_before_its_holder_writes_gets_nothing_of_what_the_holder_writes(
    thief: Browser, customer: Customer
) -> None:
    """The first claimant."""
    thief.begin(email="ben@x.example")
    reader.drain()

    ben = has_mailed("ben@x.example", "Bens secret")

    assert Message.objects.get(text="I am Ana, believe me").customer != ben
    assert Claim.objects.get(identity__value="ben@x.example").customer != ben
    assert_nothing_gained(thief, ben)


def test_whoever_asks_for_a_code_to_an_address_first_does_not_own_it(
    thief: Browser, customer: Customer
) -> None:
    """The first claimant, by a code that is never typed."""
    thief.frame(t="prove", address="ben@x.example")

    ben = has_mailed("ben@x.example", "Bens secret")

    assert_nothing_gained(thief, ben)


def test_a_code_sent_for_another_visitor(thief: Browser, customer: Customer, office: MailServer) -> None:
    """Ana asks and reads her code aloud on the train."""
    ana = Browser(thief.channel)
    ana.begin()
    ana.frame(t="prove", address=ANA)
    code = code_in_the_post(office)

    assert thief.frame(t="code", code=code) == {"t": "wrong"}

    assert_nothing_gained(thief, customer)
    assert ana.frame(t="code", code=code) == {"t": "proven"}


def test_a_code_tried_six_times(thief: Browser, customer: Customer, office: MailServer) -> None:
    thief.frame(t="prove", address=ANA)
    code = code_in_the_post(office)

    answers = [thief.frame(t="code", code=wrong(code)) for _ in range(codes.TRIES)]
    answers.append(thief.frame(t="code", code=code))

    assert answers == [{"t": "wrong"}] * 6
    assert_nothing_gained(thief, customer)


def test_a_code_replayed(thief: Browser, customer: Customer, office: MailServer) -> None:
    ana = Browser(thief.channel)
    ana.begin()
    ana.frame(t="prove", address=ANA)
    code = code_in_the_post(office)
    ana.frame(t="code", code=code)

    assert ana.frame(t="code", code=code) == {"t": "wrong"}
    assert thief.frame(t="code", code=code) == {"t": "wrong"}
    assert Message.objects.get(text="I am Ana, believe me").customer_id != customer.pk


def test_a_code_for_the_thiefs_own_address(thief: Browser, customer: Customer, office: MailServer) -> None:
    """Asked for Ana's, then for one of their own: the code proves what it was sent to."""
    thief.frame(t="prove", address=ANA)
    thief.frame(t="prove", address=THIEF)

    assert thief.frame(t="code", code=code_in_the_post(office), address=ANA) == {"t": "proven"}

    assert Identity.objects.get(value=ANA).customer == customer
    assert_nothing_gained(thief, customer)


def test_the_code_before_the_newest_one(thief: Browser, customer: Customer, office: MailServer) -> None:
    thief.frame(t="prove", address=ANA)
    first = code_in_the_post(office)
    thief.frame(t="prove", address=ANA)
    second = code_in_the_post(office)

    assert first == second or thief.frame(t="code", code=first) == {"t": "wrong"}
    assert_nothing_gained(thief, customer)


def test_a_code_after_ten_minutes(thief: Browser, customer: Customer, office: MailServer) -> None:
    thief.frame(t="prove", address=ANA)
    code = code_in_the_post(office)

    with time_machine.travel(timezone.now() + codes.LIFETIME + timedelta(seconds=1)):
        assert thief.frame(t="code", code=code) == {"t": "wrong"}

    assert_nothing_gained(thief, customer)


@pytest.mark.parametrize("typed", ["", " ", "%", "______", "0 or 1=1", "٠٠٠٠٠٠", "None", "1e5", "-1", "\x00"])
def test_what_is_no_code(thief: Browser, customer: Customer, office: MailServer, typed: str) -> None:
    thief.frame(t="prove", address=ANA)

    assert thief.frame(t="code", code=typed) == {"t": "wrong"}

    assert_nothing_gained(thief, customer)


@pytest.mark.parametrize("code", [None, 7, ["000000"], {"$ne": ""}, True])
def test_a_code_of_another_type(thief: Browser, customer: Customer, code: object) -> None:
    assert thief.frame(t="code", code=code)["t"] == "refused"
    assert_nothing_gained(thief, customer)


def test_fifty_guesses_at_once_count_as_five(
    thief: Browser, customer: Customer, office: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rate limits are out of the way: the code itself must hold."""
    monkeypatch.setattr(limits, "TRIES", Limit("proof-try", 1000, 3600))
    monkeypatch.setattr(limits, "TRIES_OF_IP", Limit("proof-try-ip", 1000, 3600))
    thief.frame(t="prove", address=ANA)
    code = code_in_the_post(office)
    together = threading.Barrier(10)

    def guess(number: int) -> str:
        together.wait(30)
        try:
            own = Browser(thief.channel, ip=thief.ip, token=thief.token)
            guessed = f"{(int(code) + 1 + number) % 10**6:06}"
            return str(own.frame(t="code", code=guessed)["t"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(guess, range(50)))

    assert answers == ["wrong"] * 50
    assert ProofCode.objects.get().tries == codes.TRIES
    assert thief.frame(t="code", code=code) == {"t": "wrong"}
    assert_nothing_gained(thief, customer)


def test_more_tries_by_asking_again_and_from_elsewhere(
    thief: Browser, customer: Customer, office: MailServer
) -> None:
    """Three codes an hour to one address, whoever asks: fifteen guesses in a million."""
    sent = 0
    for number in range(20):
        other = Browser(thief.channel, ip=f"198.51.100.{number}")
        other.begin()
        sent += other.frame(t="prove", address=ANA)["t"] == "code_sent"

    assert sent == 3


def test_whom_the_site_vouches_for_cannot_become_another_by_a_code(
    channel: Channel, customer: Customer, office: MailServer
) -> None:
    """The site has said who they are. They may hold both addresses: an agent may merge the two, they themselves not."""
    ben = Browser(channel)
    ben.begin(jwt=signed("1002", email="ben@x.example", email_verified=True))

    assert ben.frame(t="prove", address=ANA)["reason"] == "identified"
    assert ben.frame(t="code", code="123456")["reason"] == "identified"
    assert ben.frame(t="carry")["reason"] == "identified"
    assert not ProofCode.objects.exists()


def test_a_code_asked_for_before_the_login_is_worth_nothing_after_it(
    thief: Browser, customer: Customer, office: MailServer
) -> None:
    thief.frame(t="prove", address=ANA)
    code = code_in_the_post(office)
    thief.begin(jwt=signed("1002"))

    assert thief.frame(t="code", code=code)["reason"] == "identified"

    reader.drain()
    assert Message.objects.get(text="I am Ana, believe me").customer_id != customer.pk


# ---------------------------------------------------------------- links


def sent_to(address: str, channel: Channel) -> str:
    """The secret of a link that an agent has sent there."""
    return links.make(identity=Identity.objects.get(value=address), channel=channel)


def test_a_link_replayed(thief: Browser, customer: Customer) -> None:
    secret = sent_to(ANA, thief.channel)
    Browser(thief.channel).begin(link=secret)

    assert thief.begin(link=secret).json()["followed"] is False

    assert_nothing_gained(thief, customer)


def test_a_link_of_another_channel(thief: Browser, customer: Customer) -> None:
    other = factories.channel("webchat", settings={"origins": [SHOP]})

    assert thief.begin(link=sent_to(ANA, other)).json()["followed"] is False

    assert Continuation.objects.get().used_at is None
    assert_nothing_gained(thief, customer)


def test_a_link_used_by_twenty_at_once_is_used_once(thief: Browser, customer: Customer) -> None:
    secret = sent_to(ANA, thief.channel)
    together = threading.Barrier(10)

    def use(_number: int) -> bool:
        together.wait(30)
        try:
            return bool(Browser(thief.channel).begin(link=secret).json()["followed"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(use, range(20))) == 1
    # Those who came too late have left nothing behind.
    assert VisitorSession.objects.filter(ended_at=None).count() == 3


def test_a_forwarded_link_shows_nothing_that_was_said_and_its_holder_is_told(
    channel: Channel, customer: Customer
) -> None:
    """Whoever opens it first may write as Ana until she comes; she then reads that the link was used, and is asked to say so."""
    secret = sent_to(ANA, channel)
    thief = Browser(channel, ip="198.51.100.9")
    assert thief.begin(link=secret).json()["followed"] is True

    assert thief.sees() == []

    ana = Browser(channel)
    assert ana.begin(link=secret).json()["followed"] is False


def test_a_link_of_the_thiefs_own_opened_by_somebody_else(
    thief: Browser, customer: Customer, office: MailServer
) -> None:
    """Ana is got to open it in the browser in which she has chatted: her chat stays apart, and the thief never sees it."""
    has_mailed(THIEF, "From the thief")
    ana = Browser(thief.channel)
    ana.begin()
    ana.say("Anas chat", "anas-0001")
    ana.frame(t="prove", address=ANA)
    ana.frame(t="code", code=code_in_the_post(office))

    assert ana.begin(link=sent_to(THIEF, thief.channel)).json()["followed"] is True

    assert Message.objects.get(text="Anas chat").customer == customer
    assert Identity.objects.get(value=ANA).customer == customer
    assert Identity.objects.get(value=THIEF).customer != customer
    assert ana.sees() == []


def test_a_link_of_the_thiefs_own_chat_opened_by_somebody_else(thief: Browser, customer: Customer) -> None:
    """She lands in the thief's conversation, and sees that it is not hers; nothing of hers goes there."""
    own = Identity.objects.get(
        value__startswith=thief.channel.public_id, customer__messages__text="I am Ana, believe me"
    )
    secret = links.make(identity=own, channel=thief.channel)
    ana = Browser(thief.channel)
    ana.begin()
    ana.say("Anas chat", "anas-0001")

    ana.begin(link=secret)

    assert ana.sees() == ["I am Ana, believe me"]
    assert "Anas chat" not in thief.sees()
    assert Message.objects.get(text="Anas chat").customer != own.customer
    assert_nothing_gained(thief, customer)


def test_a_signed_in_user_opens_the_thiefs_link(channel: Channel, thief: Browser, customer: Customer) -> None:
    has_mailed(THIEF, "From the thief")
    ana = Browser(channel)
    ana.begin(jwt=signed("1001"))

    assert ana.begin(link=sent_to(THIEF, channel)).json()["followed"] is False

    assert "My secret question" in ana.sees()
    assert Identity.objects.get(value=THIEF).customer != customer


def test_a_guessed_link(thief: Browser, customer: Customer) -> None:
    secret = sent_to(ANA, thief.channel)

    for guessed in (
        secret[:-1],
        secret + "x",
        secret.swapcase(),
        Continuation.objects.get().digest,
        "1",
        "%",
    ):
        assert thief.begin(link=guessed).json()["followed"] is False

    assert_nothing_gained(thief, customer)


def test_a_link_after_its_time(thief: Browser, customer: Customer) -> None:
    secret = sent_to(ANA, thief.channel)
    with time_machine.travel(timezone.now() + links.LIFETIME + timedelta(seconds=1)):
        assert thief.begin(link=secret).json()["followed"] is False


def test_the_link_of_ones_own_chat_goes_only_where_one_has_proven_to_be(
    thief: Browser, customer: Customer, office: MailServer
) -> None:
    """Typing Ana's address, or asking for a code to it, does not have mail sent there in one's name."""
    Channel.objects.filter(pk=thief.channel.pk).update(
        settings={**thief.channel.settings, "page": f"{SHOP}/help"}
    )
    thief.frame(t="prove", address=ANA)

    assert thief.frame(t="carry", by="post", address=ANA)["reason"] == "address"
    assert not links.send_own(
        author=Address(space="webchat", value=VisitorSession.objects.latest("pk").value),
        channel_id=thief.channel.pk,
    )
    assert not office.received
