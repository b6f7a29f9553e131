"""One person: two mail addresses, a phone, an anonymous chat that is proven, a visit to the shop. One thread; and a wrong merge is
taken back. By real servers and real processes."""

from __future__ import annotations

import re
from email.message import EmailMessage

from inbox import timeline
from inbox.actions import encounters, merging
from inbox.actions.encounters import Noted
from inbox.models import Agent, Conversation, Customer, Identity, Message
from tests import factories
from tests.house import House, eventually
from tests.journeys.visitor import Visitor
from tests.standins.dovecot import Dovecot
from tests.standins.smtp import MailServer

HOME, WORK, BEN = "ana@example.com", "ana.silva@atelier.example", "ben@example.net"
PHONE = "+447700900489"


def deliver(mailboxes: Dovecot, sender: str, text: str) -> Message:
    """A mail from this address, once it is in a thread."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "help@shop.example", "Wrong size"
    mail["Message-ID"] = f"<{abs(hash(text))}@mail.example>"
    mail.set_content(text)
    mailboxes.deliver(mail.as_bytes(), "help@shop.example")
    return eventually(lambda: Message.objects.filter(text__contains=text, direction="inbound").first())


def mailed_code(outgoing: MailServer, address: str) -> str:
    """The code in the newest mail to this address."""

    def newest() -> str:
        texts = [each.raw.decode() for each in outgoing.received if each.recipients == (address,)]
        found = [re.search(r"\b(\d{6}) is your code", text) for text in texts]
        return next((each[1] for each in reversed(found) if each), "")

    return eventually(newest)


def texted_code(house: House, phone: str) -> str:
    def newest() -> str:
        found = [
            re.search(r"\b(\d{6}) is your code", each.body)
            for each in house.twilio.account.messages
            if each.to == phone
        ]
        return next((each[1] for each in reversed(found) if each), "")

    return eventually(newest)


def thread(sam: Agent, customer: Customer) -> list[str]:
    entries = timeline.page(sam, customer).entries
    return [entry.message.text.strip() for entry in entries if isinstance(entry, timeline.MessageEntry)]


def owner(value: str) -> Customer:
    return Customer.objects.get(identities__value=value)


def test_a_person_is_one_wherever_they_turn_up_and_a_wrong_merge_is_taken_back(
    house: House, mailboxes: Dovecot, outgoing: MailServer
) -> None:
    # Given a shop with a mailbox, a number, a chat and a counter
    sam = factories.agent()
    house.mail_channel(mailboxes, outgoing)
    by_text = house.text_channel()
    site = house.chat_channel()
    counter = factories.place("Old Town")

    # When somebody mails from home, mails from work, texts, and chats without a name: four strangers
    deliver(mailboxes, HOME, "I ordered L but meant M.")
    deliver(mailboxes, WORK, "Or send it to my studio.")
    sms = house.twilio.account.receive(PHONE, by_text.address, "Did you see my mails?")
    assert house.twilio.webhooks.deliver(sms) == 200
    eventually(lambda: Message.objects.filter(text="Did you see my mails?").exists())
    visitor = Visitor(house.url, site)
    visitor.say("It is me, Ana", "message-0001")
    eventually(lambda: Message.objects.filter(text="It is me, Ana").exists())
    assert Customer.objects.filter(merged_into=None).count() == 4

    # And the visitor proves the three addresses by the codes that arrive there
    visitor.prove(HOME, lambda: mailed_code(outgoing, HOME))
    visitor.prove(WORK, lambda: mailed_code(outgoing, WORK))
    visitor.prove(PHONE, lambda: texted_code(house, PHONE))

    # Then all of it is one person's, in one thread, in the order it was said, every address proven
    ana = Customer.objects.get(merged_into=None)
    said = ["I ordered L but meant M.", "Or send it to my studio.", "Did you see my mails?", "It is me, Ana"]
    assert thread(sam, ana) == said
    assert set(ana.identities.exclude(verified_at=None).values_list("value", flat=True)) >= {
        HOME,
        WORK,
        PHONE,
    }
    assert Conversation.objects.filter(customer=ana, main=True, status="open").count() == 1
    # And no code is in it: nobody here ever reads one
    assert not Message.objects.filter(text__contains="is your code").exists()

    # When she comes to the shop, the next agent finds the visit in the same thread
    noted = Noted(kind="visit", text="Tried on M, fits.", outcome="Swapped", place=counter, done=False)
    encounters.note_encounter(agent=sam, who=ana.pk, noted=noted, client_key="visit-1")
    assert thread(sam, ana) == [*said, "Tried on M, fits."]

    # When an agent takes Ben for her, and both write before the mistake is seen
    deliver(mailboxes, BEN, "My name is Ben.")
    ben = owner(BEN)
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=ben.pk)
    deliver(mailboxes, BEN, "Why do you call me Ana?")
    visitor.say("And who is Ben?", "message-0002")
    eventually(lambda: Message.objects.filter(text="And who is Ben?").exists())
    visitor.leave()
    assert "Why do you call me Ana?" in thread(sam, ana)

    merging.undo(agent=sam, merge_id=done.pk)

    # Then both threads are as before, plus what came since where it belongs
    assert thread(sam, ana) == [*said, "Tried on M, fits.", "And who is Ben?"]
    assert thread(sam, Customer.objects.get(pk=ben.pk)) == ["My name is Ben.", "Why do you call me Ana?"]
    assert Identity.objects.get(value=BEN).customer_id == ben.pk
    assert deliver(mailboxes, BEN, "Thank you.").customer_id == ben.pk
