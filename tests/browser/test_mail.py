"""A stranger's mail in a real browser: nothing leaves before one asks for it, and what one asks for is shown."""

from playwright.sync_api import FrameLocator, Page, expect

from connectors.email.reading import Limits, sanitise
from inbox.models import Message, Original
from tests import factories
from tests.browser.morning import Open, Shop, opened, shop, thread
from tests.browser.pictures import pictures

__all__ = ["opened", "shop"]


def mail(shop: Shop, html: str) -> Message:
    """A mail from ana as it is kept: cleaned."""
    clean, refused = sanitise(html, Limits())
    assert refused == ""
    return factories.message(
        shop.matter, "x", html=clean, channel=shop.mailbox, identity=shop.mail, occurred_at=factories.at(90)
    )


def frame_of(page: Page, message: Message) -> FrameLocator:
    return page.frame_locator(f"#message-{message.pk} iframe")


def test_pictures_from_elsewhere_load_when_one_asks_for_them_and_not_before(opened: Open, shop: Shop) -> None:
    with pictures() as elsewhere:
        html = f'<p>Look:</p><img alt="a > b" src="{elsewhere.url}/a.gif"><img src="{elsewhere.url}/b.gif">'
        sent = mail(shop, html)
        page = opened(thread(shop))
        expect(frame_of(page, sent).locator("p")).to_have_text("Look:")
        assert elsewhere.asked == []

        page.locator(f"#message-{sent.pk}").get_by_role("link", name="Show images").click()

        for number in range(2):
            expect(frame_of(page, sent).locator("img").nth(number)).to_have_js_property("naturalWidth", 1)
        assert sorted(elsewhere.asked) == ["/a.gif", "/b.gif"]


def test_with_the_quoted_text_in_view_its_pictures_load_too(opened: Open, shop: Shop) -> None:
    with pictures() as elsewhere:
        sent = mail(shop, f'<p>New</p><img src="{elsewhere.url}/a.gif">')
        whole, _refused = sanitise(
            f'<p>New</p><blockquote>Old<img src="{elsewhere.url}/old.gif"></blockquote>', Limits()
        )
        Original.objects.create(message=sent, html=whole)
        page = opened(thread(shop))
        entry = page.locator(f"#message-{sent.pk}")
        entry.get_by_role("link", name="Show quoted text").click()
        expect(frame_of(page, sent).locator("blockquote")).to_contain_text("Old")

        entry.get_by_role("link", name="Show images").click()

        expect(frame_of(page, sent).locator("blockquote img")).to_have_js_property("naturalWidth", 1)
        assert elsewhere.asked == ["/old.gif"]
