"""Proving who one is, in a real browser: from an anonymous chat to one thread, with the code out of a real letter."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from inbox.actions.receive import Inbound, receive
from inbox.contract import Address, InboundMessage, Proof
from inbox.models import Channel, Customer, Message
from tests.browser.axe import faults
from tests.browser.conftest import NewContext, Server, Worker
from tests.browser.widget import DESKTOP, PHONE, sam, says, shop, visit
from tests.connectors.webchat.post import code_in_the_post, office
from tests.standins.smtp import MailServer

__all__ = ["office"]

ANA = "ana@x.example"


@pytest.fixture
def known(office: MailServer) -> Customer:
    """Ana has mailed."""
    event = InboundMessage(
        event_key="m1",
        external_id="m1",
        author=Address(space="email", value=ANA, name="Ana Silva"),
        proof=Proof.PROVEN,
        text="My jumper has a hole",
        subject="A hole",
    )
    receive([Inbound(channel=Channel.objects.get(name="Mail"), event=event, received_at=timezone.now())])
    return Message.objects.get().customer


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_code_from_a_letter_makes_one_thread_of_the_chat_and_the_mail(
    page: Page,
    new_context: NewContext,
    server: Server,
    worker: Worker,
    office: MailServer,
    known: Customer,
    size: dict[str, int],
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    visit(page, server, shop(ask_email=True))
    says(page, "It is me again")
    page.get_by_label("E-mail").fill(ANA)
    page.get_by_role("button", name="Save").click()

    page.get_by_role("button", name="Send me a code").click()
    code = page.get_by_label("Code")
    expect(code).to_be_focused()
    expect(page.get_by_text("We sent a code to a…@x.example")).to_be_visible()
    assert code.get_attribute("autocomplete") == "one-time-code"
    code.fill("000 000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("That is not the code")
    code.fill(code_in_the_post(office))
    page.get_by_role("button", name="Confirm").click()

    expect(code).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("Now we know it is you")
    assert set(known.messages.values_list("text", flat=True)) == {"My jumper has a hole", "It is me again"}
    says(page, "The sleeve")
    assert known.messages.count() == 3
    _agent_reads_one_thread(new_context, server, "My jumper has a hole", "It is me again", "The sleeve")


def _agent_reads_one_thread(new_context: NewContext, server: Server, *texts: str) -> None:
    """Sam opens the one matter there is, in a browser of their own."""
    client = Client()
    client.force_login(sam())
    context = new_context()
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])
    desk = context.new_page()
    matter = Message.objects.latest("pk").conversation_id
    desk.goto(server.url + reverse("conversation", args=[matter]))
    thread = desk.get_by_role("region", name="Thread with Ana Silva")
    for text in texts:
        expect(thread.get_by_text(text, exact=True)).to_be_visible()


def test_by_the_menu_and_the_keyboard_alone(
    page: Page, server: Server, worker: Worker, office: MailServer, known: Customer
) -> None:
    visit(page, server, shop())
    says(page, "Hello")

    page.locator("onethread-chat summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Prove it is me")).to_be_hidden()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail or phone number")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Please type an e-mail address")
    page.get_by_label("E-mail or phone number").fill(ANA)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(code_in_the_post(office))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Now we know it is you")
    assert known.messages.count() == 2
    expect(page.locator("onethread-chat summary")).to_be_hidden()


def test_a_new_code_may_be_asked_for_after_a_minute(
    page: Page, server: Server, worker: Worker, office: MailServer, known: Customer
) -> None:
    page.clock.install()
    visit(page, server, shop())
    _ask(page)
    again = page.get_by_role("button", name=re.compile("New code in|Send a new code"))
    expect(again).to_be_disabled()

    page.clock.fast_forward(61_000)

    expect(again).to_have_text("Send a new code")
    again.click()
    expect(again).to_be_disabled()
    assert code_in_the_post(office)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_cards_have_no_fault_for_assistive_technology(
    page: Page, server: Server, worker: Worker, office: MailServer, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    visit(page, server, shop())
    _ask(page)
    page.get_by_label("Code").fill("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("That is not the code")

    assert faults(page, within="onethread-chat") == []


def _ask(page: Page) -> None:
    says(page, "Hello")
    page.locator("onethread-chat summary").click()
    page.get_by_role("button", name="Prove it is me").click()
    page.get_by_label("E-mail or phone number").fill(ANA)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_focused()
