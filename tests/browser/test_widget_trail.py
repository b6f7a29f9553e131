"""What a visitor does in the shop, in a real browser: agents see it, and nobody is told what they asked us not to."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from inbox import live
from inbox.models import Channel, Conversation, Message, Touchpoint
from tests.browser.conftest import Server, Worker
from tests.browser.widget import address, open_chat, sam, says, shop, until, visit
from tests.live.conftest import browser_of, opened

__all__ = ["browser_of"]  # a fixture, shared with tests/live


def titles(kind: str = "page") -> list[str]:
    return list(
        Touchpoint.objects.filter(kind=kind).order_by("occurred_at", "pk").values_list("title", flat=True)
    )


def to(page: Page, server: Server, channel: Channel, slug: str, query: str = "") -> None:
    page.goto(f"{address(server, channel)}{slug}/{query}")
    page.locator("onethread-chat .launcher").wait_for()


def test_nothing_is_told_of_somebody_who_has_not_written(page: Page, server: Server, worker: Worker) -> None:
    channel = shop()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.on("websocket", lambda _socket: sent.append("socket"))

    to(page, server, channel, "fjord-jumper")
    to(page, server, channel, "haar-jumper")
    page.wait_for_timeout(500)

    assert set(sent) == {"GET"}
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('onethread'))") == []
    assert not Touchpoint.objects.exists()


def test_pages_cart_and_order_come_into_the_thread_once_somebody_writes(
    page: Page, server: Server, worker: Worker
) -> None:
    channel = shop()
    to(page, server, channel, "fjord-jumper", "?session=secret#part")
    open_chat(page)
    says(page, "Do you have it in moss?")
    until(page, lambda: len(titles()) == 1)
    page.keyboard.press("Escape")

    to(page, server, channel, "haar-jumper")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("button", name="Order").click()
    until(page, lambda: Touchpoint.objects.filter(kind="order").exists() and len(titles()) == 2)

    told = {each.kind: each for each in Touchpoint.objects.order_by("pk")}
    customer = Message.objects.get().customer
    assert {each.customer for each in told.values()} == {customer}
    assert {each.source for each in told.values()} == {"web"}
    assert titles() == [
        "Fjord jumper – Northwool – knitwear from the north",
        "Haar jumper – Northwool – knitwear from the north",
    ]
    assert told["cart"].title == told["order"].title == "Haar jumper, M"
    assert (told["order"].value, told["order"].currency) == (Decimal(138), "GBP")
    assert len(told["order"].reference) == 4
    assert "secret" not in json.dumps(list(Touchpoint.objects.values_list("url", flat=True)))
    assert Touchpoint.objects.filter(url__endswith="/fjord-jumper/").exists()


@pytest.mark.parametrize(
    "wish",
    [
        "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})",
        "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})",
    ],
    ids=["GPC", "DNT"],
)
def test_a_browser_that_wants_no_tracking_is_not_tracked(
    page: Page, server: Server, worker: Worker, wish: str
) -> None:
    page.add_init_script(wish)
    visit(page, server, shop())
    says(page, "Hello")
    page.keyboard.press("Escape")
    page.evaluate("Onethread.track({ kind: 'cart', title: 'Scarf' })")
    open_chat(page)
    says(page, "Still there?")

    assert not Touchpoint.objects.exists()


def test_a_website_may_leave_pages_out_and_tell_the_rest(page: Page, server: Server, worker: Worker) -> None:
    page.add_init_script(
        "new MutationObserver(() => document.querySelector('script[data-channel]')?.setAttribute('data-pages', 'off'))"
        ".observe(document, { childList: true, subtree: true })"
    )
    visit(page, server, shop())
    says(page, "Hello")
    page.evaluate("Onethread.track({ kind: 'campaign', title: 'Spring', source: 'erp' })")
    until(page, lambda: titles("campaign") == ["Spring"])

    assert titles() == []
    assert Touchpoint.objects.get().source == "web"


def test_what_is_done_without_a_line_is_told_when_it_is_back(
    page: Page, server: Server, worker: Worker
) -> None:
    visit(page, server, shop())
    says(page, "Hello")
    server.stop()
    page.evaluate("Onethread.track({ kind: 'cart', title: 'Scarf' })")
    page.wait_for_timeout(300)
    server.start()

    until(page, lambda: titles("cart") == ["Scarf"])


def test_an_agent_sees_live_what_the_visitor_looks_at_and_does(
    page: Page, server: Server, worker: Worker, browser_of: Callable[..., BrowserContext]
) -> None:
    # Given an agent who has the visitor's thread open
    channel = shop()
    visit(page, server, channel)
    says(page, "Do you have it in moss?")
    matter = Message.objects.get().conversation_id
    agent = opened(browser_of(sam()), f"/conversations/{matter}/?in=all")
    now = agent.locator("#outlook .outlook-now")
    expect(now).to_contain_text("Northwool")
    before = Conversation.objects.values().get()

    # When the visitor goes on to two products and puts the second into the cart
    page.keyboard.press("Escape")
    to(page, server, channel, "haar-jumper")
    expect(now).to_contain_text("Haar jumper")
    to(page, server, channel, "fjord-jumper")

    # Then the page in view changes, the pages are one card, the cart is there
    expect(now).to_contain_text("Fjord jumper")
    expect(agent.locator(".page-run")).to_have_text("2 pages viewed")
    page.get_by_role("button", name="Add to cart").click()
    expect(agent.locator("#outlook .outlook-orders")).to_contain_text("£128.00")
    expect(agent.locator(".entry.touchpoint[data-touchpoint=cart]")).to_contain_text("Fjord jumper, M")

    # And nothing in the list has moved, and the card opens (the page before the first message stands by itself)
    assert Conversation.objects.values().get() == before
    expect(agent.locator(".row-preview")).to_have_text("Do you have it in moss?")
    expect(agent.locator(".entry[data-touchpoint=page]:visible")).to_have_count(1)
    agent.locator(".page-run").click()
    expect(agent.locator(".entry[data-touchpoint=page]:visible")).to_have_count(3)

    # And when the visitor leaves, so does the page in view
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(now).to_have_count(0)
    assert live.viewed(Message.objects.get().customer_id) is None
