"""Choosing an emoji in the composer: by its name, by the arrow keys, by mouse; it goes where the caret is."""

from playwright.sync_api import Page, expect

from tests.browser.morning import Open, Shop, opened, shop, thread

__all__ = ["opened", "shop"]


def offered(opened: Open, shop: Shop, text: str = "") -> Page:
    """The composer with this text, and the emoji open."""
    page = opened(thread(shop))
    page.locator("#composer-text").fill(text)
    page.get_by_role("button", name="Emoji").or_(page.get_by_role("link", name="Emoji")).click()
    expect(page.get_by_placeholder("Find an emoji")).to_be_focused()
    return page


def test_its_name_and_enter_put_it_where_the_caret_is(opened: Open, shop: Shop) -> None:
    page = offered(opened, shop, "Thank you ")

    page.keyboard.type("parcel")
    expect(page.locator("[data-emoji]:visible")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.locator("#composer-text")).to_have_value("Thank you 📦")
    expect(page.locator("#composer-text")).to_be_focused()
    expect(page.locator("#emoji-menu")).to_be_hidden()


def test_the_arrow_keys_walk_the_grid(opened: Open, shop: Shop) -> None:
    page = offered(opened, shop)
    rows = page.locator("[data-emoji]")

    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(rows.nth(8)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("ArrowUp")

    expect(page.get_by_placeholder("Find an emoji")).to_be_focused()


def test_one_click_chooses_and_the_draft_has_it(opened: Open, shop: Shop) -> None:
    page = offered(opened, shop, "Great")

    page.locator('[data-name="party"]').click()

    expect(page.locator("#composer-text")).to_have_value("Great🎉")
    expect(page.locator("#composer-state")).to_have_text("Draft saved")
