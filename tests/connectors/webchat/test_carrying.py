"""Going on elsewhere: the link an agent adds to a mail, and the one a visitor asks for."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.visitors import limits
from connectors.visitors.limits import Limit
from connectors.visitors.models import VisitorSession
from inbox import sending, timeline
from inbox.actions import codes, links, reply
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import Address
from inbox.models import Agent, Channel, Continuation, Delivery, Identity, Message
from tests import factories
from tests.connectors.webchat.conftest import SECRET, SHOP, Browser
from tests.connectors.webchat.post import code_in_the_post, newest_text, office
from tests.connectors.webchat.test_proofs import has_mailed
from tests.standins.smtp import MailServer

__all__ = ["office"]

pytestmark = pytest.mark.django_db(transaction=True)

ANA = "ana@x.example"
PAGE = f"{SHOP}/help?lang=en"
LINK = re.compile(re.escape(PAGE) + r"#onethread=([\w-]+)")


@pytest.fixture
def channel(db: None) -> Channel:
    """The shop's chat, with a page that links lead to."""
    settings = {"origins": [SHOP], "identity_secret": SECRET, "page": PAGE}
    return factories.channel("webchat", name="Northwool", settings=settings)


def mailed(text: str, **more: object) -> Message:
    """Sam writes to Ana's mail address."""
    ana = Identity.objects.get(value=ANA)
    newest = Message.objects.filter(identity=ana).latest("pk")
    return reply.reply(
        agent=Agent.objects.first() or factories.agent(),
        conversation_id=newest.conversation_id,
        composition=Composition(
            channel=Channel.objects.get(name="Mail"),
            identity=ana,
            text=text,
            **more,  # type: ignore[arg-type]
        ),
        client_key=f"key-{Message.objects.count()}",
    )


def leave() -> None:
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    sending.send_due()


def test_the_addressee_gets_a_link_and_the_thread_does_not(channel: Channel, office: MailServer) -> None:
    has_mailed()
    said = mailed("Let us go on here: {{continue_link}}")
    assert not Continuation.objects.exists()

    leave()

    found = LINK.search(newest_text(office))
    assert found is not None
    said.refresh_from_db()
    stored = f"{said.text} {said.html} {said.conversation.preview} {list(Continuation.objects.values())}"
    assert found[1] not in stored
    assert "[link to the chat]" in said.conversation.preview
    assert timeline.messages([said.pk])

    phone = Browser(channel)
    assert phone.begin(link=found[1]).json()["followed"] is True
    phone.say("Here I am")
    assert Message.objects.get(text="Here I am").customer == said.customer


def test_the_agent_reads_that_there_is_a_link_and_never_which(
    channel: Channel, office: MailServer, client: Client
) -> None:
    has_mailed()
    said = mailed("Let us go on here: {{continue_link}}")
    leave()
    client.force_login(Agent.objects.get())

    page = client.get(reverse("conversation", args=[said.conversation_id])).content.decode()

    (secret,) = set(LINK.findall(newest_text(office)))
    assert "Let us go on here: [link to the chat]" in page
    assert secret not in page
    assert 'data-insert="{{continue_link}}"' in page


def test_each_message_has_a_link_of_its_own(channel: Channel, office: MailServer) -> None:
    has_mailed()
    secrets = set()
    for text in ("One: {{continue_link}}", "Two: {{ continue_link }}"):
        mailed(text)
        leave()
        secrets |= set(LINK.findall(newest_text(office)))

    assert len(secrets) == 2


def test_the_html_of_the_mail_has_the_same_link_to_click(channel: Channel, office: MailServer) -> None:
    has_mailed()
    mailed("Here: **{{continue_link}}**")
    leave()

    (secret,) = set(LINK.findall(newest_text(office)))
    raw = office.last.raw.decode().replace("=\r\n", "").replace("=3D", "=")
    assert f'#onethread={secret}"' in raw


def test_copies_never_carry_a_link(channel: Channel, office: MailServer) -> None:
    has_mailed()
    boss = Address(space="email", value="boss@x.example")

    for copies in ({"cc": [boss]}, {"bcc": [boss]}):
        with pytest.raises(Refused, match="Leave the copies out"):
            mailed("Here: {{continue_link}}", **copies)


def test_a_shared_address_gets_no_link(channel: Channel, office: MailServer) -> None:
    has_mailed()
    Identity.objects.filter(value=ANA).update(shared=True)

    with pytest.raises(Refused, match="Several people"):
        mailed("Here: {{continue_link}}")


@pytest.mark.parametrize(
    "page", ["", "https://elsewhere.example/", "javascript:alert(1)", "help", "//www.shop.example/x"]
)
def test_without_a_page_of_the_shops_own_it_says_what_is_missing(
    channel: Channel, office: MailServer, page: str
) -> None:
    has_mailed()
    channel.settings |= {"page": page}
    channel.save()

    with pytest.raises(Refused, match="Page the chat is on"):
        mailed("Here: {{continue_link}}")


def test_a_chat_of_another_desk_is_no_place_to_lead_to(channel: Channel, office: MailServer) -> None:
    has_mailed()
    Channel.objects.filter(pk=channel.pk).update(desk=factories.desk("HR", restricted=True))

    with pytest.raises(Refused, match="Page the chat is on"):
        mailed("Here: {{continue_link}}")


def test_a_page_taken_away_before_the_message_leaves_stops_it_with_the_reason(
    channel: Channel, office: MailServer
) -> None:
    has_mailed()
    said = mailed("Here: {{continue_link}}")
    Channel.objects.filter(pk=channel.pk).update(state="paused")

    leave()

    delivery = Delivery.objects.get(message=said)
    assert (delivery.status, "no page" in delivery.reason) == ("failed", True)
    assert not office.received


def test_in_the_chat_itself_it_is_refused(ana: Browser, office: MailServer) -> None:
    ana.begin()
    ana.say("Hello")
    asked = Message.objects.get()

    with pytest.raises(Refused, match="in the chat already"):
        reply.reply(
            agent=factories.agent(),
            conversation_id=asked.conversation_id,
            composition=Composition(
                channel=ana.channel,
                identity=asked.identity,  # type: ignore[arg-type]
                text="{{continue_link}}",
            ),
            client_key="key",
        )


def test_what_a_customer_writes_is_never_made_a_link(channel: Channel, office: MailServer) -> None:
    """Quoted under an answer, it stays text."""
    has_mailed(text="{{continue_link}}")
    mailed("No idea what you mean.")
    leave()

    assert not Continuation.objects.exists()
    assert "onethread=" not in newest_text(office)


# ---------------------------------------------------------------- asked for in the chat


def test_the_picture_is_a_link_for_ten_minutes(ana: Browser) -> None:
    ana.begin()
    ana.say("On the laptop")

    answer = ana.frame(t="carry")

    assert answer["t"] == "link"
    assert answer["size"] > 20
    assert re.fullmatch(r"(M\d+ \d+\.5h\d+)+", answer["path"])
    made = Continuation.objects.get()
    assert made.expires_at - made.created_at <= links.OWN_LIFETIME
    assert made.identity.value == VisitorSession.objects.get().value
    assert ana.get("config").json()["carry"] is True


def test_a_link_is_sent_to_the_address_one_has_proven(ana: Browser, office: MailServer) -> None:
    ana.begin()
    ana.say("On the laptop")
    ana.frame(t="prove", address=ANA)
    ana.frame(t="code", code=code_in_the_post(office))

    assert ana.frame(t="carry", by="post") == {"t": "link_sent", "to": "a…@x.example"}
    mine = Address(space="webchat", value=VisitorSession.objects.get().value)
    assert links.send_own(author=mine, channel_id=ana.channel.pk)

    (secret,) = set(LINK.findall(newest_text(office)))
    phone = Browser(ana.channel)
    phone.begin(link=secret)
    assert phone.sees() == ["On the laptop"]
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        codes.purge()
        assert ana.frame(t="carry", by="post")["reason"] == "address"


def test_without_a_page_there_is_no_link(ana: Browser) -> None:
    ana.channel.settings.pop("page")
    ana.channel.save()
    ana.begin()
    ana.say("Hello")

    assert ana.get("config").json()["carry"] is False
    assert ana.frame(t="carry")["reason"] == "page"
    assert not Continuation.objects.exists()


@pytest.mark.parametrize("name", ["CARRIES", "CARRIES_OF_IP"])
def test_links_are_limited(ana: Browser, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(limits, name, Limit(name, 1, 3600))
    ana.begin()
    ana.say("Hello")

    assert [ana.frame(t="carry")["t"] for _ in range(2)] == ["link", "refused"]


def test_the_check_of_the_channel_says_that_the_page_is_on_no_listed_website(channel: Channel) -> None:
    from inbox import registry

    channel.settings |= {"page": "https://elsewhere.example/"}

    lines = registry.connector_for(channel).check().lines

    assert any("cannot lead there" in line for line in lines)
