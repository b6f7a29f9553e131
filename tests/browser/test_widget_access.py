"""The widget for everybody: axe, keyboard, screen reader, phone, contrast, motion, languages; and on a page with a strict policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults, moving
from tests.browser.conftest import NewContext, Server, Worker
from tests.browser.widget import DESKTOP, PHONE, address, answers, open_chat, says, shop, visit
from tests.standins.web import Web


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_serious_fault_in_any_state(
    new_context: NewContext, server: Server, worker: Worker, size: Any, scheme: Any
) -> None:
    page = new_context(viewport=size, color_scheme=scheme).new_page()
    channel = shop(ask_email=True, starters=["Where is my order?"], hours="Mon–Fri, 9–18", colour="#e8b04b")
    page.goto(address(server, channel))
    expect(page.locator(".launcher")).to_be_visible()
    assert faults(page, within="onethread-chat") == []
    open_chat(page)
    assert faults(page, within="onethread-chat") == []
    page.get_by_role("button", name="Emoji").click()
    assert faults(page, within="onethread-chat") == []
    page.keyboard.press("Escape")
    says(page, "Hello https://shop.example")
    answers(channel, "Good morning https://shop.example")
    expect(page.locator(".theirs")).to_be_visible()
    expect(page.locator(".intro")).to_be_visible()
    assert faults(page, within="onethread-chat") == []


def test_everything_works_by_keyboard(page: Page, server: Server, worker: Worker) -> None:
    channel = shop()
    page.goto(address(server, channel))
    page.locator(".launcher").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Write a message")).to_be_focused()

    page.keyboard.type("Line one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Line two")
    page.keyboard.press("Enter")
    expect(page.locator(".mine .bubble")).to_have_text("Line one\nLine two")
    expect(page.get_by_label("Write a message")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Write a message")).not_to_have_value("")

    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".launcher")).to_be_focused()


def test_an_input_methods_enter_does_not_send(page: Page, server: Server, worker: Worker) -> None:
    visit(page, server, shop())
    page.get_by_label("Write a message").fill("にほん")

    page.get_by_label("Write a message").dispatch_event("keydown", {"key": "Enter", "isComposing": True})

    expect(page.locator(".mine")).to_have_count(0)


def test_on_a_phone_the_chat_takes_the_screen_and_keeps_the_focus(page: Page, server: Server) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    panel = visit(page, server, shop())

    assert panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    expect(panel).to_have_attribute("aria-modal", "true")
    for key in ["Tab"] * 9 + ["Shift+Tab"] * 9:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.localName") == "onethread-chat"
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    page.keyboard.press("Escape")
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"


def test_on_a_desk_the_page_behind_stays_usable(page: Page, server: Server) -> None:
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    panel = visit(page, server, shop())

    expect(panel).to_have_attribute("aria-modal", "false")
    page.get_by_role("link", name="Care").click()
    assert page.url.endswith("#care")


def test_who_wants_no_motion_gets_none(page: Page, server: Server) -> None:
    visit(page, server, shop())
    inside = page.evaluate_handle("document.querySelector('onethread-chat').shadowRoot")

    assert moving(page, inside) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert moving(page, inside) > 0


def test_any_colour_keeps_text_readable(page: Page, server: Server) -> None:
    """4.5 to 1 for what is written on the colour, and for the colour written on our grounds (WCAG 2.2, 1.4.3)."""
    visit(page, server, shop())

    worst = page.evaluate(
        """async () => {
          const from = document.querySelector('script[data-channel]').src;
          const version = (await (await fetch(from)).text()).match(/version = "(\\w+)"/)[1];
          const { themeSheet, contrast } = await import(new URL(`widget/${version}/theme.js`, from));
          const rgb = (text) => text.match(/\\d+/g).map(Number);
          let worst = 21;
          for (let r = 0; r < 256; r += 15) for (let g = 0; g < 256; g += 15) for (let b = 0; b < 256; b += 15) {
            const hex = '#' + [r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('');
            const text = themeSheet(hex).cssRules[0].cssText;
            const value = (name) => text.match(new RegExp(`--${name}: ([^;]+);`))[1];
            const [light, dark] = value('accent-text').match(/rgb\\([^)]*\\)/g).map(rgb);
            worst = Math.min(
              worst, contrast(rgb(value('accent')), rgb(value('accent-ink'))), contrast(rgb(value('accent-deep')), rgb(value('accent-ink'))),
              contrast(light, [243, 242, 239]), contrast(dark, [41, 41, 47]),
            );
          }
          return worst;
        }"""
    )

    assert worst >= 4.5


@pytest.mark.parametrize(
    ("locale", "word"),
    [
        ("de-AT", "Nachricht schreiben …"),
        ("es", "Escriba un mensaje…"),
        ("fr-CA", "Écrivez un message…"),
        ("ja", "Write a message…"),
    ],
)
def test_it_speaks_the_visitors_language(
    new_context: NewContext, server: Server, locale: str, word: str
) -> None:
    page = new_context(locale=locale).new_page()
    page.route(
        "**/demo/**",
        lambda route: route.fulfill(
            response=(answer := route.fetch()), body=answer.text().replace('lang="en"', "")
        ),
    )

    visit(page, server, shop())

    expect(page.get_by_placeholder(word)).to_be_visible()


def test_right_to_left_mirrors_the_chat(page: Page, server: Server, worker: Worker) -> None:
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    channel = shop()
    page.route(
        "**/demo/**",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace("data-channel", 'data-dir="rtl" data-channel'),
        ),
    )
    panel = visit(page, server, channel)
    says(page, "שלום")

    mine, box = page.locator(".mine .bubble").bounding_box(), panel.bounding_box()
    assert mine is not None
    assert box is not None
    assert box["x"] < 100
    assert mine["x"] - box["x"] < 40


@pytest.fixture
def website() -> Iterator[Web]:
    """Somebody's website on another host and port than ours."""
    with Web.running() as web:
        yield web


def test_it_works_on_another_host_with_the_strictest_policy(
    page: Page, server: Server, worker: Worker, website: Web
) -> None:
    """No style-src, no unsafe-inline, nothing but our address in script-src, connect-src and img-src."""
    host = website.url("").rstrip("/").replace("127.0.0.1", "localhost")
    channel = shop(origins=[host])
    ours = server.url
    policy = f"default-src 'none'; script-src {ours}; connect-src {ours} {server.ws}; img-src {ours}"
    body = f'<!doctype html><html lang="en"><title>Shop</title><p>Hello</p><script async src="{ours}/c/webchat/widget.js" data-channel="{channel.public_id}"></script>'
    website.answers["/"] = (
        200,
        {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy},
        body.encode(),
    )
    complaints: list[str] = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))

    page.goto(f"{host}/")
    open_chat(page)
    says(page, "Hello from elsewhere")
    answers(channel, "Hello to elsewhere")

    expect(page.locator(".theirs .bubble")).to_have_text("Hello to elsewhere")
    assert [text for text in complaints if "favicon" not in text] == []
    assert page.evaluate("document.cookie") == ""


def test_a_website_that_is_not_listed_shows_no_chat(page: Page, server: Server, website: Web) -> None:
    channel = shop(origins=["https://www.shop.example"])
    body = f'<!doctype html><title>Evil</title><script async src="{server.url}/c/webchat/widget.js" data-channel="{channel.public_id}"></script>'
    website.answers["/"] = (200, {"Content-Type": "text/html"}, body.encode())
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(website.url("/"))
    page.wait_for_timeout(1500)

    assert page.locator("onethread-chat").count() == 0
    assert any("could not be loaded" in text for text in said)
