"""Bubbles of messengers in a real browser: going to what is quoted, unfolding an album, reacting by keyboard; nobody is shut out."""

import pytest
from playwright.sync_api import expect

from inbox.models import Conversation, GestureOrder, Identity, Message
from tests import factories
from tests.agents import talk
from tests.agents.talk import CARDS, attach, carrying, on
from tests.browser.axe import faults
from tests.browser.morning import Open, Shop, opened, shop

__all__ = ["opened", "shop"]


class Talk:
    """Ana's matter goes on in a messenger: a question of long ago, much between, then cards, an album and an answer to it."""

    def __init__(self, shop: Shop) -> None:
        self.matter: Conversation = shop.matter
        chat = talk.channel_that("quotes", "own_reactions", name="Our messenger")
        identity: Identity = factories.identity(shop.matter.customer, "1/77", space="chat", name="Ana")
        pair = on(chat, identity)
        self.asked = factories.message(
            self.matter, "In which colour?", external_id="e0", occurred_at=factories.at(40), **pair
        )
        for minute in range(50):
            factories.message(self.matter, "And then", occurred_at=factories.at(41 + minute), **pair)
        carrying(self.matter, *CARDS, occurred_at=factories.at(100), **pair)
        self.album = factories.message(self.matter, "", occurred_at=factories.at(101), **pair)
        for number in range(6):
            attach(self.album, f"{number}.png", "image/png", talk.picture())
        self.answer: Message = factories.message(
            self.matter,
            "Blue",
            external_id="e1",
            in_reply_to=self.asked,
            occurred_at=factories.at(102),
            **pair,
        )
        talk.react(self.answer, "👍", shop.kim)
        shop.matter.public = True
        shop.matter.save()


@pytest.fixture
def spoken(shop: Shop) -> Talk:
    return Talk(shop)


def test_a_quote_leads_to_what_it_quotes_however_far(opened: Open, spoken: Talk) -> None:
    page = opened(f"/conversations/{spoken.matter.pk}/?in=mine")
    asked = page.locator(f"#message-{spoken.asked.pk}")
    expect(asked).to_have_count(0)

    page.locator(f"#message-{spoken.answer.pk} .quote").click()

    expect(asked).to_be_in_viewport()
    expect(asked).to_be_focused()


def test_an_album_unfolds_in_its_place(opened: Open, spoken: Talk) -> None:
    page = opened(f"/conversations/{spoken.matter.pk}/?in=mine")
    pictures = page.locator(f"#message-{spoken.album.pk} .album img:visible")
    expect(pictures).to_have_count(4)

    page.get_by_role("button", name="Show 2 more").click()

    expect(pictures).to_have_count(6)


def test_a_reaction_is_chosen_by_its_name_and_is_on_its_way_at_once(opened: Open, spoken: Talk) -> None:
    page = opened(f"/conversations/{spoken.matter.pk}/?in=mine")
    answer = page.locator(f"#message-{spoken.answer.pk}")
    expect(page.locator("body")).to_have_attribute("data-live", "open")

    answer.hover()
    answer.get_by_role("link", name="React to this message").click()
    expect(page.get_by_placeholder("Find an emoji")).to_be_focused()
    page.keyboard.type("party")
    page.keyboard.press("Enter")

    expect(answer).to_contain_text("Reaction 🎉: on its way")
    expect(page.locator("#react-menu")).to_be_hidden()
    assert GestureOrder.objects.get().emoji == "🎉"
    expect(page.locator("#composer-text")).to_have_value("")


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_bubbles_shut_nobody_out_and_fit(opened: Open, spoken: Talk, size: str, theme: str) -> None:
    page = opened(f"/conversations/{spoken.matter.pk}/?in=mine", size=size, theme=theme)
    expect(page.locator(f"#message-{spoken.answer.pk}")).to_be_visible()

    assert faults(page, within="#timeline") == []
    wide = page.evaluate(
        "[...document.querySelectorAll('#timeline .entry *')].filter((e) => e.getBoundingClientRect().right > innerWidth).length"
    )
    assert wide == 0
