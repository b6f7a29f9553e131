"""The agent's page in a real browser: accessible in both themes and at every width, quick by keyboard, and nothing written is lost."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.axe import faults, moving
from tests.browser.morning import SIZES, Open, Shop, opened, shop, thread

__all__ = ["opened", "shop"]


# ---------------------------------------------------------------- everybody can use it


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_no_fault_that_axe_knows_at_any_width(opened: Open, shop: Shop, theme: str) -> None:
    page = opened(thread(shop), theme=theme)
    expect(page.locator(".day").first).to_be_visible()

    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert faults(page, advice=True) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_other_pages_have_none_either(opened: Open, theme: str) -> None:
    page = opened("/inbox/mine/", theme=theme)

    for path in ("/inbox/mine/", "/inbox/snoozed/", "/search/?q=order", "/customers/"):
        page.goto(path)
        assert faults(page, advice=True) == []


def test_menus_and_dialogs_have_none_either(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))

    for key in ("a", "s", "t", "?", "Control+k"):
        page.keyboard.press(key)
        page.locator(".menu:popover-open .menu-item, dialog[open]").first.wait_for()
        assert faults(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(".menu:popover-open, dialog[open]")).to_have_count(0)


def test_who_wants_no_motion_gets_none(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))

    assert moving(page) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert moving(page) > 0


def test_nothing_is_wider_than_the_window(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))

    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate(
            "document.querySelector('#actions').getBoundingClientRect().right <= window.innerWidth"
        )


def test_the_page_itself_never_scrolls_however_much_the_panel_holds(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))

    page.set_viewport_size({"width": 1440, "height": 480})
    panel = page.locator("#panel, .panel").first
    assert panel.evaluate("(panel) => panel.scrollHeight > panel.clientHeight")
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


def test_at_twice_the_size_everything_is_still_there(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.set_viewport_size({"width": 720, "height": 450})

    expect(page.locator("#composer-text")).to_be_in_viewport()
    expect(page.locator("#actions .thread-resolve button")).to_be_in_viewport()


def test_on_a_phone_there_is_one_place_at_a_time(opened: Open, shop: Shop) -> None:
    page = opened("/inbox/mine/", size="phone")
    expect(page.locator("#main")).to_be_hidden()

    page.get_by_role("link", name="Ana Silva").click()
    expect(page.locator("#composer-text")).to_be_visible()
    expect(page.locator(".list")).to_be_hidden()
    page.get_by_role("link", name="Back to the list").click()

    expect(page.locator(".list")).to_be_visible()
    expect(page.locator("#main")).to_be_hidden()


def test_focus_returns_to_where_a_menu_came_from(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.keyboard.press("s")
    page.locator("#snooze-menu .menu-item").first.wait_for()

    page.keyboard.press("Escape")

    expect(page.locator('#actions [data-menu="snooze-menu"]')).to_be_focused()


# ---------------------------------------------------------------- hands on the keyboard


def test_one_moves_opens_resolves_and_takes_it_back_without_the_mouse(opened: Open, shop: Shop) -> None:
    page = opened("/inbox/mine/")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#thread-title")).to_have_text("Ana Silva")
    page.keyboard.press("e")
    expect(page.locator("#actions")).to_have_attribute("data-status", "resolved")
    expect(page.locator(f"#conversation-row-{shop.matter.pk}")).to_have_count(0)
    page.keyboard.press("z")

    expect(page.locator("#actions")).to_have_attribute("data-status", "open")
    expect(page.locator(f"#conversation-row-{shop.matter.pk}")).to_have_count(1)


def test_several_are_resolved_at_once(opened: Open, shop: Shop) -> None:
    page = opened("/inbox/mine/")

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="Resolve", exact=True).click()

    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator("#count-mine")).to_have_text("2")


def test_while_rows_are_picked_the_verbs_are_theirs_and_not_the_open_ones(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    picked = page.locator(".row", has_text="Person").filter(has_not_text="Ana Silva")
    for number in range(2):
        picked.nth(number).get_by_role("checkbox").check(force=True)
    page.keyboard.press("Escape")

    for key, menu in {"a": "bulk-assign", "t": "bulk-tag", "s": "bulk-snooze"}.items():
        page.locator("body").press(key)
        page.locator(f"#{menu} .menu-item").first.wait_for()
        page.keyboard.press("Escape")
    page.locator("body").press("e")

    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator("#actions")).to_have_attribute("data-status", "open")
    shop.matter.refresh_from_db()
    assert shop.matter.status == "open"


def test_enter_in_the_date_of_a_snooze_means_that_date(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.keyboard.press("s")
    date = page.locator("#snooze-menu input[name=until]")

    date.fill("2030-05-06T07:30")
    date.press("Enter")

    expect(page.locator("#actions")).to_have_attribute("data-status", "snoozed")
    shop.matter.refresh_from_db()
    # Half past seven in London's summer.
    assert shop.matter.snoozed_until == datetime(2030, 5, 6, 6, 30, tzinfo=UTC)


def test_the_palette_lands_on_the_message(opened: Open, shop: Shop) -> None:
    page = opened("/inbox/unassigned/")

    page.keyboard.press("Control+k")
    page.keyboard.type("label")
    page.locator("#palette-results [role=option]").first.wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url("**/conversations/*/?message=*")
    expect(page.get_by_text("Here is the label")).to_be_in_viewport()


# ---------------------------------------------------------------- writing


def test_a_reply_shows_at_once_and_can_be_taken_back(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.keyboard.press("r")
    page.keyboard.type("It is M now")

    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry.message").last).to_contain_text("It is M now")
    expect(page.locator("#composer-text")).to_have_value("")
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#composer-text")).to_have_value("It is M now")
    expect(page.locator(".entry.message").last).to_contain_text("Taken back")


def test_the_button_says_who_gets_it_and_fields_follow_the_channel(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    expect(page.locator("[data-label]")).to_have_text("Send SMS to …89")
    expect(page.locator("#composer-subject")).to_be_hidden()

    page.locator("#pair").click()
    page.locator("#pair-menu label", has_text="ana@x.example").click()

    expect(page.locator("[data-label]")).to_have_text("Send E-mail to ana@x.example")
    expect(page.locator("#composer-subject")).to_have_value("Re: Order 4417")


def test_segments_are_counted_where_they_are_billed(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))

    page.locator("#composer-text").fill("x" * 161)
    expect(page.locator("#composer-counter")).to_have_text("161 · 2 segments")
    page.locator("#composer-text").fill("ż" * 70)

    expect(page.locator("#composer-counter")).to_have_text("70 / 70")


def test_a_claimed_address_asks_once(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.locator("#pair").click()
    page.locator("#pair-menu label", has_text="ana@claimed.example").click()
    page.locator("#composer-text").fill("Is this you?")

    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer-ask")).to_contain_text("Nobody has proven")
    page.locator("#composer-ask [data-confirm-send]").click()

    expect(page.locator(".entry.mail").last).to_contain_text("Is this you?")


def test_what_changed_while_one_wrote_is_shown_before_it_is_sent(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.locator("#composer-text").fill("Done")
    factories.message(shop.matter, "Wait, L after all", channel=shop.number, identity=shop.phone)

    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer-ask")).to_contain_text("Wait, L after all")
    expect(page.locator("#composer-text")).to_have_value("Done")
    page.get_by_role("button", name="Send all the same").click()

    expect(page.locator(".entry.message", has_text="Done")).to_be_visible()


def test_a_note_can_never_be_sent_by_mistake(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.keyboard.press("n")
    page.keyboard.type("Careful with this one")
    expect(page.locator("[data-label]")).to_be_hidden()

    page.keyboard.press("Control+Enter")

    expect(page.locator(".entry.note").last).to_contain_text("Careful with this one")
    assert not shop.matter.messages.filter(direction="outbound", text__contains="Careful").exists()


def test_what_one_began_is_there_on_another_device(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.locator("#composer-text").fill("Half a sentence")
    expect(page.locator("#composer-state")).to_have_text("Draft saved")

    other = opened(thread(shop), size="phone")

    expect(other.locator("#composer-text")).to_have_value("Half a sentence")


def test_a_file_is_attached_and_can_be_taken_away(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    file = {"name": "label.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}

    page.locator('input[name="files"]').set_input_files([file])
    expect(page.locator(".composer-file")).to_contain_text("label.pdf")
    page.get_by_role("button", name="Remove label.pdf").click()

    expect(page.locator(".composer-file")).to_have_count(0)


def test_without_a_connection_the_text_stays(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.locator("#composer-text").fill("Not lost")
    page.context.set_offline(True)

    page.keyboard.press("Control+Enter")

    expect(page.locator("#composer-error")).to_contain_text("Not sent")
    expect(page.locator("#composer-text")).to_have_value("Not lost")


# ---------------------------------------------------------------- reading


def test_older_messages_come_without_a_jump(opened: Open, shop: Shop) -> None:
    for number in range(120):
        factories.message(shop.matter, f"Number {number}", occurred_at=factories.at(100 + number))
    page = opened(thread(shop))
    expect(page.locator(".entry")).to_have_count(40)

    page.evaluate("document.getElementById('timeline-scroll').scrollTop = 5")
    place = (
        "[...document.querySelectorAll('.entry')].find((each) => each.getBoundingClientRect().bottom > 120)"
    )
    known = page.evaluate(f"{place}.id")
    before = page.evaluate(f"document.getElementById('{known}').getBoundingClientRect().top")
    expect(page.locator(".entry")).to_have_count(80)
    after = page.evaluate(f"document.getElementById('{known}').getBoundingClientRect().top")

    assert abs(after - before) <= 2


def test_the_html_of_a_mail_runs_nothing_and_fits_its_frame(opened: Open, shop: Shop) -> None:
    evil = (
        "<p>Line</p>" * 30
        + "<script>parent.document.title='owned'</script><img src=x onerror=\"parent.document.title='owned'\">"
    )
    factories.message(
        shop.matter, "x", html=evil, channel=shop.mailbox, identity=shop.mail, occurred_at=factories.at(90)
    )
    page = opened(thread(shop))

    frame = page.locator(".entry.mail iframe").last
    expect(frame).to_be_visible()
    page.wait_for_function("document.querySelectorAll('.mail-frame')[1]?.offsetHeight > 500")

    assert page.title() != "owned"


def test_the_theme_is_chosen_and_kept(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.get_by_role("button", name="My status and theme").click()

    with page.expect_response("**/me/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
