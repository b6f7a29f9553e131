"""People of these tests: sam and kim have the inbox open, ana writes; kim alone reads HR. A real server serves the pages."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from inbox.models import Agent, Channel, Conversation, Customer, Desk
from tests import factories
from tests.browser.conftest import Server, one_server, server
from tests.inbox.arrivals import arrive

__all__ = ["one_server", "server"]  # fixtures, shared with tests/browser


@pytest.fixture
def sam(transactional_db: None) -> Agent:
    return factories.agent("Sam Reed")


@pytest.fixture
def kim(transactional_db: None) -> Agent:
    return factories.agent("Kim Lee")


@pytest.fixture
def hr(kim: Agent) -> Desk:
    """A restricted desk; kim is its only member."""
    return factories.desk("HR", restricted=True, members=(kim,))


@pytest.fixture
def channel(transactional_db: None) -> Channel:
    return factories.channel(name="Sandbox", settings={"secret": "only-for-tests"})


@pytest.fixture
def matter(channel: Channel) -> Conversation:
    """Ana has written twice."""
    arrive(channel, "Where is my parcel?")
    return arrive(channel, "It is number 17.").conversation


@pytest.fixture
def ana(matter: Conversation) -> Customer:
    return matter.customer


def session_of(agent: Agent) -> str:
    """The key of a new session of this agent."""
    client = Client()
    client.force_login(agent)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def browser_of(server: Server, new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """A browser in which somebody is logged in."""

    def open_for(agent: Agent, **more: object) -> BrowserContext:
        context = new_context(base_url=server.url, **more)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(agent), "url": server.url}
        context.add_cookies([cookie])
        return context

    return open_for


def opened(context: BrowserContext, address: str) -> Page:
    """A page with its live line open."""
    page = context.new_page()
    page.goto(address)
    expect(page.locator("body")).to_have_attribute("data-live", "open")
    return page
