"""The stand-in is as strict as Twilio where our tests rely on it: login, rules for a message, signed and repeated webhooks."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.request_validator import RequestValidator

from connectors.sms.connector import SmsConnector
from connectors.sms.standin.server import StandIn, running
from connectors.twilio.signature import RETRIES, Form
from connectors.twilio.standin.account import Account
from connectors.twilio.standin.records import Refusal
from inbox.contract import Consent, DeliveryUpdate, InboundMessage, Request, Status
from tests.connectors.sms.conftest import ACCOUNT, ANA, AT, NUMBER, TOKEN, Build, outgoing
from tests.standins.web import Asked, Web

SERVICE = "MG" + "5" * 32
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@pytest.fixture
def inbox() -> Iterator[Web]:
    """What stands for our hook: it keeps what it is sent."""
    with Web.running() as web:
        yield web


def request(asked: Asked, web: Web) -> Request:
    """What came to the hook, as the door would build it."""
    return Request(body=asked.body, headers=asked.headers, url=web.url(asked.path), received_at=AT)


def form(**fields: Any) -> Form:
    return Form({name: value if isinstance(value, list) else [value] for name, value in fields.items()})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": []}, 21604),
        ({"To": ["07700 900123"]}, 21211),
        ({"To": ["+44"]}, 21211),
        ({"To": ["+15005550001"]}, 21211),
        ({"To": ["+15005550009"]}, 21614),
        ({"From": []}, 21603),
        ({"From": ["+15005550007"]}, 21660),
        ({"To": [NUMBER]}, 21266),
        ({"Body": []}, 21619),
        ({"Body": ["a" * 1601]}, 21617),
        ({"MediaUrl": ["https://a.example/1"] * 11}, 21623),
        ({"MediaUrl": ["file:///etc/passwd"]}, 21620),
        ({"StatusCallback": ["nonsense"]}, 21609),
        ({"StatusCallback": ["https://under_score.example/"]}, 21609),
        ({"From": [], "MessagingServiceSid": ["MG0"]}, 21701),
    ],
)
def test_a_message_twilio_would_refuse_is_refused(change: dict[str, list[str]], code: int) -> None:
    account = Account(ACCOUNT, TOKEN)
    account.add_number(NUMBER)
    fields = Form({"To": [ANA], "From": [NUMBER], "Body": ["Hello"]} | change)

    with pytest.raises(Refusal) as caught:
        account.create(Form({name: values for name, values in fields.items() if values}))

    assert caught.value.code == code
    assert account.messages == []


def test_an_empty_pool_sends_nothing() -> None:
    account = Account(ACCOUNT, TOKEN)
    account.add_service(SERVICE, [])

    with pytest.raises(Refusal) as caught:
        account.create(form(To=ANA, MessagingServiceSid=SERVICE, Body="Hello"))

    assert caught.value.code == 21704


@pytest.mark.parametrize(
    "login", [None, ("", ""), (ACCOUNT, "wrong"), ("AC2", TOKEN), ("SK1", "wrong"), ("SK2", "")]
)
def test_nobody_sends_without_the_right_login(login: tuple[str, str] | None, twilio: StandIn) -> None:
    twilio.account.keys["SK1"] = "right"

    answer = httpx.post(twilio.base + MESSAGES, auth=login, data={"To": ANA, "From": NUMBER, "Body": "Hello"})

    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    assert twilio.account.messages == []


@pytest.mark.parametrize(
    "header", ["Basic ===", "Basic é", "Bearer x", "Basic " + base64.b64encode(b"\xff").decode()]
)
def test_a_login_that_cannot_be_read_is_none(header: str, twilio: StandIn) -> None:
    answer = httpx.get(twilio.base + MESSAGES, headers={b"Authorization": header.encode()})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/2010-04-01/Accounts/AC2/Messages.json",
        "/2010-04-01/Accounts.json",
        "/v1/Services/MG0",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_404(path: str, twilio: StandIn) -> None:
    answer = httpx.get(twilio.base + path, auth=(ACCOUNT, TOKEN))

    assert answer.status_code == 404


def test_a_texts_webhook_is_signed_so_that_the_connector_takes_it(
    twilio: StandIn, sms: SmsConnector, inbox: Web
) -> None:
    twilio.account.numbers[NUMBER].sms_url = inbox.url("/hooks/c0ffee")

    status = twilio.webhooks.deliver(twilio.account.receive(ANA, NUMBER, "Hello 😀"))

    [asked] = inbox.asked
    sms.verify(request(asked, inbox))
    [message] = sms.parse(request(asked, inbox))
    assert isinstance(message, InboundMessage)
    assert (status, message.text, message.author.value) == (200, "Hello 😀", ANA)
    assert dict(parse_qsl(asked.body.decode(), keep_blank_values=True))["NumSegments"] == "1"


def test_a_pools_webhook_goes_to_the_service_with_its_id_and_what_a_keyword_means(
    twilio: StandIn, build: Build, inbox: Web
) -> None:
    twilio.account.add_service(SERVICE, [NUMBER], inbound_request_url=inbox.url("/hooks/pool"))
    pool = build(api_url=twilio.base, messaging_service_sid=SERVICE)

    twilio.webhooks.deliver(twilio.account.receive(ANA, NUMBER, "Stop"))
    twilio.webhooks.deliver(twilio.account.receive(ANA, NUMBER, "help"))

    stop, help_ = (request(asked, inbox) for asked in inbox.asked)
    pool.verify(stop)
    assert b"OptOutType=STOP" in stop.body
    assert [type(event) for event in pool.parse(stop)] == [InboundMessage, Consent]
    assert b"OptOutType=HELP" in help_.body
    assert len(list(pool.parse(help_))) == 1


def test_a_number_without_an_address_delivers_nowhere(twilio: StandIn) -> None:
    twilio.account.numbers[NUMBER].sms_url = ""

    assert twilio.webhooks.deliver(twilio.account.receive(ANA, NUMBER, "Hello")) == 0


def test_reports_come_signed_to_the_address_the_message_named(
    twilio: StandIn, build: Build, inbox: Web
) -> None:
    connector = build(inbox.url("/hooks/c0ffee"), api_url=twilio.base)
    connector.send(outgoing())
    [sms] = twilio.account.messages

    for status in ("sent", "delivered"):
        assert twilio.webhooks.report(sms, status) == 200
    twilio.webhooks.report(sms, "undelivered", "30003")

    requests = [request(asked, inbox) for asked in inbox.asked]
    for each in requests:
        connector.verify(each)
    updates = [event for each in requests for event in connector.parse(each)]
    assert [event.status for event in updates if isinstance(event, DeliveryUpdate)] == [
        Status.SENT,
        Status.DELIVERED,
        Status.FAILED,
    ]
    assert {event.external_id for event in updates if isinstance(event, DeliveryUpdate)} == {"m1"}


def test_a_webhook_is_tried_again_as_often_as_its_address_says(twilio: StandIn, inbox: Web) -> None:
    answers = iter([503, 503, 200])
    inbox.answers["/hooks/c0ffee"] = lambda asked: (next(answers), {}, b"")
    twilio.account.numbers[NUMBER].sms_url = inbox.url("/hooks/c0ffee") + RETRIES

    status = twilio.webhooks.deliver(twilio.account.receive(ANA, NUMBER, "Hello"))

    assert status == 200
    assert len({asked.body for asked in inbox.asked}) == 1
    assert len(inbox.asked) == 3


def test_a_refused_webhook_is_not_tried_again(twilio: StandIn, inbox: Web) -> None:
    inbox.answers["/hooks/c0ffee"] = (403, {}, b"")
    twilio.account.numbers[NUMBER].sms_url = inbox.url("/hooks/c0ffee") + RETRIES

    assert twilio.webhooks.deliver(twilio.account.receive(ANA, NUMBER, "Hello")) == 403
    assert len(inbox.asked) == 1


def test_the_signature_leaves_the_fragment_out(twilio: StandIn, inbox: Web) -> None:
    twilio.webhooks.post(inbox.url("/x") + RETRIES, {"A": "1"})

    [asked] = inbox.asked
    assert RequestValidator(TOKEN).validate(inbox.url("/x"), {"A": "1"}, asked.headers["x-twilio-signature"])


def test_the_store_refuses_a_login(twilio: StandIn) -> None:
    twilio.account.receive(ANA, NUMBER, "", [("image/png", b"x")])
    [media] = twilio.account.media

    assert httpx.get(f"{twilio.base}/cdn/{media}", auth=(ACCOUNT, TOKEN)).status_code == 400
    assert httpx.get(f"{twilio.base}/cdn/{media}").content == b"x"
    assert httpx.get(f"{twilio.base}/cdn/other").status_code == 404


def test_a_port_that_is_taken_is_an_error(twilio: StandIn) -> None:
    with pytest.raises(OSError, match="in use"), running(Account(ACCOUNT, TOKEN), port=twilio.port):
        pass
