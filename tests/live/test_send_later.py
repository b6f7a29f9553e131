"""A message for later, as everybody who has the thread open sees it: when it goes out, what came before it, how it is taken back."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from inbox.models import Agent, Channel, Conversation, Identity
from tests.inbox.arrivals import arrive
from tests.live.conftest import opened

Browsers = Callable[..., BrowserContext]


def address(matter: Conversation) -> str:
    Identity.objects.update(verified_at=timezone.now())  # nothing is asked before sending
    return f"/conversations/{matter.pk}/?in=all"


def test_enter_in_the_date_sends_then_and_every_screen_says_so(
    browser_of: Browsers, sam: Agent, kim: Agent, matter: Conversation, channel: Channel
) -> None:
    mine, hers = opened(browser_of(sam), address(matter)), opened(browser_of(kim), address(matter))
    mine.locator("#composer-text").fill("Your parcel leaves today")
    mine.get_by_role("button", name="More ways to send").click()
    mine.get_by_label("Send at").fill(f"{timezone.now() + timedelta(days=3):%Y-%m-%d}T09:00")
    mine.get_by_label("Send at").press("Enter")

    for page in (mine, hers):
        expect(page.locator(".entry[id]", has_text="Your parcel leaves")).to_contain_text("Goes out")
    mine.reload()
    waiting = mine.locator(".entry[id]", has_text="Your parcel leaves")
    expect(waiting).to_contain_text("Goes out")
    expect(waiting).not_to_contain_text("Written before")

    arrive(channel, "I have it, thank you!")

    for page in (mine, hers):
        expect(page.locator(".entry[id]", has_text="Your parcel leaves")).to_contain_text("Written before")


def test_cancel_gives_the_text_back_and_the_other_screens_know(
    browser_of: Browsers, sam: Agent, kim: Agent, matter: Conversation
) -> None:
    mine, hers = opened(browser_of(sam), address(matter)), opened(browser_of(kim), address(matter))
    mine.locator("#composer-text").fill("Your parcel leaves today")
    mine.get_by_role("button", name="More ways to send").click()
    mine.get_by_role("button", name="Tomorrow at 9:00").click()
    expect(mine.locator("toast-stack")).to_contain_text("Goes out on")
    expect(hers.locator(".entry[id]", has_text="Your parcel leaves")).to_contain_text("Goes out")
    mine.reload()

    mine.locator(".entry[id]", has_text="Your parcel leaves").get_by_role("button", name="Cancel").click()

    expect(mine.locator("#composer-text")).to_have_value("Your parcel leaves today")
    for page in (mine, hers):
        expect(page.locator(".entry[id]", has_text="Your parcel leaves")).to_contain_text("Taken back")


def test_a_date_that_was_only_tried_out_holds_nothing_back(
    browser_of: Browsers, sam: Agent, matter: Conversation
) -> None:
    page = opened(browser_of(sam), address(matter))
    page.locator("#composer-text").fill("At once")
    page.get_by_role("button", name="More ways to send").click()
    page.get_by_label("Send at").fill(f"{timezone.now() + timedelta(days=3):%Y-%m-%d}T09:00")
    page.keyboard.press("Escape")

    page.locator("#composer-text").press("Control+Enter")

    expect(page.locator(".entry[id]", has_text="At once")).not_to_contain_text("Goes out")
    assert not matter.messages.get(text="At once").delivery.scheduled
