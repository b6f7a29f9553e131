"""The live page in a real browser: what arrives disturbs nobody, and a lost line is seen, survived and made up for."""

import re
from collections.abc import Callable

from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from inbox.actions import conversations, reply, staff
from inbox.models import Agent, Channel, Conversation
from tests import factories
from tests.browser.conftest import Server
from tests.inbox.arrivals import arrive
from tests.live.conftest import opened
from tests.live.happenings import answered, sent_out

Browsers = Callable[..., BrowserContext]
SLOW = 20_000
"""Milliseconds something may take on a busy machine before it counts as not happening."""

expect.set_options(timeout=SLOW)


def address(matter: Conversation) -> str:
    return f"/conversations/{matter.pk}/?in=all"


def note(agent: Agent, matter: Conversation, text: str) -> None:
    reply.note(agent=agent, conversation_id=matter.pk, text=text, client_key=text)


# ---------------------------------------------------------------- nothing is disturbed


def test_what_arrives_leaves_the_caret_and_the_words_of_who_is_writing(
    browser_of: Browsers, sam: Agent, matter: Conversation, channel: Channel
) -> None:
    page = opened(browser_of(sam), address(matter))
    page.locator("#composer-text").fill("I am looking into it")
    page.locator("#composer-text").press("Home")
    page.keyboard.type("Dear Ana, ")

    arrive(channel, "Hello? Anybody?")
    conversations.prioritise(agent=sam, conversation_ids=[matter.pk], priority=4)
    expect(page.get_by_text("Hello? Anybody?")).to_have_count(2)
    expect(page.locator("#timeline")).to_contain_text("Urgent")
    page.keyboard.type("yes, ")

    expect(page.locator("#composer-text")).to_have_value("Dear Ana, yes, I am looking into it")
    expect(page.locator("#composer-text")).to_be_focused()


def test_what_arrives_does_not_move_what_is_being_read(
    browser_of: Browsers, sam: Agent, matter: Conversation, channel: Channel
) -> None:
    for number in range(30):
        arrive(channel, f"Line {number} of a long story\n" * 3)
    page = opened(browser_of(sam, viewport={"width": 1440, "height": 800}), address(matter))
    scroller = page.locator("#timeline-scroll")
    scroller.hover()
    page.mouse.wheel(0, -1500)
    page.wait_for_timeout(300)
    read = page.locator("#timeline > .message").nth(12)
    before = read.bounding_box()

    arrive(channel, "One more")

    expect(page.locator("#timeline")).to_contain_text("One more")
    expect(page.locator("#to-newest")).to_be_visible()
    after = read.bounding_box()
    assert before
    assert after
    assert after["y"] == before["y"]


def test_a_tick_changes_one_word_and_not_the_message_around_it(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    first = matter.messages.select_related("channel", "identity").first()
    assert first
    sent = answered(sam, first, "It left **today**")
    page = opened(browser_of(sam), address(matter))
    bubble = page.locator(f"#message-{sent.pk} .bubble")
    bubble.evaluate("element => { element.known = true }")
    page.locator(f"#message-{sent.pk} .message-tools a").focus()

    sent_out()

    expect(page.locator(f"#delivery-{sent.pk}")).to_have_text("Sent")
    assert bubble.evaluate("element => element.known === true")
    expect(page.locator(f"#message-{sent.pk} .message-tools a")).to_be_focused()


def test_a_late_message_stands_where_it_belongs_and_an_older_one_waits_with_its_neighbours(
    browser_of: Browsers, sam: Agent, matter: Conversation, channel: Channel
) -> None:
    for number in range(60):
        arrive(channel, f"Line {number}", occurred_at=factories.at(number))
    conversations.mark_read(agent=sam, conversation=matter)
    page = opened(browser_of(sam), address(matter))
    loaded = page.locator("#timeline > .message").first.get_attribute("data-order")

    arrive(channel, "Late, among what is shown", occurred_at=factories.at(58.5))
    arrive(channel, "Late, before what is shown", occurred_at=factories.at(1.5))
    arrive(channel, "The newest")

    expect(page.locator("#timeline")).to_contain_text("The newest")
    orders = page.eval_on_selector_all("#timeline > .entry", "all => all.map(each => each.dataset.order)")
    assert orders == sorted(orders)
    assert orders[0] == loaded
    expect(page.locator("#timeline")).to_contain_text("Late, among what is shown")
    expect(page.locator("#timeline")).not_to_contain_text("Late, before what is shown")


# ---------------------------------------------------------------- who is here


def test_two_agents_see_each_other_and_the_first_word_of_an_answer(
    browser_of: Browsers, sam: Agent, kim: Agent, matter: Conversation
) -> None:
    sams = opened(browser_of(sam), address(matter))
    kims = opened(browser_of(kim), address(matter))
    expect(sams.locator("#presence")).to_contain_text("Kim Lee is here")

    kims.locator("#composer-text").press_sequentially("Dear")

    expect(sams.locator("#presence")).to_contain_text("Kim Lee is writing")
    kims.close()
    expect(sams.locator("#presence")).to_be_empty()


# ---------------------------------------------------------------- the line is lost


def test_a_lost_line_is_shown_nothing_typed_is_lost_and_what_was_missed_is_made_up_for(
    browser_of: Browsers, server: Server, sam: Agent, kim: Agent, matter: Conversation, channel: Channel
) -> None:
    page = opened(browser_of(sam), address(matter))
    expect(page.locator("#connection")).to_be_hidden()
    page.locator("#composer-text").fill("I am looking into it")

    server.stop()
    expect(page.locator("#connection")).to_be_visible()
    expect(page.locator("#connection")).to_contain_text("Connection lost")
    arrive(channel, "Said while you were away")
    note(kim, matter, "Noted while you were away")
    server.start()

    expect(page.locator("#timeline")).to_contain_text("Noted while you were away")
    expect(page.locator("#timeline")).to_contain_text("Said while you were away")
    expect(page.locator("#rows")).to_contain_text("Said while you were away")
    expect(page.locator("#connection")).to_be_hidden()
    expect(page.locator("#composer-text")).to_have_value("I am looking into it")
    shown = page.eval_on_selector_all("#timeline > .entry", "all => all.map(each => each.id)")
    assert len(shown) == len(set(shown))


def test_a_line_that_died_in_silence_is_noticed_when_the_page_is_looked_at(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    """A laptop that slept: the socket looks open, and nobody is at the other end."""
    context = browser_of(sam)
    held: list[WebSocketRoute] = []
    heard: list[str] = []

    def through(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        held.append(route)
        if len(held) == 1:
            route.on_message(lambda text: upstream.send(text) if "hello" in str(text) else None)
            upstream.on_message(lambda text: (heard.append(str(text)), route.send(text)))

    context.route_web_socket(re.compile("/live/socket/"), through)
    page = opened(context, address(matter))
    while not any('"counts"' in text for text in heard):
        page.wait_for_timeout(50)
    page.wait_for_timeout(500)

    page.evaluate(
        """() => {
            document.body.dataset.states = "";
            document.addEventListener("live:state", ({ detail }) => (document.body.dataset.states += ` ${detail.state}`));
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )

    expect(page.locator("body")).to_have_attribute("data-states", " lost open")
    assert len(held) == 2


def test_where_sockets_are_blocked_plain_requests_do_the_same(
    browser_of: Browsers, sam: Agent, matter: Conversation, channel: Channel
) -> None:
    context = browser_of(sam)
    context.route_web_socket(re.compile("/live/socket/"), lambda route: route.close())
    page = context.new_page()
    page.goto(address(matter))
    expect(page.locator("body")).to_have_attribute("data-live", "polling")
    expect(page.locator("#connection")).to_be_hidden()

    arrive(channel, "Over plain requests")

    expect(page.locator("#timeline")).to_contain_text("Over plain requests")
    expect(page.locator("#rows")).to_contain_text("Over plain requests")


# ---------------------------------------------------------------- rights are lost


def test_who_has_logged_out_elsewhere_is_at_the_login_at_once(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    page = opened(browser_of(sam), address(matter))

    Session.objects.all().delete()

    expect(page).to_have_url(re.compile("/login/"))


def test_who_has_been_deactivated_is_at_the_login_at_once(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    page = opened(browser_of(sam), address(matter))

    staff.set_active(actor=factories.agent("Ada Root", role="admin"), agent=sam, active=False)

    expect(page).to_have_url(re.compile("/login/"))
