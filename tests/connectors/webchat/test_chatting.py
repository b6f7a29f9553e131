"""From a visitor's word to the thread, and from an agent's answer to the visitor."""

import pytest

from inbox import sending
from inbox.actions import reply
from inbox.models import Conversation, Message
from tests import factories
from tests.connectors.webchat.conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_first_message_becomes_a_conversation(browser: Browser) -> None:
    browser.begin()

    frames = browser.say("Do you have it in moss?", "message-0001")

    assert frames == [{"t": "ack", "id": "message-0001"}]
    message = Message.objects.get()
    assert (message.text, message.direction, message.channel) == ("Do you have it in moss?", "inbound", browser.channel)
    assert message.identity.verified
    assert browser.sees() == ["Do you have it in moss?"]
