"""Going on on another device, in real browsers: the link in the address, the card that makes one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from inbox.actions import links
from inbox.models import Channel, Continuation, Customer, Identity, Message
from tests.browser.conftest import NewContext, Server, Worker
from tests.browser.widget import DESKTOP, PHONE, address, answers, bubbles, says, shop, visit, write


def shop_with_page(server: Server) -> Channel:
    channel = shop()
    channel.settings |= {"page": address(server, channel)}
    channel.save()
    return channel


def own_link(channel: Channel) -> str:
    """A link of whoever has written in the chat."""
    return links.make(identity=Identity.objects.get(space="webchat"), channel=channel)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_conversation_goes_on_on_another_device(
    page: Page, new_context: NewContext, server: Server, worker: Worker, size: dict[str, int]
) -> None:
    channel = shop_with_page(server)
    visit(page, server, channel)
    says(page, "On the laptop")
    secret = own_link(channel)
    told: list[str] = []

    def note(request: Request) -> None:
        told.append(f"{request.url} {request.headers.get('referer', '')}")

    phone = new_context(viewport=size).new_page()
    phone.on("request", note)
    phone.goto(f"{address(server, channel)}?lang=en#onethread={secret}")

    expect(phone.get_by_role("dialog")).to_be_visible()
    expect(phone.locator(".bubble")).to_have_text("On the laptop")
    expect(phone.locator(".strip")).to_contain_text("Welcome back")
    assert phone.url == f"{address(server, channel)}?lang=en"
    write(phone, "On the phone")
    expect(page.locator(".bubble")).to_have_text(["On the laptop", "On the phone"])
    answers(channel, "Hello on both")
    expect(phone.locator(".theirs .bubble")).to_have_text("Hello on both")
    expect(page.locator(".theirs .bubble")).to_have_text("Hello on both")
    phone.reload()
    expect(phone.locator("onethread-chat .launcher")).to_be_visible()
    assert Customer.objects.filter(merged_into=None).count() == 1
    assert secret not in " ".join(told)
    assert secret not in server.log.read_text()


def test_a_link_that_was_used_leaves_an_ordinary_chat_and_says_so(
    page: Page, new_context: NewContext, server: Server, worker: Worker
) -> None:
    channel = shop_with_page(server)
    visit(page, server, channel)
    says(page, "On the laptop")
    Continuation.objects.all().delete()
    secret = own_link(channel)
    Continuation.objects.update(used_at="2026-01-01T00:00Z")

    late = new_context().new_page()
    late.goto(f"{address(server, channel)}#onethread={secret}")

    expect(late.locator(".strip")).to_contain_text("This link has been used already or has ended")
    assert "#" not in late.url
    assert bubbles(late) == []
    says(late, "Hello")
    assert Message.objects.get(text="Hello").customer != Message.objects.get(text="On the laptop").customer


def test_the_card_shows_a_picture_for_the_other_device(page: Page, server: Server, worker: Worker) -> None:
    channel = shop_with_page(server)
    visit(page, server, channel)
    says(page, "On the laptop")

    page.locator("onethread-chat summary").click()
    page.get_by_role("button", name="Go on on another device").click()

    expect(page.get_by_role("img", name="Go on on another device")).to_be_visible()
    assert Continuation.objects.get().used_at is None
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("img", name="Go on on another device")).to_be_hidden()
