"""Nothing anybody writes runs in a visitor's browser (trust.md A12): 80 shapes of attack at seven places, real Chromium, 0 run."""

from playwright.sync_api import Page, expect

from inbox.models import Attachment, Blob, Message
from tests import factories
from tests.browser.attacks import SHAPES, attack
from tests.browser.conftest import Server, Worker
from tests.browser.widget import says, shop, visit, write

ALL = range(len(SHAPES))


def watch(page: Page) -> list[str]:
    """Everything that would be noticed if it ran: the call itself, a dialog, an error, a request that leaves the host."""
    noticed: list[str] = []
    page.expose_function("hit", lambda number: noticed.append(f"hit {number}"))
    page.on("dialog", lambda dialog: (noticed.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: noticed.append(f"error {error}"))
    page.on("request", lambda request: "127.0.0.1" in request.url or noticed.append(f"request {request.url}"))
    return noticed


def poke(page: Page) -> None:
    """Do what would set off what waits: move over everything, focus everything, click what is no way out."""
    page.wait_for_timeout(300)
    page.evaluate(
        """() => {
          for (const element of document.querySelector('onethread-chat').shadowRoot.querySelectorAll('*')) {
            for (const name of ['mouseover', 'pointerenter', 'focus', 'toggle', 'error', 'load']) {
              element.dispatchEvent(new Event(name));
            }
          }
        }"""
    )
    page.wait_for_timeout(200)


def test_nothing_an_agent_or_a_file_or_a_name_says_runs(page: Page, server: Server, worker: Worker) -> None:
    noticed = watch(page)
    channel = shop()
    visit(page, server, channel)
    says(page, "Hello")
    talk = Message.objects.get()
    blob = Blob.objects.create(sha256="0" * 64, size=1, file="none")
    for number in ALL:
        agent = factories.agent(
            attack(number, 1)[:110].replace("\x00", ""), email=f"agent{number}@shop.example"
        )
        text = attack(number, 2).replace("\x00", "")
        said = factories.reply(talk.conversation, agent, text, channel=channel, identity=talk.identity)
        Attachment.objects.create(message=said, blob=blob, name=attack(number, 3).replace("\x00", ""), size=1)

    page.reload()
    expect(page.locator(".theirs .bubble").last).to_have_text(attack(ALL[-1], 2))
    while page.locator(".earlier").is_visible():
        first = page.locator(".bubble").first.inner_text()
        page.locator(".earlier").click()
        expect(page.locator(".bubble").first).not_to_have_text(first)
    poke(page)

    assert page.locator(".theirs").count() == len(SHAPES)
    assert noticed == []
    assert page.locator("onethread-chat .bubble :not(a)").count() == 0


def test_nothing_a_visitor_writes_runs_in_their_own_browser(
    page: Page, server: Server, worker: Worker
) -> None:
    noticed = watch(page)
    channel = shop()
    visit(page, server, channel)
    for number in ALL[::4]:
        write(page, attack(number, 4))

    says(page, "The end")
    poke(page)

    assert noticed == []
    assert page.locator("onethread-chat .bubble :not(a)").count() == 0


def test_nothing_an_admin_sets_runs(page: Page, server: Server) -> None:
    for number in ALL[::8]:
        text = attack(number, 5)
        channel = shop(
            name=f"Shop {number}", greeting=text, hours=text, starters=[text], logo=text, colour=text
        )
        channel.brand = text[:120].replace("\x00", "")
        channel.save()
        tab = page.context.new_page()
        noticed = watch(tab)

        visit(tab, server, channel)
        poke(tab)

        assert noticed == []
        tab.close()


def test_a_link_is_only_ever_a_web_or_mail_address(page: Page, server: Server) -> None:
    channel = shop()
    visit(page, server, channel)

    found = page.evaluate(
        """async (texts) => {
          const from = document.querySelector('script[data-channel]').src;
          const version = (await (await fetch(from)).text()).match(/version = "(\\w+)"/)[1];
          const { linkify } = await import(new URL(`widget/${version}/text.js`, from));
          return texts.map((text) => linkify(text).map((node) => (node.href ? `<${node.textContent}>` : node)).join(''));
        }""",
        list(CASES),
    )

    assert dict(zip(CASES, found, strict=True)) == CASES


CASES = {
    "See https://shop.example/a?b=1&c=2.": "See <https://shop.example/a?b=1&c=2>.",
    "(https://shop.example/Wool_(fibre))": "(<https://shop.example/Wool_(fibre)>)",
    "http://a.example, https://b.example!": "<http://a.example>, <https://b.example>!",
    "Write to ana@x.example, please": "Write to <ana@x.example>, please",
    "javascript:alert(1)": "javascript:alert(1)",
    "data:text/html,x ftp://x.example file:///etc": "data:text/html,x ftp://x.example file:///etc",
    "https://": "https://",
    "nothing here": "nothing here",
    "two\nlines https://x.example\nmore": "two\nlines <https://x.example>\nmore",
    "https://x.example/ä?ö=ß#ü": "<https://x.example/ä?ö=ß#ü>",
    '"https://x.example"': '"<https://x.example>"',
}
