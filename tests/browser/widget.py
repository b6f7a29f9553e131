"""The shop with its chat, and Sam who answers: what the widget's browser tests share."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.models import Agent, Channel, Delivery, Message
from tests import factories
from tests.browser.conftest import Server

SECRET = "a-secret-of-the-shop-that-is-long-enough-0001"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def shop(name: str = "Northwool", **settings: Any) -> Channel:
    """A chat with the pretend shop in front of it; no card asks for an address unless a test wants it."""
    values = {
        "demo_shop": True,
        "identity_secret": SECRET,
        "colour": "#4f6146",
        "ask_email": False,
        **settings,
    }
    return factories.channel("webchat", name=name, settings=values)


def address(server: Server, channel: Channel) -> str:
    return f"{server.url}/c/webchat/demo/{channel.public_id}/"


def visit(page: Page, server: Server, channel: Channel) -> Locator:
    """Open the shop and its chat; gives the chat's window."""
    page.goto(address(server, channel))
    return open_chat(page)


def open_chat(page: Page) -> Locator:
    page.locator("onethread-chat .launcher").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible()
    return panel


def write(page: Page, text: str) -> None:
    page.get_by_label("Write a message").fill(text)
    page.keyboard.press("Enter")


def says(page: Page, text: str) -> None:
    """Write, and wait until it is in the thread."""
    write(page, text)
    expect(page.locator(".mine", has_text=text).last).to_have_class(re.compile("delivered|read"))


def sam() -> Agent:
    return Agent.objects.filter(name="Sam Reed").first() or factories.agent()


def answers(channel: Channel, text: str, *, agent: Agent | None = None) -> Message:
    """Sam answers whoever wrote last. Nobody waits for the undo delay."""
    newest = Message.objects.filter(channel=channel, direction="inbound").latest("pk")
    assert newest.identity is not None
    said = reply.reply(
        agent=agent or sam(),
        conversation_id=newest.conversation_id,
        composition=Composition(channel=channel, identity=newest.identity, text=text),
        client_key=f"key-{Message.objects.count()}",
    )
    Delivery.objects.filter(message=said).update(not_before=timezone.now() - timedelta(seconds=1))
    return said


def until(page: Page, true: Callable[[], object]) -> None:
    """Wait for what no `expect` can see, while the page goes on."""
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, "It never came true."
        page.wait_for_timeout(30)


def bubbles(page: Page) -> list[str]:
    """What the chat shows, oldest first."""
    return page.locator("onethread-chat .bubble").all_inner_texts()
