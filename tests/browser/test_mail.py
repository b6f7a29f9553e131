"""A stranger's mail in a real browser: nothing leaves before one asks for it, and what one asks for is shown."""

from playwright.sync_api import FrameLocator, Page, expect

from connectors.email.reading import Limits, sanitise
from inbox.models import Conversation, Message, Original
from tests import factories
from tests.browser.mail_attacks import vectors
from tests.browser.morning import Open, Shop, opened, shop, thread
from tests.browser.pictures import pictures
from tests.browser.widget import until

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


# ---------------------------------------------------------------- attacks (trust.md A12)

# Fewer than a page of the thread has.
BATCH = 35
ALL_SHOWN = """(count) => {
  const frames = [...document.querySelectorAll('.mail-frame')];
  return frames.length === count && frames.every((frame) =>
    frame.contentDocument?.readyState === 'complete' && frame.contentDocument.URL.endsWith('/html/'));
}"""
# What stands in the frames as the browser itself understood it: handlers, elements that do something, addresses that do.
ALIVE = """() => {
  const found = [];
  const scheme = (value) => (URL.canParse(value) ? new URL(value).protocol : 'none');
  for (const frame of document.querySelectorAll('.mail-frame')) {
    for (const element of frame.contentDocument.body.querySelectorAll('*')) {
      for (const name of ['focus', 'mouseover', 'toggle', 'load', 'error', 'animationstart']) {
        element.dispatchEvent(new Event(name, { bubbles: true }));
      }
      const tag = element.localName;
      if (/^(script|style|link|meta|base|iframe|frame|object|embed|svg|math|form|input|button|select|textarea|video|audio|template)$/
        .test(tag) || tag.includes('-')) found.push(`<${tag}>`);
      for (const { name, value } of element.attributes) {
        if (name.startsWith('on')) found.push(`${tag} ${name}`);
        if (['href', 'src', 'action'].includes(name) && value && !/^(https?|mailto|tel|cid):$/.test(scheme(value))) {
          found.push(`${tag} ${name}=${value}`);
        }
        if (name === 'style' && /url|image|expression|\\\\/i.test(value)) found.push(`${tag} style=${value}`);
      }
    }
  }
  return found;
}"""


def batches(attacks: list[str]) -> list[list[str]]:
    return [attacks[start : start + BATCH] for start in range(0, len(attacks), BATCH)]


def watch(page: Page) -> list[str]:
    """Everything that would be noticed if it ran, left, or opened; and what only the frame's own walls have stopped."""
    noticed: list[str] = []
    page.expose_function("hit", lambda _number: noticed.append("hit"))
    page.on("dialog", lambda dialog: (noticed.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: noticed.append(f"popup {popup.url}"))
    page.on("pageerror", lambda error: noticed.append(f"error {error}"))
    page.on("console", lambda line: noticed.append(line.text) if "Blocked" in line.text else None)
    return noticed


def show_all(page: Page, shop: Shop, marked: list[str]) -> None:
    """These mails in one thread, every frame of it loaded."""
    ana = factories.customer("Ana Silva")
    mail = factories.identity(ana)
    matter: Conversation = factories.conversation(ana, assignee=shop.sam)
    for number, html in enumerate(marked):
        last = factories.message(
            matter, "x", html=html, channel=shop.mailbox, identity=mail, occurred_at=factories.at(number)
        )
    factories.read(shop.sam, matter, last)
    page.goto(f"/conversations/{matter.pk}/?in=mine")
    page.wait_for_function(ALL_SHOWN, arg=len(marked))


def test_no_attack_in_a_mail_runs_or_calls_home_and_nothing_of_it_is_left(opened: Open, shop: Shop) -> None:
    with pictures() as elsewhere:
        attacks = vectors(f"{elsewhere.url}/p")
        page = opened("/inbox/mine/")
        page.set_viewport_size({"width": 1440, "height": 12_000})
        noticed = watch(page)
        alive: list[str] = []

        for batch in batches(attacks):
            clean = [sanitise(f"<p>Before</p>{attack}", Limits())[0] for attack in batch]
            show_all(page, shop, clean)
            alive += page.evaluate(ALIVE)

        assert len(attacks) >= 500
        assert alive == []
        assert noticed == []
        assert elsewhere.asked == []


def test_the_frame_alone_holds_every_attack_that_cleaning_would_miss(opened: Open, shop: Shop) -> None:
    with pictures() as elsewhere:
        page = opened("/inbox/mine/")
        page.set_viewport_size({"width": 1440, "height": 12_000})
        noticed = watch(page)

        for batch in batches(vectors(f"{elsewhere.url}/p")[::8]):
            show_all(page, shop, [f"<p>Before</p>{attack}" for attack in batch])
            page.evaluate(ALIVE)

        # What the browser says it has blocked is what the frame is for.
        assert [each for each in noticed if not each.startswith("Blocked ")] == []
        assert any(each.startswith("Blocked script execution") for each in noticed)
        assert elsewhere.asked == []


def test_the_attacks_are_real_where_nothing_holds_them(page: Page) -> None:
    with pictures() as elsewhere:
        noticed = watch(page)
        page.goto(f"{elsewhere.url}/bare.html")

        page.evaluate(
            """(attacks) => {
              for (const attack of attacks) {
                const frame = document.createElement('iframe');
                frame.srcdoc = attack;
                document.body.append(frame);
              }
            }""",
            vectors(f"{elsewhere.url}/p")[::2],
        )

        until(page, lambda: noticed.count("hit") >= 15 and elsewhere.asked.count("/p") >= 15)
