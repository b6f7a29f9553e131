"""What people have on their screens while the whole house runs: two agents' pages and a visitor's, and how to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from inbox.models import Agent, Channel
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.widget import DESKTOP, open_chat, says
from tests.house import House

ORDER = "(entries) => entries.map((entry) => `${entry.id} ${entry.querySelector('.delivery')?.dataset.status ?? ''}`)"


@dataclass
class AgentScreen:
    """An agent's open page."""

    agent: Agent
    page: Page

    @property
    def composer(self) -> Locator:
        return self.page.locator("#composer-text")

    @property
    def presence(self) -> Locator:
        return self.page.locator("#presence")

    @property
    def lost_bar(self) -> Locator:
        return self.page.locator("#connection")

    def row(self, text: str) -> Locator:
        return self.page.locator(".row", has_text=text)

    def entry(self, text: str) -> Locator:
        """A message of the open thread as the server knows it (the stand-in of one being sent has no id)."""
        return self.page.locator("#timeline .entry[id]", has_text=text)

    def tick(self, text: str) -> Locator:
        return self.entry(text).locator(".delivery")

    def open(self, text: str) -> None:
        """Open the thread whose row says this, and wait until colleagues can know."""
        self.row(text).locator(".row-link").click()
        expect(self.composer).to_be_visible()

    def answer(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Control+Enter")

    def thread(self) -> list[str]:
        """Everything in the thread, in order: each entry's id and how far it has come."""
        found: list[str] = self.page.locator("#timeline .entry").evaluate_all(ORDER)
        return found

    def fresh(self) -> AgentScreen:
        """The same place, opened anew in a tab beside."""
        tab = self.page.context.new_page()
        tab.goto(self.page.url)
        expect(tab.locator("#timeline .entry").first).to_be_visible()
        return AgentScreen(self.agent, tab)

    def mark(self) -> None:
        """Leave a mark that a reload would wipe out."""
        self.page.evaluate("window.sameAsBefore = true")

    def was_never_reloaded(self) -> bool:
        return self.page.evaluate("window.sameAsBefore === true") is True


def log_in(house: House, new_context: NewContext, agent: Agent, **context: Any) -> AgentScreen:
    """The agent with all open conversations before them, connected."""
    client = Client()
    client.force_login(agent)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    made = new_context(base_url=house.url, **{"viewport": DESKTOP, **context})
    made.add_cookies([{"name": session.key, "value": session.value, "url": house.url}])
    screen = AgentScreen(agent, made.new_page())
    screen.page.goto("/inbox/all/")
    connected(screen)
    screen.mark()
    return screen


def connected(screen: AgentScreen) -> None:
    expect(screen.page.locator("body")).to_have_attribute("data-live", "open", timeout=40_000)


@dataclass
class Scene:
    """Sam and kim at their desks, and somebody in the shop."""

    house: House
    channel: Channel
    sam: AgentScreen
    kim: AgentScreen
    visitor: Page

    @property
    def agents(self) -> tuple[AgentScreen, AgentScreen]:
        return self.sam, self.kim

    def begin(self, text: str = "Do you have it in moss?") -> None:
        """The visitor writes, and both agents open what they wrote."""
        says(self.visitor, text)
        for each in self.agents:
            each.open(text)
            expect(each.entry(text)).to_be_visible()


def visit_shop(house: House, new_context: NewContext, channel: Channel) -> Page:
    """The shop's front page with the chat open."""
    page = new_context(viewport=DESKTOP).new_page()
    page.goto(f"{house.url}/c/webchat/demo/{channel.public_id}/")
    open_chat(page)
    return page


def scene(house: House, new_context: NewContext) -> Scene:
    channel = house.chat_channel(ask_email=False)
    sam, kim = factories.agent("Sam Reed"), factories.agent("Kim Lee")
    return Scene(
        house,
        channel,
        log_in(house, new_context, sam),
        log_in(house, new_context, kim),
        visit_shop(house, new_context, channel),
    )
