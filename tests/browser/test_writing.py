"""What an agent writes is never lost and never taken for sent when it was not: logged out, refused, gone on meanwhile."""

import re

from playwright.sync_api import Page, Route, expect

from inbox.models import Conversation, Draft, Message
from tests import factories
from tests.browser.morning import Open, Shop, opened, shop, thread

__all__ = ["opened", "shop"]

SESSION = "onethread_session"
ASKED = "() => performance.getEntriesByType('resource').some((each) => each.name.endsWith('/read/'))"


def log_out(page: Page) -> dict[str, str]:
    """The session ends while the page stays (all it asks by itself has been asked); gives the cookie that was worth something."""
    page.wait_for_function(ASKED)
    cookie = next(each for each in page.context.cookies() if each["name"] == SESSION)
    known = {"name": SESSION, "value": cookie["value"], "domain": cookie["domain"], "path": "/"}
    page.context.add_cookies([{**known, "value": "over"}])
    return known


def other_matter(shop: Shop) -> Conversation:
    return Conversation.objects.get(customer__name="Person 0")


def send_and_go_on(page: Page, shop: Shop, text: str) -> Route:
    """Send, and open another conversation before the server has heard of it; gives what is under way."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/send/", hold)
    page.locator("#composer-text").fill(text)
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="Person 0").click()
    expect(page.locator("#thread-title")).to_have_text("Person 0")
    return held[0]


def test_after_the_login_has_ended_nothing_is_taken_for_sent(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    cookie = log_out(page)
    page.locator("#composer-text").fill("Not lost")

    page.keyboard.press("Control+Enter")

    expect(page.locator("#composer-error")).to_contain_text("you are logged out")
    expect(page.locator("#composer-text")).to_have_value("Not lost")
    expect(page.locator(".entry", has_text="Not lost")).to_have_count(0)
    assert not Message.objects.filter(text="Not lost").exists()
    page.context.add_cookies([cookie])
    page.goto(thread(shop))
    expect(page.locator("#composer-text")).to_have_value("Not lost")


def test_a_draft_the_server_did_not_take_waits_in_the_tab(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.locator("#composer-text").fill("Half a")
    expect(page.locator("#composer-state")).to_have_text("Draft saved")
    cookie = log_out(page)

    page.locator("#composer-text").fill("Half a sentence")
    expect(page.locator("#composer-state")).to_have_text("Kept on this device only")
    page.reload()
    expect(page).to_have_url(re.compile("/login/"))
    page.context.add_cookies([cookie])
    page.goto(thread(shop))

    expect(page.locator("#composer-text")).to_have_value("Half a sentence")
    expect(page.locator("#composer-state")).to_have_text("Draft saved")
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft-'))") == []


def test_a_draft_that_is_refused_waits_in_the_tab_too(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    long = "x" * 100_001

    page.locator("#composer-text").fill(long)
    expect(page.locator("#composer-state")).to_have_text("Kept on this device only")
    page.reload()

    expect(page.locator("#composer-text")).to_have_value(long)


def test_a_note_that_was_kept_in_the_tab_is_in_view_again(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    cookie = log_out(page)
    page.get_by_role("tab", name="Note").click()
    page.locator("#composer-text").fill("For kim")
    expect(page.locator("#composer-state")).to_have_text("Kept on this device only")

    page.context.add_cookies([cookie])
    page.goto(thread(shop))

    expect(page.get_by_role("tab", name="Note")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#composer-text")).to_have_value("For kim")


def test_a_refusal_follows_the_agent_to_where_they_are_now(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    factories.message(shop.matter, "Wait, L after all", channel=shop.number, identity=shop.phone)

    send_and_go_on(page, shop, "Done").continue_()

    expect(page.locator(".toast")).to_contain_text("Your message to Ana Silva was not sent")
    expect(page.locator("#composer-text")).to_have_value("")
    page.locator(".toast").get_by_role("button", name="Open").click()
    expect(page.locator("#thread-title")).to_have_text("Ana Silva")
    expect(page.locator("#composer-text")).to_have_value("Done")


def test_what_was_sent_from_one_thread_never_shows_in_another(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    sending = send_and_go_on(page, shop, "Only for ana")

    with page.expect_response("**/send/"):
        sending.continue_()
    expect(page.locator(".toast")).to_contain_text("Sending in")

    expect(page.locator(".entry", has_text="Only for ana")).to_have_count(0)
    expect(page.locator("#actions")).to_have_attribute("data-conversation", str(other_matter(shop).pk))


def test_what_is_taken_back_from_elsewhere_waits_as_a_draft(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    sending = send_and_go_on(page, shop, "Only for ana")
    sending.continue_()

    with page.expect_response("**/draft/"):
        page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#composer-text")).to_have_value("")
    page.goto(thread(shop))

    expect(page.locator("#composer-text")).to_have_value("Only for ana")


def test_turning_from_reply_to_note_loses_neither(opened: Open, shop: Shop) -> None:
    page = opened(thread(shop))
    page.locator("#composer-text").fill("A reply")
    page.get_by_role("tab", name="Note").click()
    page.locator("#composer-text").fill("A note")
    expect(page.locator("#composer-state")).to_have_text("Draft saved")

    page.get_by_role("link", name="Person 0").click()
    expect(page.locator("#thread-title")).to_have_text("Person 0")
    page.get_by_role("link", name="Ana Silva").first.click()

    expect(page.locator("#composer-text")).to_have_value("A reply")
    page.get_by_role("tab", name="Note").click()
    expect(page.locator("#composer-text")).to_have_value("A note")
    assert Draft.objects.count() == 2
