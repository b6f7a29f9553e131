"""The widget in a real browser, against the real server: a conversation from the first word, through every kind of trouble."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from inbox import live
from inbox.models import Conversation, Delivery, Message
from tests.browser.conftest import Server, Worker
from tests.browser.widget import (
    DESKTOP,
    PHONE,
    address,
    answers,
    bubbles,
    sam,
    says,
    shop,
    until,
    visit,
    write,
)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_visitor_asks_and_an_agent_answers(
    page: Page, server: Server, worker: Worker, size: dict[str, int]
) -> None:
    channel = shop(greeting="Hello from Orkney")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    panel = visit(page, server, channel)
    expect(panel.get_by_text("Hello from Orkney")).to_be_visible()

    says(page, "Do you have it in moss?")
    said = answers(channel, "Three left: https://northwool.example/fjord")

    expect(page.locator(".theirs .bubble")).to_have_text("Three left: https://northwool.example/fjord")
    link = page.locator(".theirs .bubble a")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    expect(page.locator(".mine .tick")).to_have_attribute("title", "Read")
    expect(page.get_by_role("status")).to_have_text(re.compile("Sam: Three left"))
    until(page, lambda: Delivery.objects.get(message=said).status == "read")


def test_typing_is_seen_both_ways(page: Page, server: Server, worker: Worker) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "Hello")
    customer_id = Conversation.objects.get().customer_id

    live.typing(customer_id=customer_id, who=f"agent:{sam().pk}", active=True, channel_id=channel.pk)
    expect(page.locator(".typing")).to_have_text("Sam is writing")
    live.typing(customer_id=customer_id, who=f"agent:{sam().pk}", active=False, channel_id=channel.pk)
    expect(page.locator(".typing")).to_be_hidden()

    from django.core.cache import cache

    page.get_by_label("Write a message").press_sequentially("I am")
    until(page, lambda: cache.get(live.typing_key(customer_id, f"customer:{customer_id}")) == channel.pk)


def test_an_answer_while_the_chat_is_closed_shows_a_glimpse_and_a_count(
    page: Page, server: Server, worker: Worker
) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "Hello")
    page.keyboard.press("Escape")

    said = answers(channel, "Are you still there?")

    expect(page.locator(".glimpse")).to_contain_text("Are you still there?")
    expect(page.locator(".launcher")).to_have_attribute("aria-label", "Open chat. 1 unread message")
    until(page, lambda: Delivery.objects.get(message=said).status == "delivered")
    page.locator(".glimpse-text").click()
    expect(page.locator(".badge")).to_be_hidden()
    until(page, lambda: Delivery.objects.get(message=said).status == "read")


def test_the_conversation_is_there_after_a_reload_and_in_another_tab(
    page: Page, context: BrowserContext, server: Server, worker: Worker
) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "Do you have it in moss?")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()  # it was open before
    expect(page.locator(".bubble")).to_have_text("Do you have it in moss?")

    tab = context.new_page()
    tab.goto(address(server, channel))
    expect(tab.locator(".bubble")).to_have_text("Do you have it in moss?")
    says(tab, "And in oat?")

    expect(page.locator(".bubble")).to_have_text(["Do you have it in moss?", "And in oat?"])


def test_what_is_written_offline_leaves_when_the_line_is_back(
    page: Page, context: BrowserContext, server: Server, worker: Worker
) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "One")
    context.set_offline(True)
    write(page, "Two")
    write(page, "Three")
    expect(page.locator(".strip")).to_contain_text("You are offline")
    expect(page.locator(".mine.pending, .mine.sent")).to_have_count(2)
    assert Message.objects.count() == 1

    context.set_offline(False)

    expect(page.locator(".mine.delivered")).to_have_count(3, timeout=40_000)
    assert [m.text for m in Message.objects.order_by("occurred_at", "pk")] == ["One", "Two", "Three"]
    assert bubbles(page) == ["One", "Two", "Three"]


def test_nothing_is_lost_or_doubled_when_the_server_dies_while_somebody_writes(
    page: Page, server: Server, worker: Worker
) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "One")

    server.stop()
    write(page, "Two")
    expect(page.locator(".strip")).to_contain_text("Reconnecting")
    write(page, "Three")
    server.start()

    expect(page.locator(".mine.delivered")).to_have_count(3, timeout=60_000)
    expect(page.locator(".strip")).to_be_hidden()
    answers(channel, "All three are here")
    expect(page.locator(".theirs .bubble")).to_have_text("All three are here")
    assert [m.text for m in Message.objects.filter(direction="inbound").order_by("pk")] == [
        "One",
        "Two",
        "Three",
    ]


def test_a_message_survives_a_reload_before_it_could_leave(
    page: Page, server: Server, worker: Worker
) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "One")
    page.route("**/c/webchat/*/frames", lambda route: route.abort())
    page.route_web_socket("**/socket/**", lambda ws: ws.close())
    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()
    write(page, "Two")
    page.unroute("**/c/webchat/*/frames")

    page.goto("about:blank")
    again = page.context.new_page()
    again.goto(address(server, channel))

    expect(again.locator(".mine.delivered")).to_have_count(2, timeout=30_000)
    assert [m.text for m in Message.objects.order_by("pk")] == ["One", "Two"]


def test_where_websockets_are_blocked_the_chat_works_by_plain_http(
    page: Page, server: Server, worker: Worker
) -> None:
    def block(ws: WebSocketRoute) -> None:
        ws.close()

    page.route_web_socket("**/socket/**", block)
    channel = shop()
    visit(page, server, channel)

    write(page, "Is anybody there?")
    expect(page.locator(".mine.delivered")).to_have_count(1, timeout=30_000)
    answers(channel, "Yes, by the back door")

    expect(page.locator(".theirs .bubble")).to_have_text("Yes, by the back door", timeout=30_000)
    until(page, lambda: Delivery.objects.get().status == "read")


def test_earlier_messages_load_without_a_jump(
    page: Page, server: Server, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "The first")
    newest = Message.objects.get()
    from tests import factories

    for number in range(60):
        factories.reply(
            newest.conversation, sam(), f"Answer {number}", channel=channel, identity=newest.identity
        )
    page.reload()
    expect(page.locator(".bubble").last).to_have_text("Answer 59")
    top = page.locator(".bubble", has_text=re.compile("^Answer 21$"))
    page.locator(".earlier").scroll_into_view_if_needed()
    before = top.bounding_box()

    page.get_by_role("button", name="Show earlier messages").click()

    expect(page.locator(".bubble").first).to_have_text("The first")
    after = top.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 80
    expect(page.locator(".earlier")).to_be_hidden()


def test_an_address_typed_into_the_card_is_saved_once(page: Page, server: Server, worker: Worker) -> None:
    from inbox.models import Identity

    channel = shop(ask_email=True)
    visit(page, server, channel)
    expect(page.locator(".intro")).to_be_hidden()
    says(page, "Hello")

    page.get_by_label("Name (optional)").fill("Ana Silva")
    page.get_by_label("E-mail").fill("ana@x.example")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".intro")).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("our answer also goes to ana@x.example")
    until(
        page, lambda: Identity.objects.filter(space="email", value="ana@x.example", verified_at=None).exists()
    )
    page.reload()
    expect(page.locator(".bubble")).to_have_text("Hello")
    expect(page.locator(".intro")).to_be_hidden()


def test_a_question_offered_to_begin_with_is_asked_by_one_tap(
    page: Page, server: Server, worker: Worker
) -> None:
    channel = shop(starters=["Where is my order?"])
    visit(page, server, channel)

    page.get_by_role("button", name="Where is my order?").click()

    expect(page.locator(".mine.delivered .bubble")).to_have_text("Where is my order?")
    expect(page.locator(".starters")).to_be_hidden()
