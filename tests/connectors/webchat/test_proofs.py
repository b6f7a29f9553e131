"""The visitor proves who they are: a code sent to an address, typed into the chat; a link opened in a browser."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from connectors import reader
from connectors.visitors import limits
from connectors.visitors.limits import Limit
from connectors.visitors.models import VisitorSession
from inbox.actions import codes, links
from inbox.actions.receive import Inbound, receive
from inbox.contract import Address, InboundMessage, Proof
from inbox.models import Channel, Continuation, Customer, Identity, Message, ProofCode
from tests import factories
from tests.connectors.webchat.conftest import SHOP, Browser
from tests.connectors.webchat.post import code_in_the_post, newest_text, office
from tests.connectors.webchat.test_sockets import Dial, connected, dial, in_thread, session
from tests.connectors.webchat.tokens import signed
from tests.standins.smtp import MailServer

__all__ = ["dial", "office"]

pytestmark = pytest.mark.django_db(transaction=True)

ANA = "ana@x.example"


def has_mailed(address: str = ANA, text: str = "By mail") -> Customer:
    """Somebody has written from this address, proven by DKIM."""
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


def test_a_code_from_the_post_joins_the_chat_to_what_was_mailed(ana: Browser, office: MailServer) -> None:
    known = has_mailed()
    ana.begin()
    ana.say("By chat")

    assert ana.frame(t="prove", address=" Ana@X.example ") == {"t": "code_sent", "to": "a…@x.example"}
    code = code_in_the_post(office)
    assert office.last.recipients == (ANA,)
    assert ana.frame(t="code", code=f"{code[:3]} {code[3:]}") == {"t": "proven"}

    assert set(Message.objects.values_list("text", "customer")) == {
        ("By mail", known.pk),
        ("By chat", known.pk),
    }
    assert ana.sees() == ["By chat"]  # what was mailed stays in the mail


def test_one_may_prove_first_and_write_then(ana: Browser, office: MailServer) -> None:
    known = has_mailed()
    ana.begin()

    ana.frame(t="prove", address=ANA)
    ana.frame(t="code", code=code_in_the_post(office))
    ana.say("By chat")

    assert Message.objects.get(text="By chat").customer == known


def test_an_address_nobody_knows_becomes_the_visitors_own(ana: Browser, office: MailServer) -> None:
    ana.begin()
    ana.say("By chat")

    ana.frame(t="prove", address="new@x.example")
    ana.frame(t="code", code=code_in_the_post(office))

    address = Identity.objects.get(value="new@x.example")
    assert (address.verified_how, address.customer) == ("code", Message.objects.get().customer)


def test_the_answer_is_the_same_whatever_we_know_of_the_address(channel: Channel, office: MailServer) -> None:
    has_mailed()
    shared = has_mailed("info@firm.example", "From the firm").identities.get()
    Identity.objects.filter(pk=shared.pk).update(shared=True)
    has_mailed("stopped@x.example", "STOP")
    Identity.objects.filter(value="stopped@x.example").update(opted_out_at=timezone.now())
    has_mailed("blocked@x.example", "Pills")
    Customer.objects.filter(identities__value="blocked@x.example").update(blocked=True)
    answers = []

    for name in (ANA, "info@firm.example", "stopped@x.example", "blocked@x.example", "nobody@x.example"):
        browser = Browser(channel)
        browser.begin()
        answers.append({**browser.frame(t="prove", address=name), "to": ""})

    assert answers == [{"t": "code_sent", "to": ""}] * 5


def test_asking_takes_the_same_work_whatever_we_know(
    channel: Channel, office: MailServer, django_assert_num_queries: object
) -> None:
    """No clock is read: the same number of queries, and nothing is sent before the answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    has_mailed()
    counts = []
    for name in (ANA, "nobody@x.example"):
        browser = Browser(channel)
        browser.begin()
        browser.say("Hello", f"hello-{len(counts)}-0001")
        with CaptureQueriesContext(connection) as queries:
            browser.frame(t="prove", address=name)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert not office.received


@pytest.mark.parametrize("typed", ["", "ana", "ana@", "12", "<script>", "a@b@c", "x" * 254])
def test_what_is_no_address_is_said_so(ana: Browser, office: MailServer, typed: str) -> None:
    ana.begin()

    assert ana.frame(t="prove", address=typed)["reason"] == "address"
    assert not ProofCode.objects.exists()


def test_where_the_desk_has_no_channel_to_that_address_it_is_said_so(
    ana: Browser, office: MailServer
) -> None:
    ana.begin()

    assert ana.frame(t="prove", address="+447700900123")["reason"] == "unreachable"


def test_the_chat_offers_it_only_where_a_code_can_be_sent(ana: Browser, office: MailServer) -> None:
    assert ana.get("config").json()["prove"] is True
    Channel.objects.filter(name="Mail").update(state="paused")

    assert ana.get("config").json()["prove"] is False


def test_a_shared_address_proves_nothing_and_is_noted(ana: Browser, office: MailServer) -> None:
    """Whoever reads info@ is one of many."""
    firm = has_mailed("info@firm.example", "From the firm")
    Identity.objects.filter(value="info@firm.example").update(shared=True)
    ana.begin()
    ana.say("By chat")

    ana.frame(t="prove", address="info@firm.example")
    ana.frame(t="code", code=code_in_the_post(office))

    mine = Message.objects.get(text="By chat").customer
    assert mine != firm
    assert mine.claims.get().identity.customer == firm


def test_after_a_stop_not_even_a_code_is_sent(ana: Browser, office: MailServer) -> None:
    has_mailed()
    Identity.objects.filter(value=ANA).update(opted_out_at=timezone.now())
    ana.begin()

    ana.frame(t="prove", address=ANA)

    asked = ProofCode.objects.get()
    assert not codes.send(asked.pk, ana.channel.desk_id)
    assert not office.received


async def test_it_works_over_the_socket_as_well(dial: Dial, channel: Channel, office: MailServer) -> None:
    known = await in_thread(has_mailed)()
    line, _ready = await connected(dial, await session(channel))

    await line.say(t="prove", address=ANA)
    assert await line.hears("code_sent") == {"t": "code_sent", "to": "a…@x.example"}
    await line.say(t="code", code="nonsense")
    assert await line.hears("wrong") == {"t": "wrong"}
    await line.say(t="code", code=await in_thread(code_in_the_post)(office))
    assert await line.hears("proven") == {"t": "proven"}
    await line.say(t="msg", id="message-0001", text="By chat")
    await line.hears("ack")
    await in_thread(reader.drain)()

    told = await line.hears("messages")
    assert [item["text"] for item in told["items"]] == ["By chat"]
    assert (await in_thread(Message.objects.get)(text="By chat")).customer_id == known.pk


# ---------------------------------------------------------------- how often


def test_one_address_gets_three_codes_an_hour_whoever_asks_from_wherever(
    channel: Channel, office: MailServer
) -> None:
    answers = []
    for number in range(5):
        browser = Browser(channel, ip=f"198.51.100.{number}")
        browser.begin()
        answers.append(browser.frame(t="prove", address=ANA.upper() if number % 2 else ANA))

    assert [answer["t"] for answer in answers] == ["code_sent"] * 3 + ["refused"] * 2
    assert answers[-1]["reason"] == "slow"
    assert 0 < answers[-1]["wait"] <= 3600


def test_one_address_gets_ten_codes_a_day(channel: Channel, office: MailServer) -> None:
    sent = 0
    # From the beginning of a day of the clock that counts.
    day = (int(time.time()) // 86_400 + 1) * 86_400
    for hour in range(5):
        with time_machine.travel(day + hour * 3600 + 60, tick=False):
            for number in range(3):
                browser = Browser(channel, ip=f"198.51.100.{number}")
                browser.begin()
                sent += browser.frame(t="prove", address=ANA)["t"] == "code_sent"

    assert sent == 10


@pytest.mark.parametrize("name", ["PROOFS", "PROOFS_OF_IP", "PROOFS_OF_CHANNEL"])
def test_codes_are_limited_by_session_network_and_channel(
    ana: Browser, office: MailServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(limits, name, Limit(name, 2, 3600))
    ana.begin()

    answers = [ana.frame(t="prove", address=f"person{n}@x.example")["t"] for n in range(3)]

    assert answers == ["code_sent", "code_sent", "refused"]
    assert ProofCode.objects.count() == 1


@pytest.mark.parametrize("name", ["TRIES", "TRIES_OF_IP"])
def test_tries_are_limited_by_session_and_network(
    ana: Browser, office: MailServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(limits, name, Limit(name, 2, 3600))
    ana.begin()

    assert [ana.frame(t="code", code="1")["t"] for _ in range(3)] == ["wrong", "wrong", "refused"]


def test_no_address_is_kept_in_the_cache(ana: Browser, office: MailServer) -> None:
    from django.core.cache import cache

    ana.begin()
    ana.frame(t="prove", address=ANA)

    keys = cache.client.get_client().keys("*") if hasattr(cache, "client") else []
    assert not [key for key in keys if b"ana@" in key]


# ---------------------------------------------------------------- links


def link_to(address: str, channel: Channel) -> str:
    return links.make(identity=Identity.objects.get(value=address), channel=channel)


def test_a_link_begins_the_chat_as_whom_it_was_sent_to(channel: Channel, office: MailServer) -> None:
    known = has_mailed()
    phone = Browser(channel)

    answer = phone.begin(link=link_to(ANA, channel))

    assert answer.json()["followed"] is True
    phone.say("By chat")
    assert Message.objects.get(text="By chat").customer == known
    assert Identity.objects.get(value=ANA).verified_how == "signature"


def test_a_link_of_the_visitors_own_shows_the_conversation_on_the_other_device(
    ana: Browser, channel: Channel
) -> None:
    ana.begin()
    ana.say("On the laptop")
    secret = links.make(identity=Identity.objects.get(), channel=channel)
    phone = Browser(channel)

    assert phone.begin(link=secret).json()["followed"] is True

    assert phone.sees() == ["On the laptop"]
    phone.say("On the phone", "phone-0001")
    assert ana.sees() == ["On the laptop", "On the phone"]
    assert Customer.objects.filter(merged_into=None).count() == 1


def test_a_link_that_is_over_leaves_an_ordinary_chat(channel: Channel, office: MailServer) -> None:
    has_mailed()
    secret = link_to(ANA, channel)
    with time_machine.travel(timezone.now() + links.LIFETIME + timedelta(seconds=1)):
        late = Browser(channel)

        assert late.post("session", {"link": secret}).json() == {"followed": False}

        late.begin()
        late.say("Hello")
    assert Message.objects.get(text="Hello").customer != Message.objects.get(text="By mail").customer


def test_whoever_is_that_customer_already_keeps_the_chat_of_this_browser(
    ana: Browser, office: MailServer
) -> None:
    has_mailed()
    ana.begin()
    ana.say("By chat")
    ana.frame(t="prove", address=ANA)
    ana.frame(t="code", code=code_in_the_post(office))

    assert ana.begin(link=link_to(ANA, ana.channel)).json()["followed"] is True

    assert ana.sees() == ["By chat"]
    assert VisitorSession.objects.count() == 1


@pytest.mark.parametrize("secret", ["", "x", None, 7, ["a"], {"a": 1}, "\x00", "x" * 5000])
def test_what_is_no_link_changes_nothing(ana: Browser, secret: object) -> None:
    ana.begin()
    ana.say("By chat")

    answer = ana.begin(link=secret)

    assert answer.json()["followed"] is False
    assert ana.sees() == ["By chat"]
    assert not Continuation.objects.exists()


def test_the_token_of_a_signed_in_user_is_not_given_up_for_a_link(ana: Browser, office: MailServer) -> None:
    has_mailed()
    ana.begin(jwt=signed("1002"))
    secret = link_to(ANA, ana.channel)

    assert ana.begin(link=secret).json()["followed"] is False

    assert Continuation.objects.get().used_at is None
    assert VisitorSession.objects.get().visitor == "user:1002"


def test_another_channel_knows_nothing_of_the_link(channel: Channel, office: MailServer) -> None:
    has_mailed()
    other = Browser(factories.channel("webchat", settings={"origins": [SHOP]}))

    assert other.begin(link=link_to(ANA, channel)).json()["followed"] is False


def test_the_letter_says_what_the_code_is_for(ana: Browser, office: MailServer) -> None:
    ana.begin()
    ana.frame(t="prove", address=ANA)
    code_in_the_post(office)

    assert "good for ten minutes" in newest_text(office)
    assert "give it to nobody" in newest_text(office)
