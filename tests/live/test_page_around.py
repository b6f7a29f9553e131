"""What stands around the thread while it lives: the filter, the target of what is being written, the list; and requests that fail."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Route, expect

from inbox.actions import conversations, status
from inbox.models import Agent, Channel, Conversation
from tests import factories
from tests.inbox.arrivals import arrive
from tests.live.conftest import opened

Browsers = Callable[..., BrowserContext]


def address(matter: Conversation, more: str = "") -> str:
    return f"/conversations/{matter.pk}/?in=all{more}"


def second_channel() -> Channel:
    return factories.channel(name="Second", settings={"secret": "only-for-tests"})


def fails_first(page: Page, pattern: str, times: int = 2) -> list[str]:
    """The first requests to such an address break; gives what was asked."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) <= times:
            route.abort()
        else:
            route.continue_()

    page.route(pattern, answer)
    return asked


# ---------------------------------------------------------------- the filter


def test_a_thread_narrowed_to_a_channel_shows_what_comes_there_and_tells_of_the_rest(
    browser_of: Browsers, sam: Agent, matter: Conversation, channel: Channel
) -> None:
    second = second_channel()
    page = opened(browser_of(sam), address(matter, f"&channel={channel.pk}"))

    arrive(channel, "On this channel")
    expect(page.locator("#timeline")).to_contain_text("On this channel")
    expect(page.locator("#beyond-filter")).to_be_hidden()
    arrive(second, "On the other one")
    expect(page.locator("#beyond-filter")).to_be_visible()
    expect(page.locator("#timeline")).not_to_contain_text("On the other one")
    page.locator("#beyond-filter").click()

    expect(page.locator("#timeline")).to_contain_text("On the other one")
    expect(page.locator("#beyond-filter")).to_have_count(0)


def test_a_thread_narrowed_to_notes_stays_so_and_says_so(
    browser_of: Browsers, sam: Agent, kim: Agent, matter: Conversation, channel: Channel
) -> None:
    page = opened(browser_of(sam), address(matter, "&kind=note"))

    arrive(channel, "Hello?")
    conversations.prioritise(agent=kim, conversation_ids=[matter.pk], priority=4)

    expect(page.locator("#beyond-filter")).to_be_visible()
    expect(page.locator("button.thread-filter")).to_contain_text("Notes")
    expect(page.locator("#timeline .entry")).to_have_count(0)


def test_a_verb_leaves_a_narrowed_thread_narrowed_and_saying_so(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    page = opened(browser_of(sam), address(matter, "&kind=note"))

    with page.expect_response("**/live/around/**"):
        page.keyboard.press("e")

    expect(page.locator("#actions")).to_have_attribute("data-status", "resolved")
    expect(page.locator("button.thread-filter")).to_have_text("Notes")


# ---------------------------------------------------------------- the target of what is being written


def test_the_target_follows_the_customer_until_one_writes(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    second = second_channel()
    page = opened(browser_of(sam), address(matter))
    expect(page.locator("[data-pair-from]")).to_have_text("Sandbox")

    arrive(second, "I am over here now")

    expect(page.locator("[data-pair-from]")).to_have_text("Second")


def test_the_target_stays_once_one_writes(
    browser_of: Browsers, sam: Agent, matter: Conversation, channel: Channel
) -> None:
    second = second_channel()
    page = opened(browser_of(sam), address(matter))
    page.locator("#composer-text").fill("Dear Ana")

    with page.expect_response("**/live/around/**"):
        arrive(second, "I am over here now")
    expect(page.locator("#timeline")).to_contain_text("I am over here now")

    expect(page.locator("[data-pair-from]")).to_have_text("Sandbox")
    chosen = page.locator('input[name="pair"]:checked').get_attribute("value") or ""
    assert chosen.startswith(f"{channel.pk}-")


def test_a_target_that_cannot_be_reached_any_more_must_be_chosen_anew(
    browser_of: Browsers, sam: Agent, matter: Conversation, channel: Channel
) -> None:
    second = second_channel()
    page = opened(browser_of(sam), address(matter))
    page.locator("#composer-text").fill("Dear Ana")

    Channel.objects.filter(pk=channel.pk).update(state="paused")
    arrive(second, "I am over here now")

    expect(page.locator("[data-pair-to]")).to_have_text("Choose how to reach them")
    expect(page.locator(".split-button [data-send]")).to_be_disabled()


# ---------------------------------------------------------------- requests that fail


def test_what_stands_around_the_thread_is_asked_for_until_it_comes(
    browser_of: Browsers, sam: Agent, kim: Agent, matter: Conversation
) -> None:
    page = opened(browser_of(sam), address(matter))
    asked = fails_first(page, "**/live/around/**")

    status.resolve(agent=kim, conversation_ids=[matter.pk])

    expect(page.locator("#actions")).to_have_attribute("data-status", "resolved")
    assert len(asked) >= 3


def test_entries_that_read_differently_now_are_asked_for_until_they_come(
    browser_of: Browsers, sam: Agent, kim: Agent, matter: Conversation
) -> None:
    page = opened(browser_of(sam), address(matter))
    asked = fails_first(page, "**/live/entries/**")

    conversations.describe(agent=kim, conversation_id=matter.pk, title="Lost parcel")

    expect(page.locator("#timeline .message-matter").first).to_have_text("Lost parcel")
    assert len(asked) >= 3


# ---------------------------------------------------------------- the list


def test_a_list_that_empties_says_so_and_one_that_fills_says_so_no_longer(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    page = opened(browser_of(sam), "/inbox/mine/")
    expect(page.locator("#list-empty")).to_be_visible()

    conversations.assign(agent=sam, conversation_ids=[matter.pk], assignee=sam, team=None)
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#list-empty")).to_be_hidden()
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-live", "open")
    expect(page.locator("#list-empty")).to_be_hidden()
    conversations.assign(agent=sam, conversation_ids=[matter.pk], assignee=None, team=None)

    expect(page.locator(".row")).to_have_count(0)
    expect(page.locator("#list-empty")).to_be_visible()
