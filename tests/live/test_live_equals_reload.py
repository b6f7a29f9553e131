"""Whatever happens: a page that was open shows the same as one opened afterwards. In a real browser, for every kind of event."""

import time
from collections.abc import Callable
from difflib import unified_diff

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from inbox.events import Kind
from inbox.models import Agent, Channel, Event
from tests.live import happenings
from tests.live.conftest import opened
from tests.live.happenings import HAPPENINGS, World

SHOWN = """
() => {
  const places = ["#timeline", "#thread-head", "#matters", "#filters", "#panel", "#pair", "#pair-menu", "#rows", ".rail-link .count"];
  const page = document.body.cloneNode(true);
  // A form's token differs each time it is rendered; what "now" is and which entry is new or unread depends on who looked when.
  page.querySelectorAll("input[name=csrfmiddlewaretoken], .seen-line, .typing, #presence").forEach((each) => each.remove());
  for (const each of page.querySelectorAll("*")) {
    each.classList.remove("is-new", "is-found", "htmx-request");
    if (!each.classList.length) each.removeAttribute("class");
    for (const name of ["data-first-unread", "data-unread", "hx-headers"]) each.removeAttribute(name);
    const attributes = [...each.attributes].map(({name, value}) => [name, value]).sort();
    for (const [name] of attributes) each.removeAttribute(name);
    for (const [name, value] of attributes) each.setAttribute(name, value);
    if (each.matches("relative-time")) each.replaceChildren(), each.removeAttribute("title");
  }
  return places.map((place) => [...page.querySelectorAll(place)].map((each) =>
    each.outerHTML.replace(/>\\s*</g, ">\\n<").replace(/[ \\t]+/g, " ")).join("\\n")).join("\\n");
}
"""


def shown(page: Page) -> str:
    """What the page shows, place by place."""
    try:
        lines = page.evaluate(SHOWN).splitlines()
    except PlaywrightError:  # it was just being opened anew
        expect(page.locator("body")).to_have_attribute("data-live", "open")
        lines = page.evaluate(SHOWN).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def reloaded(context: BrowserContext, address: str) -> str:
    """What a page opened now shows."""
    page = opened(context, address)
    page.wait_for_timeout(100)
    text = shown(page)
    page.close()
    return text


def become_equal(page: Page, context: BrowserContext, address: str) -> list[str]:
    """The difference between the open page and a fresh one once things have settled; empty if there is none."""
    difference: list[str] = []
    until = time.monotonic() + 8
    while time.monotonic() < until:
        before = shown(page)
        fresh = reloaded(context, address)
        if fresh in (before, shown(page)):
            return []
        difference = list(
            unified_diff(fresh.splitlines(), before.splitlines(), "fresh", "live", n=1, lineterm="")
        )
    return difference


REOPENED = {Kind.CUSTOMERS_MERGED, Kind.CUSTOMERS_SEPARATED}
"""What the page is opened anew for."""


@pytest.fixture
def world(sam: Agent, kim: Agent, channel: Channel) -> World:
    return happenings.world(sam, kim, channel)


def test_every_kind_of_event_happens_here() -> None:
    assert set(HAPPENINGS.values()) == set(Kind)


@pytest.mark.parametrize("happens", HAPPENINGS, ids=lambda each: each.__name__)
def test_an_open_page_shows_what_a_fresh_one_shows(
    world: World, browser_of: Callable[..., BrowserContext], happens: Callable[[World], None]
) -> None:
    context = browser_of(world.sam)
    address = f"/conversations/{world.matter.pk}/?in=all"
    page = opened(context, address)
    page.evaluate("window.stayed = true")
    before = shown(page)
    last = Event.objects.latest("pk").pk

    happens(world)

    assert Event.objects.filter(pk__gt=last, kind=HAPPENINGS[happens]).exists()
    assert "\n".join(become_equal(page, context, address)) == ""
    assert (shown(page) == before) == (happens is happenings.undone)
    assert page.evaluate("window.stayed === true") == (HAPPENINGS[happens] not in REOPENED)
