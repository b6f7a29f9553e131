"""The composer on channels with windows, templates and public threads: what cannot go is not offered, and why is said."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from inbox.contract import Template
from inbox.models import Channel, Conversation, MessageTemplate, ReplyWindow
from tests import factories
from tests.browser.axe import faults
from tests.browser.morning import SIZES, Open, Shop, opened, shop

__all__ = ["opened", "shop"]

BODY = "Hello {{1}}, your order {{2}} has arrived. You can fetch it at our shop until {{3}}."


def chat_app(shop: Shop, *, ended: bool) -> Channel:
    """A channel with a window of a day; it has ended, or has three hours left."""
    channel = factories.channel("whatsapp", name="Shop chat")
    wrote = timezone.now() - (timedelta(days=2) if ended else timedelta(hours=21))
    ReplyWindow.objects.create(
        channel=channel, identity=shop.phone, wrote_at=wrote, until=wrote + timedelta(days=1)
    )
    factories.message(
        shop.matter, "Is it there yet?", channel=channel, identity=shop.phone, occurred_at=factories.at(40)
    )
    return channel


def templates(channel: Channel) -> None:
    listed = [
        Template(
            external_id="1", name="order_arrived", language="en_GB", body=BODY, variables=("1", "2", "3")
        ),
        Template(
            external_id="2", name="back_in_stock", language="en_GB", body="It is back.", buttons=("Show me",)
        ),
    ]
    for each in listed:
        MessageTemplate.objects.create(
            channel=channel,
            external_id=each.external_id,
            name=each.name,
            language=each.language,
            status="approved",
            category="UTILITY",
            body=each.body,
            variables=list(each.variables),
            buttons=list(each.buttons),
        )


def pictures(page: Page, name: str) -> None:
    """Set PICTURES to a folder to look at this screen: both themes, wide and narrow."""
    folder = os.environ.get("PICTURES")
    for theme in ("light", "dark") if folder else ():
        for size, (width, height) in SIZES.items():
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(folder or "") / f"{name}-{theme}-{size}.png")
    page.set_viewport_size({"width": 1440, "height": 900})


def path(matter: Conversation) -> str:
    return f"/conversations/{matter.pk}/?in=mine"


def test_while_the_window_is_open_it_says_for_how_long(opened: Open, shop: Shop) -> None:
    chat_app(shop, ended=False)

    page = opened(path(shop.matter))

    expect(page.locator('[data-needs="until"]')).to_contain_text("3h")
    expect(page.locator("#composer-text")).to_be_visible()
    assert faults(page) == []
    pictures(page, "open")


def test_when_it_has_ended_an_approved_template_is_filled_in_and_sent(opened: Open, shop: Shop) -> None:
    # Given a window that has ended, and two approved templates
    templates(chat_app(shop, ended=True))
    page = opened(path(shop.matter))

    # Then there is nothing to type freely, and why is said
    expect(page.locator("#composer-text")).to_be_hidden()
    expect(page.locator('[data-needs="template"]')).to_contain_text("time to answer here is over")

    # When one is chosen and its places are filled in
    page.get_by_text("order_arrived").click()
    for place, value in (("1", "Ana"), ("2", "4417"), ("3", "Saturday")):
        page.locator(f'.template-item:has(:checked) [data-key="{place}"]').fill(value)
    expect(page.locator(".template-item:has(:checked) .template-text")).to_contain_text(
        "Hello Ana, your order 4417"
    )
    assert faults(page) == []
    pictures(page, "template")
    page.locator("[data-send]:visible").first.click()

    # Then it stands in the thread as they will read it
    expect(page.locator("#timeline .entry[id]", has_text="Hello Ana, your order 4417")).to_be_visible()


def test_a_template_with_an_empty_place_does_not_go(opened: Open, shop: Shop) -> None:
    templates(chat_app(shop, ended=True))
    page = opened(path(shop.matter))

    page.get_by_text("order_arrived").click()
    page.locator("[data-send]:visible").first.click()

    expect(page.locator("#composer-error")).to_contain_text("Fill in all places")


def test_a_public_answer_is_asked_about_once_and_a_private_one_goes_to_the_author(
    opened: Open, shop: Shop
) -> None:
    # Given a comment everybody can read
    page_channel = factories.channel("messenger", name="Shop page")
    author = factories.identity(shop.matter.customer, "1045/user/77", space="messenger", name="Ana Silva")
    comment = factories.conversation(
        shop.matter.customer,
        main=False,
        public=True,
        thread_key="post1",
        channel=page_channel,
        assignee=shop.sam,
    )
    for number in (1, 2):
        factories.message(
            comment,
            f"How much is it? {number}",
            channel=page_channel,
            identity=author,
            external_id=f"c{number}",
        )
    page = opened(path(comment))
    expect(page.locator('[data-needs="public"]')).to_contain_text("Everybody can read")
    assert faults(page) == []
    pictures(page, "public")

    # When it is answered in public, it is asked once
    page.locator("#composer-text").fill("20 euros")
    page.get_by_role("button", name="Answer in public").click()
    expect(page.locator("#composer-ask")).to_contain_text("Everybody can read this answer")
    page.get_by_role("button", name="Send in public").click()
    expect(page.locator("#timeline .entry[id]", has_text="20 euros")).to_be_visible()

    # And a private one stands in their own thread
    page.locator('input[name="private"]').check()
    page.locator("#composer-text").fill("For you 18")
    page.get_by_role("button", name="Answer in private").click()
    expect(page.locator("#timeline .entry[id]", has_text="For you 18")).to_be_visible()
    private = shop.matter.customer.messages.get(text="For you 18")
    assert (private.private, private.conversation.public) == (True, False)
