"""After resolving, the next conversation of the list opens by itself: for who wants it, and after their own moves only."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from inbox.actions import staff, status
from inbox.models import Agent, Conversation
from tests import factories
from tests.live.conftest import opened

Browsers = Callable[..., BrowserContext]
Three = tuple[Conversation, Conversation, Conversation]


@pytest.fixture
def three(sam: Agent, matter: Conversation) -> Three:
    """Ana's matter is on top of the list; below it ben's, then cleo's."""
    ben, cleo = (
        factories.conversation(factories.customer(name), last_activity=factories.at(minute))
        for name, minute in (("Ben", 20), ("Cleo", 10))
    )
    return matter, ben, cleo


def page_of(browser_of: Browsers, agent: Agent, conversation: Conversation, *, wants: bool = True) -> Page:
    staff.edit_profile(agent=agent, opens_next=wants)
    return opened(browser_of(agent), f"/conversations/{conversation.pk}/?in=all")


def expect_open(page: Page, conversation: Conversation) -> None:
    expect(page.locator("#main")).to_have_attribute("data-conversation", str(conversation.pk))


def test_the_next_of_the_list_opens_and_after_the_last_the_one_before(
    browser_of: Browsers, sam: Agent, three: Three
) -> None:
    ana, ben, cleo = three
    page = page_of(browser_of, sam, ben)

    page.keyboard.press("e")
    expect_open(page, cleo)
    page.keyboard.press("e")

    expect_open(page, ana)


def test_send_and_resolve_goes_on_too(browser_of: Browsers, sam: Agent, three: Three) -> None:
    ana, ben, _cleo = three
    ana.customer.identities.update(verified_at=factories.MORNING)
    page = page_of(browser_of, sam, ana)
    page.locator("#composer-text").fill("Solved, then.")
    page.get_by_role("button", name="More ways to send").click()

    page.get_by_role("button", name="Send and resolve").click()

    expect_open(page, ben)


def test_who_has_not_asked_for_it_stays_where_they_are(
    browser_of: Browsers, sam: Agent, three: Three
) -> None:
    page = page_of(browser_of, sam, three[0], wants=False)

    page.keyboard.press("e")

    expect(page.locator("#actions")).to_have_attribute("data-status", "resolved")
    expect_open(page, three[0])


def test_what_a_colleague_resolves_takes_nobody_away(
    browser_of: Browsers, sam: Agent, kim: Agent, three: Three
) -> None:
    page = page_of(browser_of, sam, three[0])

    status.resolve(agent=kim, conversation_ids=[three[0].pk])

    expect(page.locator("#actions")).to_have_attribute("data-status", "resolved")
    expect_open(page, three[0])
