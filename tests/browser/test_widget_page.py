"""What the host page can do with its chat, and files: the page's calls, logging in and out, pictures by paste and drop."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from inbox.models import Attachment, Customer, Message
from tests.browser.conftest import NewContext, Server, Worker
from tests.browser.widget import address, answers, open_chat, says, shop, until, visit, write


def kept(page: Page) -> dict[str, object]:
    """What the browser stores for the chat."""
    texts = page.evaluate(
        "Object.entries(localStorage).filter(([key]) => key.startsWith('onethread:')).map(([, value]) => value)"
    )
    return json.loads(texts[0]) if texts else {}


def test_nothing_is_stored_for_somebody_who_only_looks(page: Page, server: Server) -> None:
    visit(page, server, shop())
    page.keyboard.press("Escape")
    page.reload()
    page.locator(".launcher").wait_for()

    assert kept(page) == {}
    assert page.context.cookies() == []


def test_ana_logs_in_and_is_known_and_logs_out_and_is_not(page: Page, server: Server, worker: Worker) -> None:
    channel = shop(ask_email=True)
    visit(page, server, channel)
    says(page, "Before I logged in")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Log in as Ana").click()
    expect(page.get_by_role("button", name="Ana · Log out")).to_be_visible()
    open_chat(page)
    expect(page.locator(".bubble")).to_have_text("Before I logged in")
    expect(page.locator(".intro")).to_be_hidden()  # the shop has said who she is
    says(page, "After I logged in")
    ana = Customer.objects.get(name="Ana Silva")
    assert list(ana.messages.order_by("pk").values_list("text", flat=True)) == [
        "Before I logged in",
        "After I logged in",
    ]
    assert ana.identities.get(space="email").verified

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ana · Log out").click()
    open_chat(page)
    expect(page.locator("onethread-chat .bubble")).to_have_count(0)
    assert "token" not in kept(page)
    says(page, "Somebody else")
    assert Message.objects.get(text="Somebody else").customer != ana


def test_on_another_device_ana_finds_her_conversation(
    page: Page, new_context: NewContext, server: Server, worker: Worker
) -> None:
    channel = shop()
    visit(page, server, channel)
    page.get_by_role("button", name="Log in as Ana").click()
    says(page, "From my laptop")

    phone = new_context().new_page()
    visit(phone, server, channel)
    phone.get_by_role("button", name="Log in as Ana").click()

    expect(phone.locator("onethread-chat .bubble")).to_have_text("From my laptop")


def test_calls_made_before_the_chat_has_loaded_are_carried_out(page: Page, server: Server) -> None:
    page.add_init_script("window.Onethread = [['open'], ['on', 'open', () => { window.opened = true; }]]")

    page.goto(address(server, shop()))

    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_page_hears_what_happens(page: Page, server: Server, worker: Worker) -> None:
    channel = shop()
    visit(page, server, channel)
    says(page, "Hello")
    page.evaluate("""() => {
      window.heard = [];
      for (const name of ['open', 'close', 'unread', 'message']) Onethread.on(name, (value) => window.heard.push([name, value ?? null]));
    }""")
    page.evaluate("Onethread.close()")
    answers(channel, "Good morning")
    until(page, lambda: any(name == "message" for name, _value in page.evaluate("window.heard")))
    expect(page.locator(".glimpse")).to_be_visible()
    page.evaluate("Onethread.open()")
    until(page, lambda: ["unread", 0] in page.evaluate("window.heard"))

    heard = page.evaluate("window.heard")
    assert heard[0] == ["close", None]
    assert ["unread", 1] in heard
    assert ["message", {"name": "Sam", "text": "Good morning"}] in heard
    assert heard[-2:] == [["unread", 0], ["open", None]]


@pytest.mark.parametrize("token", ["{}", "{ token: '' }", "{ token: 7 }", "{ token: 'a.b.c' }", "undefined"])
def test_a_token_that_is_none_is_refused_loudly(page: Page, server: Server, token: str) -> None:
    visit(page, server, shop())

    said = page.evaluate(f"Onethread.identify({token}).then(() => 'accepted', (error) => String(error))")

    assert said != "accepted"


def test_calls_for_later_are_accepted(page: Page, server: Server) -> None:
    visit(page, server, shop())

    assert (
        page.evaluate(
            "Promise.all([Onethread.page('/x'), Onethread.track('cart', { total: 3 })]).then(() => 'fine')"
        )
        == "fine"
    )


def test_a_second_tag_makes_no_second_chat(page: Page, server: Server) -> None:
    channel = shop()
    visit(page, server, channel)

    page.evaluate(
        """(channel) => new Promise((done) => {
          const tag = Object.assign(document.createElement('script'), { src: '/c/webchat/widget.js', onload: done });
          tag.dataset.channel = channel;
          document.head.append(tag);
        })""",
        channel.public_id,
    )
    page.wait_for_timeout(500)

    assert page.locator("onethread-chat").count() == 1


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#a85a3a").save(out, "PNG")
    return out.getvalue()


def test_a_picked_picture_is_sent_and_shown(page: Page, server: Server, worker: Worker) -> None:
    visit(page, server, shop())
    page.locator("onethread-chat input[type=file]").set_input_files(
        {"name": "washed.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(page.locator(".chip progress")).to_have_count(0)

    write(page, "This happened")

    shown = page.locator(".mine.delivered .picture img")
    expect(shown).to_be_visible()
    page.wait_for_function(
        "document.querySelector('onethread-chat').shadowRoot.querySelector('.picture img')?.naturalWidth === 60"
    )
    assert Attachment.objects.get(message__text="This happened").content_type == "image/png"


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_file_comes_in_by_paste_and_by_drop(page: Page, server: Server, worker: Worker, how: str) -> None:
    visit(page, server, shop())

    page.evaluate(
        """(how) => {
          const data = new DataTransfer();
          data.items.add(new File(['Order 1001'], 'order.txt', { type: 'text/plain' }));
          const root = document.querySelector('onethread-chat').shadowRoot;
          const event = how === 'paste'
            ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
          root.querySelector(how === 'paste' ? 'textarea' : '.panel').dispatchEvent(event);
        }""",
        how,
    )
    expect(page.locator(".chip")).to_contain_text("order.txt")
    expect(page.locator(".chip progress")).to_have_count(0)
    page.get_by_role("button", name="Send").click()

    expect(page.locator(".mine.delivered .file")).to_contain_text("order.txt")


def test_a_file_too_large_or_of_a_kind_we_do_not_take_is_refused_in_plain_words(
    page: Page, server: Server
) -> None:
    visit(page, server, shop())
    files = page.locator("onethread-chat input[type=file]")

    files.set_input_files({"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"0" * 10_000_001})
    expect(page.locator(".strip")).to_contain_text("“film.mp4” is too large. A file can have up to 10 MB.")
    files.set_input_files({"name": "run.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(page.locator(".strip")).to_contain_text("“run.exe” is of a kind we cannot take.")
    expect(page.locator(".chip")).to_have_count(0)


def test_a_draft_is_still_there_after_a_reload(page: Page, server: Server, worker: Worker) -> None:
    visit(page, server, shop())
    says(page, "Hello")
    page.get_by_label("Write a message").fill("Half a thought")

    page.reload()

    expect(page.get_by_label("Write a message")).to_have_value("Half a thought")
