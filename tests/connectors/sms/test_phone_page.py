"""The demo's phone, in a real browser: a person texts as the customer and sees the answers arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from connectors.sms.connector import SmsConnector
from connectors.sms.standin.server import StandIn, running
from connectors.twilio.standin.account import Account
from inbox.contract import File, InboundMessage
from tests.connectors.sms.conftest import ACCOUNT, ANA, NUMBER, TOKEN, Build, outgoing
from tests.connectors.sms.test_standin import request
from tests.house import eventually
from tests.standins.web import Web

GIF = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


@pytest.fixture
def inbox() -> Iterator[Web]:
    with Web.running() as web:
        yield web


@pytest.fixture
def demo(settings: Any, inbox: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in whose messages travel by themselves, without the pauses made for people."""
    monkeypatch.setattr(
        "connectors.sms.standin.phone.STEPS", (("sending", 0.0), ("sent", 0.0), ("delivered", 0.0))
    )
    account = Account(ACCOUNT, TOKEN)
    account.add_number(NUMBER, inbox.url("/hooks/c0ffee"))
    with running(account, automatic=True) as standin:
        settings.GUARDED_HTTP_ALLOW = [*standin.hosts, inbox.host]
        yield standin


@pytest.fixture
def sms(demo: StandIn, inbox: Web, build: Build) -> SmsConnector:
    return build(inbox.url("/hooks/c0ffee"), api_url=demo.base)


def test_a_person_texts_and_is_answered(page: Page, demo: StandIn, sms: SmsConnector, inbox: Web) -> None:
    page.goto(demo.base)
    page.get_by_label("Text", exact=True).fill("Where is my parcel? <b>")
    page.get_by_role("button", name="Send").click()
    mine = page.locator("li.mine")
    expect(mine).to_contain_text("Where is my parcel? <b>")
    [asked] = eventually(lambda: list(inbox.asked))
    sms.verify(request(asked, inbox))
    [message] = sms.parse(request(asked, inbox))
    assert isinstance(message, InboundMessage)
    assert (message.author.value, message.text) == (ANA, "Where is my parcel? <b>")

    sms.send(outgoing(text="It comes on Friday."))

    answer = page.locator("li:not(.mine)")
    expect(answer).to_contain_text("It comes on Friday.")
    expect(answer).not_to_contain_text("on its way")
    told = eventually(lambda: inbox.asked[1:] if len(inbox.asked) > 3 else [])
    assert [asked.body.count(b"MessageStatus=") for asked in told] == [1, 1, 1]


def test_enter_sends_and_a_picture_goes_along(
    page: Page, demo: StandIn, sms: SmsConnector, inbox: Web
) -> None:
    page.goto(demo.base)
    page.get_by_label("Add a picture").set_input_files(
        {"name": "p.gif", "mimeType": "image/gif", "buffer": GIF}
    )
    page.get_by_label("Text", exact=True).fill("Look")
    page.get_by_label("Text", exact=True).press("Enter")
    expect(page.locator("li.mine img")).to_have_js_property("naturalWidth", 1)

    [asked] = eventually(lambda: list(inbox.asked))
    [message] = sms.parse(request(asked, inbox))

    assert isinstance(message, InboundMessage)
    assert sms.fetch(message.files[0]).content == GIF


def test_a_picture_in_an_answer_is_fetched_from_the_inbox(
    page: Page, demo: StandIn, sms: SmsConnector, inbox: Web
) -> None:
    inbox.answers["/f/1"] = (200, {"Content-Type": "image/gif"}, GIF)
    page.goto(demo.base)

    sms.send(outgoing(files=(File(name="p.gif", content_type="image/gif", url=inbox.url("/f/1")),)))

    expect(page.locator("li img")).to_have_js_property("naturalWidth", 1)


def test_a_picture_the_inbox_does_not_give_fails_as_at_twilio(
    page: Page, demo: StandIn, sms: SmsConnector, inbox: Web
) -> None:
    inbox.answers["/f/1"] = (404, {}, b"")
    page.goto(demo.base)

    sms.send(outgoing(files=(File(name="p.gif", content_type="image/gif", url=inbox.url("/f/1")),)))

    expect(page.locator("li")).to_contain_text("failed · error 11200")
    assert b"ErrorCode=11200" in inbox.asked[-1].body


def test_an_inbox_that_does_not_take_the_text_is_told_to_the_person(
    page: Page, demo: StandIn, inbox: Web
) -> None:
    inbox.answers["/hooks/c0ffee"] = (403, {}, b"")
    page.goto(demo.base)
    page.get_by_label("Text", exact=True).fill("Hello")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_have_text("The inbox did not take it (answer 403).")
    expect(page.locator("li.mine")).to_contain_text("failed")


def test_the_page_runs_nothing_but_its_own_script(page: Page, demo: StandIn) -> None:
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(demo.base)
    expect(page.get_by_role("combobox")).to_contain_text("+1 500-555-0006")

    assert faults == []
    policy = httpx.get(demo.base).headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert not re.search("unsafe", policy)


def test_another_sites_page_cannot_text_in_somebodys_name(demo: StandIn) -> None:
    typed = {"me": ANA, "to": NUMBER, "body": "Hello"}

    for origin in ("https://evil.example", "null", ""):
        answer = httpx.post(f"{demo.base}/phone/send", json=typed, headers={"Origin": origin})
        assert answer.status_code == 404
    rebound = httpx.get(f"{demo.base}/phone/messages", headers={"Host": "evil.example"})

    assert rebound.status_code == 403
    assert demo.account.messages == []


@pytest.mark.parametrize(
    "typed",
    [
        b"",
        b"[]",
        b"null",
        b'{"me": "nobody", "to": "+15005550006", "body": "x"}',
        b'{"me": "+447700900123", "to": "+1", "body": "x"}',
        b'{"me": "+447700900123", "to": "+15005550006", "body": " "}',
        b'{"me": "+447700900123", "to": "+15005550006", "picture": {"type": "text/html", "base64": ""}}',
        b'{"me": "+447700900123", "to": "+15005550006", "picture": {"type": "image/png", "base64": "?"}}',
        b'{"me": "+447700900123", "to": "+15005550006", "picture": 7}',
    ],
)
def test_what_cannot_be_sent_is_said(typed: bytes, demo: StandIn) -> None:
    answer = httpx.post(f"{demo.base}/phone/send", content=typed, headers={"Origin": demo.base})

    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert demo.account.messages == []
