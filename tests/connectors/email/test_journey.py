"""A customer writes, an agent answers, the customer answers back: real servers on both sides, the whole product in between."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest
from django.utils import timezone

from connectors import reader
from connectors.polling import Poller
from connectors.reader import drain
from inbox import sending
from inbox.actions import deliver, reply
from inbox.actions.composing import Composition
from inbox.contract import Status
from inbox.models import Agent, Channel, Conversation, Customer, Delivery, Identity, Message
from tests import factories
from tests.connectors.email.conftest import mail, read_back
from tests.standins import dovecot, smtp
from tests.standins.dovecot import Dovecot
from tests.standins.smtp import MailServer, Received

ANA = "ana@customer.example"


@pytest.fixture
def world(mailboxes: Dovecot, post_office: MailServer) -> None:
    """One mail server for everybody: what it takes comes into the mailboxes of the recipients."""

    def deliver_to_all(received: Received) -> None:
        for recipient in received.recipients:
            mailboxes.deliver(received.raw, recipient)

    post_office.forward = deliver_to_all


@pytest.fixture
def shop(
    transactional_db: None, world: None, mailboxes: Dovecot, post_office: MailServer, help_address: str
) -> Iterator[Shop]:
    settings = {
        "address": help_address,
        "brand": "Shop",
        "imap_host": "127.0.0.1",
        "imap_port": mailboxes.imap,
        "imap_security": "none",
        "imap_password": dovecot.PASSWORD,
        "sent_folder": "Sent",
        "smtp_host": "127.0.0.1",
        "smtp_port": post_office.port,
        "smtp_security": "none",
        "smtp_user": smtp.USER,
        "smtp_password": smtp.PASSWORD,
        "timeout_seconds": 5,
    }
    made = Shop(factories.channel("email", name="Help", settings=settings), post_office)
    made.look()
    yield made
    made.poller._hang_up()
    made.poller.lock.release()


class Shop:
    """The product with one mail channel, its workers called by hand."""

    def __init__(self, channel: Channel, post_office: MailServer) -> None:
        self.channel = channel
        self.post_office = post_office
        self.poller = Poller(channel)
        self.sam: Agent = factories.agent("Sam Reed")

    def look(self) -> None:
        """Fetch what is there and read it."""
        self.poller.fetch()
        while drain() == reader.AT_ONCE:
            pass

    def answer(self, message: Message, text: str, **more: object) -> Message:
        """Sam answers, and it leaves."""
        assert message.identity is not None
        composition = Composition(channel=self.channel, identity=message.identity, text=text, **more)  # type: ignore[arg-type]
        written = reply.reply(
            agent=self.sam,
            conversation_id=message.conversation_id,
            composition=composition,
            client_key=f"k{message.pk}",
        )
        self.send()
        return Message.objects.get(pk=written.pk)

    def send(self) -> None:
        Delivery.objects.filter(status="queued").update(not_before=timezone.now(), retry_at=None)
        sending.send_due()


def post(post_office: MailServer, raw: bytes, to: str, *, sender: str = ANA) -> None:
    """Somebody's mail program hands a mail to the server."""
    with smtplib.SMTP("127.0.0.1", post_office.port) as server:
        server.sendmail(sender, [to], raw)


def newest_of_ana(mailboxes: Dovecot, user: str = ANA) -> bytes:
    """What Ana's own mail program shows on top."""
    with mailboxes.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        return bytes(client.fetch([client.search()[-1]], ["BODY.PEEK[]"]).popitem()[1][b"BODY[]"])


@pytest.fixture
def ana_has(mailboxes: Dovecot) -> None:
    """Ana's mailbox begins empty in each test."""
    with mailboxes.client(ANA) as client:
        client.select_folder("INBOX")
        if uids := client.search():
            client.delete_messages(uids)
            client.expunge()


@pytest.mark.usefixtures("ana_has")
def test_a_question_an_answer_and_thanks_are_one_conversation(
    shop: Shop, mailboxes: Dovecot, help_address: str
) -> None:
    # given: Ana writes to the shop
    post(shop.post_office, mail("Where is my parcel?", To=help_address), help_address)
    shop.look()
    question = Message.objects.get()
    assert question.conversation.status == "open"
    # when: Sam answers, and Ana answers from her own mail program, which only knows Reply-To
    answer = shop.answer(question, "It left **this morning**.")
    received = read_back(newest_of_ana(mailboxes))
    back = mail(
        "Thank you!\n\nOn Mon, 2 Mar 2026 at 10:05, Sam wrote:\n> It left this morning.",
        To=str(received["Reply-To"]),
        Subject=f"Re: {received['Subject']}",
    )
    post(shop.post_office, back, received["Reply-To"].addresses[0].addr_spec)
    shop.look()
    # then
    thanks = Message.objects.latest("id")
    assert answer.delivery.status == Status.SENT
    assert received["In-Reply-To"] == question.reference_id
    assert "<strong>this morning</strong>" in received.get_body(("html",)).get_content()
    assert thanks.text.strip() == "Thank you!"
    assert thanks.conversation_id == question.conversation_id
    assert Conversation.objects.count() == 1
    assert Customer.objects.filter(identities__value=ANA).count() == 1
    # Only Ana knew the signed address, so it is hers.
    assert Identity.objects.get(value=ANA).verified_at is not None


@pytest.mark.usefixtures("ana_has")
def test_a_stranger_with_forged_headers_stays_outside(shop: Shop, help_address: str) -> None:
    post(shop.post_office, mail("Where is my parcel?", To=help_address), help_address)
    shop.look()
    question = Message.objects.get()
    answer = shop.answer(question, "It left.")

    forged = mail(
        "Send it to me instead.",
        From="Eve <eve@evil.example>",
        To=help_address,
        Subject="Re: Parcel",
        In_Reply_To=answer.reference_id,
        References=f"{question.reference_id} {answer.reference_id}",
    )
    post(shop.post_office, forged, help_address, sender="eve@evil.example")
    shop.look()

    eve = Message.objects.latest("id")
    assert eve.conversation_id != question.conversation_id
    assert eve.customer_id != question.customer_id


@pytest.mark.usefixtures("ana_has")
def test_a_reply_from_another_mail_program_joins_as_ours(
    shop: Shop, mailboxes: Dovecot, help_address: str
) -> None:
    post(shop.post_office, mail("Where is my parcel?", To=help_address), help_address)
    shop.look()
    question = Message.objects.get()

    mailboxes.append(
        mail(
            "It left. Kim", From=f"Kim <{help_address}>", To=f"Ana <{ANA}>", In_Reply_To=question.reference_id
        ),
        help_address,
        folder="Sent",
    )
    shop.look()

    kims = Message.objects.latest("id")
    assert kims.direction == "outbound"
    assert kims.conversation_id == question.conversation_id


@pytest.mark.usefixtures("ana_has")
def test_a_bounce_turns_the_answer_red(shop: Shop, mailboxes: Dovecot, help_address: str) -> None:
    post(shop.post_office, mail("Where is my parcel?", To=help_address), help_address)
    shop.look()
    answer = shop.answer(Message.objects.get(), "It left.")

    from tests.connectors.email.test_reports import bounce

    mailboxes.deliver(bounce(original=f"Message-ID: {answer.reference_id}"), help_address)
    shop.look()

    answer.delivery.refresh_from_db()
    assert answer.delivery.status == Status.FAILED
    assert answer.delivery.reason.startswith("There is no such mailbox.")
    assert Identity.objects.get(value=ANA).undeliverable_at is not None
    assert Message.objects.count() == 2


@pytest.mark.usefixtures("ana_has")
def test_a_sending_nobody_confirmed_is_settled_by_the_sent_folder(
    shop: Shop, mailboxes: Dovecot, help_address: str
) -> None:
    post(shop.post_office, mail("Where is my parcel?", To=help_address), help_address)
    shop.look()
    # given: the server takes the mail and hangs up before it says so
    shop.post_office.misbehave(cut="content", times=1)
    answer = shop.answer(Message.objects.get(), "It left.")
    assert answer.delivery.status == Status.UNKNOWN
    # when: it did send it, and keeps its copy
    mailboxes.append(shop.post_office.last.raw, help_address, folder="Sent")
    shop.look()
    # then
    answer.delivery.refresh_from_db()
    assert answer.delivery.status == Status.SENT
    assert Message.objects.count() == 2


@pytest.mark.usefixtures("ana_has")
def test_a_busy_server_gets_the_answer_later_and_once(
    shop: Shop, mailboxes: Dovecot, help_address: str
) -> None:
    post(shop.post_office, mail("Where is my parcel?", To=help_address), help_address)
    shop.look()
    shop.post_office.misbehave(answers={"connect": "421 4.3.2 Too busy"}, times=3)

    answer = shop.answer(Message.objects.get(), "It left.")
    for _ in range(4):
        shop.send()

    answer.delivery.refresh_from_db()
    assert answer.delivery.status == Status.SENT
    assert [received.recipients for received in shop.post_office.received].count((ANA,)) == 1


@pytest.mark.usefixtures("ana_has")
def test_a_restored_mail_server_brings_nothing_twice(
    shop: Shop, mailboxes: Dovecot, help_address: str
) -> None:
    for number in range(5):
        mailboxes.deliver(mail(f"number {number}", To=help_address), help_address)
    shop.look()

    shop.poller._hang_up()
    mailboxes.change_uidvalidity(help_address)
    mailboxes.deliver(mail("number 5", To=help_address), help_address)
    shop.look()

    assert sorted(text.strip() for text in Message.objects.values_list("text", flat=True)) == [
        f"number {n}" for n in range(6)
    ]


@pytest.mark.usefixtures("ana_has")
def test_a_person_may_send_again_what_is_unknown_and_ana_can_tell_that_it_is_the_same(
    shop: Shop, help_address: str
) -> None:
    post(shop.post_office, mail("Where is my parcel?", To=help_address), help_address)
    shop.look()
    shop.post_office.misbehave(cut="content", times=1)
    answer = shop.answer(Message.objects.get(), "It left.")

    deliver.retry(message_id=answer.pk)
    shop.send()

    answer.delivery.refresh_from_db()
    ids = {
        read_back(received.raw)["Message-ID"]
        for received in shop.post_office.received
        if received.recipients == (ANA,)
    }
    assert answer.delivery.status == Status.SENT
    assert ids == {answer.reference_id}
