"""An agent's page in a browser with a small shop's morning in it: ana's thread over mail and SMS, and some others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page

from inbox.models import Agent, Channel, Conversation, Identity
from tests import factories
from tests.browser.conftest import NewContext, Server

SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}

Open = Callable[..., Page]


class Shop:
    """A small shop's morning: ana's thread over mail and SMS, and some others waiting."""

    def __init__(self) -> None:
        self.sam = factories.agent("Sam Reed", time_zone="Europe/London")
        self.kim = factories.agent("Kim Lee")
        self.team = factories.team("Returns", members=(self.sam,))
        self.mailbox: Channel = factories.channel("email", name="help@shop.example")
        self.number: Channel = factories.channel("sms", name="Shop UK")
        ana = factories.customer("Ana Silva", vip=True, time_zone="Europe/Madrid", about="Prefers chat")
        self.mail: Identity = factories.identity(ana, "ana@x.example", verified_at=factories.MORNING)
        self.phone: Identity = factories.identity(
            ana, "+34611204489", space="phone", verified_at=factories.MORNING
        )
        self.claimed: Identity = factories.identity(ana, "ana@claimed.example")
        self.matter: Conversation = factories.conversation(
            ana, title="Wrong size", assignee=self.sam, team=self.team, last_activity=factories.at(30)
        )
        self._talk()
        for minute in range(3):
            factories.conversation(
                factories.customer(f"Person {minute}"),
                assignee=self.sam,
                last_activity=factories.at(minute),
                preview="Where is my order?",
                waiting_since=factories.at(minute),
            )

    def _talk(self) -> None:
        by_mail = {"channel": self.mailbox, "identity": self.mail}
        by_sms = {"channel": self.number, "identity": self.phone}
        html = "<p>May I still <b>change</b> it?</p>"
        factories.message(
            self.matter, "May I?", subject="Order 4417", html=html, occurred_at=factories.at(1), **by_mail
        )
        factories.note(self.matter, self.kim, "Warehouse: **16:00**", occurred_at=factories.at(2))
        factories.reply(
            self.matter, self.sam, "Of course.", occurred_at=factories.at(3), status="delivered", **by_sms
        )
        failed = factories.reply(
            self.matter,
            self.sam,
            "Here is the label",
            occurred_at=factories.at(30),
            status="failed",
            **by_sms,
        )
        failed.delivery.reason = "The phone is switched off."
        failed.delivery.save()
        factories.message(self.matter, "Thank you!", occurred_at=factories.at(31), **by_sms)
        factories.tag(self.matter, "exchange")


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return Shop()


@pytest.fixture
def opened(server: Server, shop: Shop, new_context: NewContext) -> Iterator[Open]:
    """Open a path of the page as an agent; a script error fails the test when it ends."""
    errors: list[str] = []

    def open_page(path: str, agent: Agent | None = None, size: str = "desk", theme: str = "light") -> Page:
        client = Client()
        client.force_login(agent or shop.sam)
        width, height = SIZES[size]
        context = new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, base_url=server.url
        )
        session = client.cookies["onethread_session"]
        context.add_cookies([{"name": session.key, "value": session.value, "url": server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    assert errors == []


def thread(shop: Shop) -> str:
    return f"/conversations/{shop.matter.pk}/?in=mine"
