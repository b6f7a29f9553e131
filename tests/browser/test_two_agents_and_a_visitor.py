"""Proof 2: two agents and a visitor at once, each in a browser of their own, on the product as it runs: everything is live."""

import re

import pytest
from playwright.sync_api import Route, expect

from inbox.models import Agent, Message
from tests import factories
from tests.browser import screens
from tests.browser.axe import faults
from tests.browser.screens import AgentScreen, NewContext, Scene, connected
from tests.browser.widget import DESKTOP, PHONE, answers, open_chat, says, write
from tests.house import House

LOGIN = re.compile("/login/")


@pytest.fixture
def scene(house: House, new_context: NewContext) -> Scene:
    return screens.scene(house, new_context)


# ---------------------------------------------------------------- what is written is there


def test_what_a_visitor_writes_appears_on_both_agents_screens_without_a_reload(scene: Scene) -> None:
    # Given two agents who look at the list
    # When somebody writes in the shop
    says(scene.visitor, "Do you have it in moss?")

    # Then a row appears in both lists
    for each in scene.agents:
        expect(each.row("Do you have it in moss?")).to_be_visible()
        each.open("Do you have it in moss?")

    # And what they write next appears in both open threads and in the row
    says(scene.visitor, "Or in oat?")
    for each in scene.agents:
        expect(each.entry("Or in oat?")).to_be_in_viewport()
        expect(each.row("Or in oat?")).to_be_visible()
        expect(each.page.locator(".row")).to_have_count(1)
        assert each.was_never_reloaded()


def test_everybody_sees_who_is_here_and_who_is_writing(scene: Scene) -> None:
    scene.begin()
    expect(scene.kim.presence).to_contain_text("Sam Reed is here")
    expect(scene.sam.presence).to_contain_text("Kim Lee is here")

    scene.sam.composer.press_sequentially("Let me")
    expect(scene.kim.presence).to_contain_text("Sam Reed is writing")
    expect(scene.visitor.locator(".typing")).to_have_text("Sam is writing")

    scene.visitor.get_by_label("Write a message").press_sequentially("And")
    for each in scene.agents:
        expect(each.page.locator("#customer-typing")).to_contain_text("is writing")

    scene.kim.page.get_by_role("tab", name="Note").click()
    scene.kim.composer.press_sequentially("Look")
    expect(scene.sam.presence).to_contain_text("Kim Lee is writing a note")
    expect(scene.visitor.locator(".typing")).not_to_contain_text("Kim")


def test_a_reply_is_there_at_once_and_its_ticks_tell_both_agents_when_it_was_read(scene: Scene) -> None:
    scene.begin()
    # Given a visitor who closed the chat, and a line to the server that takes its time
    scene.visitor.keyboard.press("Escape")
    sending: list[Route] = []

    def hold(route: Route) -> None:
        sending.append(route)

    scene.sam.page.route("**/send/", hold)

    # When sam answers
    scene.sam.answer("Three left")

    # Then it is on his screen before the server has heard of it, with nothing left to write
    expect(scene.sam.page.locator(".entry.is-sending")).to_contain_text("Three left")
    expect(scene.sam.composer).to_have_value("")
    assert not Message.objects.filter(text="Three left").exists()
    while not sending:
        scene.sam.page.wait_for_timeout(20)  # the browser's events are heard while one waits
    sending.pop().continue_()

    # And once it has, it is on both screens, and once
    for each in scene.agents:
        expect(each.entry("Three left")).to_have_count(1)
        expect(each.page.locator(".entry", has_text="Three left")).to_have_count(1)

    # And it is delivered when the shop's page has it, and read when the visitor looks
    expect(scene.visitor.locator(".glimpse")).to_contain_text("Three left")
    for each in scene.agents:
        expect(each.tick("Three left")).to_have_attribute("data-status", "delivered")
    open_chat(scene.visitor)
    expect(scene.visitor.locator(".theirs .bubble")).to_have_text("Three left")
    for each in scene.agents:
        expect(each.tick("Three left")).to_have_attribute("data-status", "read")
        assert each.was_never_reloaded()


def test_who_answers_second_is_told_of_the_first_answer_before_it_is_sent(scene: Scene) -> None:
    # Given kim, who has begun to write
    scene.begin()
    scene.kim.composer.fill("I think we do")

    # When sam's answer lands while she writes
    scene.sam.answer("Three left")
    expect(scene.kim.entry("Three left")).to_be_in_viewport()
    expect(scene.kim.composer).to_have_value("I think we do")
    scene.kim.composer.press("Control+Enter")

    # Then she is told, with the answer in view; hers is neither sent nor lost
    question = scene.kim.page.locator("#composer-ask")
    expect(question).to_contain_text("Somebody wrote here while you were typing.")
    expect(question).to_contain_text("Three left")
    expect(scene.kim.composer).to_have_value("I think we do")
    assert not Message.objects.filter(text="I think we do").exists()

    # And she may read first, then say it differently; she is asked no more
    scene.kim.page.get_by_role("button", name="Let me read").click()
    expect(question).to_be_hidden()
    scene.kim.answer("And more on Monday")
    expect(scene.visitor.locator(".theirs .bubble")).to_have_text(["Three left", "And more on Monday"])


# ---------------------------------------------------------------- the line is cut


def same_as_fresh(screen: AgentScreen) -> None:
    """What one sees live is what one would see after opening the page anew."""
    fresh = screen.fresh()
    expect(fresh.page.locator("#timeline .entry")).to_have_count(len(screen.thread()))
    assert screen.thread() == fresh.thread()
    fresh.page.close()


def test_after_the_network_was_gone_the_thread_has_no_hole_and_nothing_typed_is_lost(scene: Scene) -> None:
    # Given sam, whose network goes while he writes
    scene.begin()
    scene.sam.composer.fill("I was just about")
    scene.sam.page.context.set_offline(True)
    expect(scene.sam.lost_bar).to_be_visible()

    # When five messages come in and kim answers in between
    for number in range(3):
        says(scene.visitor, f"Message {number}")
    scene.kim.answer("One moment")
    expect(scene.visitor.locator(".theirs .bubble")).to_have_text("One moment")
    for number in range(3, 5):
        says(scene.visitor, f"Message {number}")
    expect(scene.kim.entry("Message 4")).to_be_visible()
    expect(scene.sam.entry("Message 0")).to_have_count(0)
    scene.sam.composer.press("End")
    scene.sam.composer.press_sequentially(" to say")
    scene.sam.page.context.set_offline(False)

    # Then all is there, once and in order, without a reload
    expect(scene.sam.entry("Message 4")).to_be_visible()
    expect(scene.sam.lost_bar).to_be_hidden()
    expect(scene.sam.row("Message 4")).to_be_visible()
    expect(scene.kim.tick("One moment")).to_have_attribute("data-status", "read")
    expect(scene.sam.tick("One moment")).to_have_attribute("data-status", "read")
    expect(scene.sam.composer).to_have_value("I was just about to say")
    assert scene.sam.was_never_reloaded()
    assert scene.sam.thread() == scene.kim.thread()
    same_as_fresh(scene.sam)


def test_after_the_server_was_killed_every_screen_catches_up_by_itself(scene: Scene) -> None:
    # Given everybody in the middle of something when the server dies
    scene.begin()
    scene.sam.composer.fill("I was just about")
    scene.house.kill("web")
    for each in scene.agents:
        expect(each.lost_bar).to_be_visible()

    # When the visitor writes on, and the other processes work on
    for number in range(5):
        write(scene.visitor, f"Message {number}")
    answers(scene.channel, "From another machine", agent=scene.kim.agent)
    scene.house.start("web")

    # Then every screen has everything, once and in order, without a reload
    expect(scene.visitor.locator(".mine.delivered, .mine.read")).to_have_count(6, timeout=60_000)
    for each in scene.agents:
        connected(each)
        expect(each.lost_bar).to_be_hidden()
        for number in range(5):
            expect(each.entry(f"Message {number}")).to_have_count(1)
        expect(each.tick("From another machine")).to_have_attribute("data-status", "read", timeout=40_000)
        assert each.was_never_reloaded()
        same_as_fresh(each)
    expect(scene.sam.composer).to_have_value("I was just about")
    said = Message.objects.filter(direction="inbound").order_by("occurred_at", "sequence", "pk")
    assert [message.text for message in said][1:] == [f"Message {number}" for number in range(5)]


# ---------------------------------------------------------------- everywhere and for everybody


def test_on_a_phone_an_agent_reads_answers_and_goes_back_to_a_live_list(
    house: House, new_context: NewContext
) -> None:
    visitor = screens.visit_shop(house, new_context, house.chat_channel(ask_email=False))
    touched = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    sam = screens.log_in(house, new_context, factories.agent(), **touched)
    says(visitor, "Do you have it in moss?")

    sam.row("Do you have it in moss?").locator(".row-link").tap()
    expect(sam.composer).to_be_in_viewport()
    expect(sam.page.locator(".list")).to_be_hidden()
    sam.composer.fill("Three left")
    sam.page.locator("#composer [data-label]").tap()
    expect(visitor.locator(".theirs .bubble")).to_have_text("Three left")
    sam.page.get_by_role("link", name="Back to the list").tap()

    expect(sam.page.locator(".list")).to_be_visible()
    expect(sam.page.locator("#main")).to_be_hidden()
    says(visitor, "Then I take one")
    expect(sam.row("Then I take one")).to_be_in_viewport()
    assert sam.was_never_reloaded()


def test_axe_finds_nothing_serious_on_the_list_the_thread_and_the_chat(scene: Scene) -> None:
    # Given one agent in the thread, one in the list, and an answer in the chat
    scene.begin()
    scene.sam.answer("Three left")
    expect(scene.visitor.locator(".theirs .bubble")).to_have_text("Three left")
    scene.kim.page.goto("/inbox/all/")

    # Then there is nothing to find in either theme, wide or narrow
    for theme in ("light", "dark"):
        for size in (DESKTOP, PHONE):
            for page in (scene.sam.page, scene.kim.page, scene.visitor):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                page.set_viewport_size(size)  # type: ignore[arg-type]
                assert faults(page) == []


# ---------------------------------------------------------------- who has to go


def test_logging_out_in_one_tab_closes_the_other(scene: Scene) -> None:
    scene.begin()
    other = scene.sam.page.context.new_page()
    other.goto("/inbox/all/")

    other.get_by_role("button", name="My status and theme").click()
    other.get_by_role("button", name="Log out").click()

    expect(scene.sam.page).to_have_url(LOGIN)
    expect(scene.kim.presence).not_to_contain_text("Sam Reed")
    assert scene.kim.was_never_reloaded()


def test_an_agent_who_is_deactivated_is_shown_out_and_hears_nothing_more(scene: Scene) -> None:
    scene.begin()

    Agent.objects.filter(pk=scene.sam.agent.pk).update(is_active=False)

    expect(scene.sam.page).to_have_url(LOGIN)
    says(scene.visitor, "Is Sam gone?")
    expect(scene.kim.entry("Is Sam gone?")).to_be_visible()
    expect(scene.sam.page.get_by_text("Is Sam gone?")).to_have_count(0)
