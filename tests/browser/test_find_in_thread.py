"""Find in the thread and go to a day, in a real browser and by keyboard."""

from datetime import timedelta

from playwright.sync_api import expect

from tests import factories
from tests.browser.morning import Open, Shop, opened, shop, thread

__all__ = ["opened", "shop"]


def test_f_finds_what_was_said_long_ago_and_goes_there(opened: Open, shop: Shop) -> None:
    wanted = factories.message(shop.matter, "The lighthouse print", occurred_at=factories.at(-500))
    for minute in range(100):
        factories.message(shop.matter, f"Number {minute}", occurred_at=factories.at(40 + minute))
    page = opened(thread(shop))
    expect(page.locator(f"#message-{wanted.pk}")).to_have_count(0)

    page.keyboard.press("f")
    expect(page.get_by_placeholder("Find in this thread")).to_be_focused()
    page.keyboard.type("lighthouse")
    expect(page.locator(".found-message")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator(f"#message-{wanted.pk}")).to_be_in_viewport()
    expect(page.locator(f"#message-{wanted.pk}")).to_be_focused()


def test_what_the_page_has_is_shown_without_opening_anything_anew(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.locator("#composer-text").fill("Half a word")
    page.locator("#filters [data-menu]").click()
    page.get_by_placeholder("Find in this thread").fill("warehouse")

    page.locator(".found-message").click()

    expect(page.locator(".entry.note")).to_be_focused()
    expect(page.locator("#composer-text")).to_have_value("Half a word")


def test_a_day_is_gone_to_from_the_filter(opened: Open, shop: Shop) -> None:
    for day in range(1, 100):
        factories.message(
            shop.matter, f"{day} days before", occurred_at=factories.MORNING - timedelta(days=day)
        )
    page = opened(thread(shop))
    page.get_by_role("button", name="Everything").click()

    page.get_by_label("Go to a day").fill(f"{factories.MORNING - timedelta(days=60):%Y-%m-%d}")
    page.get_by_label("Go to a day").press("Enter")

    expect(page.get_by_text("60 days before", exact=True)).to_be_in_viewport()
