"""Proof 1: one person mails, texts and chats, by real servers and real processes; it is one thread, and answers leave by each."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default as modern

from inbox.actions import identify, proving, reply
from inbox.actions.composing import Composition
from inbox.contract import Address
from inbox.models import Agent, Conversation, Customer, Message
from inbox.signing import read_reply_token
from tests import factories
from tests.house import House, eventually
from tests.journeys.visitor import Visitor
from tests.standins.dovecot import Dovecot
from tests.standins.smtp import MailServer

ANA = "ana@example.com"
PHONE = "+447700900489"
SECRET = "a-secret-of-the-shop-that-is-long-enough-0001"


def mail(text: str, *, subject: str = "Wrong size", to: str = "help@shop.example", **headers: str) -> bytes:
    """A mail of ana's, as her mail program writes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Ana Silva <{ANA}>", to, subject
    message["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    message["Message-ID"] = f"<{abs(hash(text))}@mail.example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def arrived(text: str) -> Message:
    """The inbound with this text, once it is in the thread."""
    return eventually(lambda: Message.objects.filter(text__contains=text, direction="inbound").first())


def answer(sam: Agent, to: Message, text: str) -> Message:
    assert to.channel is not None
    assert to.identity is not None
    return reply.reply(
        agent=sam,
        conversation_id=to.conversation_id,
        composition=Composition(channel=to.channel, identity=to.identity, text=text),
        client_key=text,
    )


def test_mail_text_and_chat_are_one_thread_and_the_answer_leaves_by_each(
    house: House, mailboxes: Dovecot, outgoing: MailServer
) -> None:
    # Given a shop with a mailbox, a number and a chat, and Ana, known by her mail address and her phone
    sam = factories.agent()
    factories.desk("Support")
    house.mail_channel(mailboxes, outgoing)
    by_text = house.text_channel()
    site = house.chat_channel(identity_secret=SECRET)
    known = Address(space="email", value=ANA, name="Ana Silva")
    proving.attest(author=known, proofs=[Address(space="phone", value=PHONE)])
    identify.verify([identify.find(known).id], how="order")

    # When she mails, texts, and chats while she is logged in at the shop
    mailboxes.deliver(mail("I ordered L but meant M."), "help@shop.example")
    by_mail = arrived("meant M")
    sms = house.twilio.account.receive(PHONE, by_text.address, "Did you see my mail?")
    assert house.twilio.webhooks.deliver(sms) == 200
    text = arrived("see my mail")
    visitor = Visitor(
        house.url,
        site,
        claims={"sub": "1001", "name": "Ana", "email": ANA, "email_verified": True},
        secret=SECRET,
    )
    visitor.say("Hello, Ana from the text", "message-0001")
    chat = arrived("from the text")

    # Then it is one customer, one conversation, in order
    assert Customer.objects.filter(merged_into=None).count() == 1
    conversation = Conversation.objects.get()
    thread = list(conversation.messages.order_by("occurred_at", "sequence", "id"))
    assert [message.pk for message in thread] == [by_mail.pk, text.pk, chat.pk]

    # And the answer leaves by each of the three, from the same conversation
    answer(sam, by_mail, "It is **M** now.")
    received = eventually(lambda: outgoing.received)[0]
    sent = email.message_from_bytes(received.raw, policy=modern)
    assert received.recipients == (ANA,)
    assert sent["In-Reply-To"] == by_mail.reference_id
    assert "It is" in sent.get_body(("plain",)).get_content()
    assert "<strong>M</strong>" in sent.get_body(("html",)).get_content()

    answer(sam, text, "Yes, all done.")
    out = eventually(lambda: [m for m in house.twilio.account.messages if m.body == "Yes, all done."])[0]
    assert (out.to, out.sender) == (PHONE, by_text.address)

    answer(sam, chat, "Hi Ana, it is M now.")
    visitor.listen(lambda: "Hi Ana, it is M now." in visitor.texts)
    visitor.leave()

    # And the provider's word on it arrives
    house.twilio.webhooks.report(out, "delivered")
    delivered = Message.objects.get(text="Yes, all done.")
    eventually(lambda: delivered.delivery.__class__.objects.get(message=delivered).status == "delivered")


def test_a_reply_from_any_mail_program_lands_in_the_thread_and_a_forger_does_not(
    house: House, mailboxes: Dovecot, outgoing: MailServer
) -> None:
    # Given a conversation by mail that sam has answered
    sam = factories.agent()
    factories.desk("Support")
    house.mail_channel(mailboxes, outgoing)
    mailboxes.deliver(mail("Where is my parcel?"), "help@shop.example")
    first = arrived("Where is my parcel")
    answer(sam, first, "On its way.")
    sent = email.message_from_bytes(eventually(lambda: outgoing.received)[0].raw, policy=modern)
    reply_to = sent["Reply-To"].addresses[0].addr_spec
    token = reply_to.partition("+")[2].partition("@")[0]
    assert read_reply_token(token).conversation_id == first.conversation_id

    # When she answers from a program that drops every header but the address (only the signed address is left)
    bare = mail("Thanks, it came!", subject="hello", to=reply_to)
    mailboxes.deliver(bare, "help@shop.example")

    # Then it is in the thread
    assert arrived("it came").conversation_id == first.conversation_id

    # And when a stranger cites our Message-ID and the subject
    forged = mail("Send it to me instead", subject="Re: Wrong size", In_Reply_To=sent["Message-ID"])
    forged = forged.replace(f"Ana Silva <{ANA}>".encode(), b"Mallory <mallory@evil.example>")
    mailboxes.deliver(forged, "help@shop.example")

    # Then it is somebody else's conversation
    mallory = arrived("Send it to me instead")
    assert mallory.conversation_id != first.conversation_id
    assert mallory.customer_id != first.customer_id
