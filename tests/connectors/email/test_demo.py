"""The demo's mailboxes and the stand-in that serves them: our own reader and sender on real ports, and the customer's page."""

from __future__ import annotations

import base64
import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from connectors.email import demo
from connectors.email.connector import EmailConnector
from connectors.email.settings import Settings
from connectors.email.standin.server import StandIn, running
from inbox.contract import Address, ChannelBroken, ChannelInfo, InboundMessage, PermanentFailure
from tests.connectors.email.conftest import Desk, outbound

ANA = "ana@example.com"


def mailbox(standin: StandIn, local_part: str = "help", **settings: Any) -> EmailConnector:
    values = demo.settings(local_part=local_part, port=standin.page) | {
        "smtp_port": standin.smtp,
        "imap_port": standin.imap,
        "imap_password": standin.post.accounts.get(f"{local_part}@{demo.DOMAIN}", "?"),
        "timeout_seconds": 5,
    }
    info = ChannelInfo(id=1, public_id="demo", name="Help", public_url="https://inbox.northwool.example")
    return EmailConnector(Settings(**{**values, **settings}), info)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with running({f"help@{demo.DOMAIN}": "secret-1", f"careers@{demo.DOMAIN}": "secret-2"}) as made:
        yield made


@pytest.fixture
def desk(standin: StandIn) -> Iterator[Desk]:
    made = Desk(mailbox(standin))
    made.poll()
    yield made
    made.connector.close()


def write(standin: StandIn, **typed: Any) -> httpx.Response:
    """What the page sends when the customer presses Send."""
    content = {
        "me": ANA,
        "name": "Ana Sousa",
        "to": f"help@{demo.DOMAIN}",
        "subject": "Parcel",
        "text": "Where is it?",
        **typed,
    }
    return httpx.post(f"{standin.base}/send", content=json.dumps(content), headers={"Origin": standin.base})


def letters(standin: StandIn, me: str = ANA) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{standin.base}/letters", params={"me": me}).json()["letters"]
    return found


def read_one(desk: Desk) -> InboundMessage:
    (request,) = desk.poll()
    (event,) = desk.connector.parse(request)
    assert isinstance(event, InboundMessage)
    return event


def test_the_settings_page_finds_everything_in_order(standin: StandIn) -> None:
    health = mailbox(standin).check()

    assert health.ok
    assert any("IDLE" in line for line in health.lines)


def test_a_customers_mail_an_answer_and_the_answer_to_it(standin: StandIn, desk: Desk) -> None:
    assert write(
        standin,
        file={"name": "tear.png", "type": "image/png", "base64": base64.b64encode(b"\x89PNG").decode()},
    ).json() == {"sent": True}
    question = read_one(desk)
    assert (question.author, question.text.strip()) == (
        Address(space="email", value=ANA, name="Ana Sousa"),
        "Where is it?",
    )
    assert [file.name for file in question.files] == ["tear.png"]

    token = "abcdefgh234567abcdefgh234567abcd"
    desk.connector.send(outbound(to=question.author, references=(question.reference_id,), reply_token=token))
    mine, answer = letters(standin)
    assert mine["mine"]
    assert answer["text"].startswith("It left this morning.")

    write(standin, answers=answer["uid"], text="Thank you!")
    thanks = read_one(desk)
    assert thanks.text.strip() == "Thank you!"
    assert thanks.reply_tokens == (token,)
    assert outbound().reference_id in thanks.references


def test_new_mail_is_told_at_once(standin: StandIn, desk: Desk) -> None:
    postman = threading.Timer(0.3, write, [standin])
    postman.start()

    assert desk.connector.wait(timedelta(seconds=20)) is True

    postman.join()
    assert len(desk.poll()) == 1


def test_after_a_restart_nothing_old_comes_again(standin: StandIn, desk: Desk) -> None:
    write(standin)
    desk.poll()

    with running(standin.post.accounts) as again:
        again.post.uidvalidity = standin.post.uidvalidity + 1
        after = Desk(mailbox(again), cursor=desk.cursor)
        assert after.poll() == []
        write(again, text="After the restart")
        assert len(after.poll()) == 1
        after.connector.close()


def test_the_mailboxes_are_apart_and_locked(standin: StandIn, desk: Desk) -> None:
    write(standin, to=f"careers@{demo.DOMAIN}")

    assert desk.poll() == []
    with pytest.raises(ChannelBroken):
        list(mailbox(standin, imap_password="wrong").poll({}))
    with pytest.raises(ChannelBroken):
        mailbox(standin, imap_password="wrong").send(outbound())


def test_a_mailbox_nobody_has_shows_a_failed_sending(standin: StandIn) -> None:
    with pytest.raises(PermanentFailure, match="no such mailbox"):
        mailbox(standin).send(outbound(to=Address(space="email", value="nobody@example.com")))


@pytest.mark.parametrize(
    "typed",
    [
        {"me": "ana"},
        {"text": " "},
        {"to": "x"},
        {"file": {"name": "a", "type": "b", "base64": "?"}},
        {"file": "x"},
    ],
)
def test_what_cannot_be_sent_is_told(standin: StandIn, typed: dict[str, Any]) -> None:
    answer = write(standin, **typed)

    assert answer.status_code == 400
    assert answer.json()["problem"]


def test_other_sites_cannot_write_in_anybodys_name(standin: StandIn) -> None:
    content = json.dumps({"me": ANA, "to": f"help@{demo.DOMAIN}", "text": "Pay"})

    assert (
        httpx.post(
            f"{standin.base}/send", content=content, headers={"Origin": "https://evil.example"}
        ).status_code
        == 403
    )
    assert httpx.post(f"{standin.base}/send", content=content).status_code == 403
    assert httpx.get(f"{standin.base}/letters", headers={"Host": "evil.example"}).status_code == 403


def test_a_new_channels_password_is_its_own() -> None:
    assert demo.settings()["imap_password"] != demo.settings()["imap_password"]
    assert demo.settings(local_part="careers")["address"] == f"careers@{demo.DOMAIN}"


def test_the_stand_in_serves_the_demos_channels_and_nobody_elses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    info = ChannelInfo(id=1, public_id="demo", name="Help")
    ours = [
        EmailConnector(Settings(**demo.settings(local_part=name, port=port)), info)
        for name in ("help", "careers")
    ]
    real = EmailConnector(Settings(address="help@shop.example", imap_host="imap.shop.example"), info)

    with demo.stand_in([real, *ours]) as [line]:
        assert line == f"Mail as a customer: http://127.0.0.1:{port} (no real mail is sent)"
        assert all(each.check().ok for each in ours)
    with demo.stand_in([real]) as lines:
        assert lines == []


def test_a_customer_writes_and_answers_in_a_browser(page: Page, standin: StandIn, desk: Desk) -> None:
    page.goto(standin.base)
    page.get_by_label("Subject").fill("Size")
    page.get_by_label("Text").fill("Do you have it in green?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("listitem")).to_contain_text("Do you have it in green?")

    question = read_one(desk)
    desk.connector.send(outbound(to=question.author, text="Yes, in green, too.", html=""))
    expect(page.get_by_text("Yes, in green, too.")).to_be_visible()

    page.get_by_role("button", name="Answer").click()
    page.get_by_label("Text").fill("Then I take it.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("listitem")).to_have_count(3)
    assert read_one(desk).text.strip() == "Then I take it."


def test_the_page_loads_nothing_from_elsewhere(standin: StandIn) -> None:
    with urllib.request.urlopen(standin.base) as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "http" not in policy
