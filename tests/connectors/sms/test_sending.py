"""Sending through Twilio's SDK to a stand-in of its API: what leaves, and what each answer means (trust.md P7, F13)."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from typing import Any

import pytest

from connectors.sms.connector import SmsConnector
from connectors.sms.standin.server import StandIn
from connectors.standin.wire import Trouble
from connectors.twilio.api import twilio as twilio_client
from connectors.twilio.signature import RETRIES
from inbox.contract import (
    Accepted,
    Address,
    ChannelBroken,
    File,
    OutcomeUnknown,
    PermanentFailure,
    Status,
    TemporaryFailure,
)
from tests.connectors.sms.conftest import ACCOUNT, ANA, HOOK, NUMBER, TOKEN, Build, outgoing

SERVICE = "MG" + "5" * 32


def sent(twilio: StandIn) -> dict[str, list[str]]:
    """The fields of the only call that came."""
    [asked] = twilio.asked
    assert (asked.method, asked.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    return {name: [value for key, value in asked.fields if key == name] for name, _value in asked.fields}


def test_a_text_leaves_with_our_number_and_the_address_for_reports(
    sms: SmsConnector, twilio: StandIn
) -> None:
    accepted = sms.send(outgoing())

    assert sent(twilio) == {
        "To": [ANA],
        "From": [NUMBER],
        "Body": ["It is on its way."],
        "StatusCallback": [f"{HOOK}?message=m1{RETRIES}"],
    }
    assert accepted == Accepted(
        external_id=twilio.account.messages[0].sid, status=Status.SENT, detail="1 SMS"
    )


def test_a_pool_lets_twilio_choose_the_number(build: Build, twilio: StandIn) -> None:
    twilio.account.add_service(SERVICE, ["+15005550007", NUMBER])
    pool = build(api_url=twilio.base, messaging_service_sid=SERVICE)

    accepted = pool.send(outgoing())

    assert "From" not in sent(twilio)
    assert sent(twilio)["MessagingServiceSid"] == [SERVICE]
    assert accepted.detail == ""


def test_a_pool_answers_from_the_number_the_customer_knows(build: Build, twilio: StandIn) -> None:
    twilio.account.add_service(SERVICE, ["+15005550007", NUMBER])
    twilio.account.receive(ANA, NUMBER, "Hello")

    build(api_url=twilio.base, messaging_service_sid=SERVICE).send(outgoing())

    assert twilio.account.messages[-1].sender == NUMBER


def test_files_leave_as_their_addresses(sms: SmsConnector, twilio: StandIn) -> None:
    files = tuple(
        File(name=f"{n}.jpg", content_type="image/jpeg", content=b"x", url=f"https://inbox.example/f/{n}")
        for n in "ab"
    )

    accepted = sms.send(outgoing(text="", files=files))

    assert sent(twilio)["MediaUrl"] == ["https://inbox.example/f/a", "https://inbox.example/f/b"]
    assert "Body" not in sent(twilio)
    assert accepted.detail == "2 files"


def test_a_file_without_an_address_does_not_leave_without_it(sms: SmsConnector, twilio: StandIn) -> None:
    with pytest.raises(PermanentFailure, match=r"“a.jpg” has no public address"):
        sms.send(outgoing(files=(File(name="a.jpg", content=b"x"),)))

    assert twilio.asked == []


def test_line_ends_count_once_and_nul_does_not_leave(sms: SmsConnector, twilio: StandIn) -> None:
    sms.send(outgoing(text="one\r\ntwo\0"))

    assert sent(twilio)["Body"] == ["one\ntwo"]


def test_a_number_typed_the_national_way_is_dialled_for_the_channels_country(
    sms: SmsConnector, twilio: StandIn
) -> None:
    sms.send(outgoing(to=Address(space="phone", value="07700 900123")))

    assert sent(twilio)["To"] == [ANA]


@pytest.mark.parametrize("value", ["DHL", "62966", "", "+1"])
def test_what_is_no_number_is_not_dialled(value: str, sms: SmsConnector, twilio: StandIn) -> None:
    with pytest.raises(PermanentFailure) as caught:
        sms.send(outgoing(to=Address(space="phone", value=value)))

    assert caught.value.undeliverable
    assert twilio.asked == []


def test_an_api_key_logs_in_for_the_account(build: Build, twilio: StandIn) -> None:
    twilio.account.keys["SK1"] = "key-secret"

    build(
        api_url=twilio.base, auth_token="only for hooks", api_key_sid="SK1", api_key_secret="key-secret"
    ).send(outgoing())

    assert len(twilio.account.messages) == 1


def test_a_channel_without_a_sender_is_broken(build: Build, twilio: StandIn) -> None:
    with pytest.raises(ChannelBroken, match="no sender"):
        build(api_url=twilio.base, number="").send(outgoing())


@pytest.mark.parametrize(
    ("to", "code", "words", "flags"),
    [
        ("+15005550001", "21211", "not a telephone number", {"undeliverable"}),
        ("+15005550002", "21612", "no route", set()),
        ("+15005550003", "21408", "switched off", set()),
        ("+15005550004", "21610", "opted out", {"opted_out"}),
        ("+15005550009", "21614", "cannot receive SMS", {"undeliverable"}),
        (NUMBER, "21266", "our own number", {"undeliverable"}),
    ],
)
def test_a_refusal_is_final_and_says_why(
    to: str, code: str, words: str, flags: set[str], sms: SmsConnector, twilio: StandIn
) -> None:
    with pytest.raises(PermanentFailure, match=words) as caught:
        sms.send(outgoing(to=Address(space="phone", value=to)))

    assert caught.value.code == code
    assert {name for name in ("undeliverable", "opted_out") if getattr(caught.value, name)} == flags
    assert twilio.account.messages == []


def test_a_customer_who_texted_stop_is_not_texted(sms: SmsConnector, twilio: StandIn) -> None:
    twilio.account.receive(ANA, NUMBER, "stop")

    with pytest.raises(PermanentFailure) as caught:
        sms.send(outgoing())
    twilio.account.receive(ANA, NUMBER, "START")
    sms.send(outgoing())

    assert caught.value.opted_out
    assert len(twilio.account.messages) == 3


def test_an_error_we_do_not_know_is_told_in_twilios_words(sms: SmsConnector, twilio: StandIn) -> None:
    error = {"code": 29999, "message": "The moon is in the way", "status": 400}
    twilio.troubles.append(Trouble(400, json.dumps(error).encode()))

    with pytest.raises(PermanentFailure) as caught:
        sms.send(outgoing())

    assert caught.value.reason == "Twilio refused it: The moon is in the way"


def test_an_error_in_the_newer_form_is_read_too(sms: SmsConnector, twilio: StandIn) -> None:
    """RFC 9457, which the SDK raises as TwilioServiceException."""
    error = {"type": "about:blank", "title": "Opted out", "status": 400, "code": 21610}
    twilio.troubles.append(Trouble(400, json.dumps(error).encode()))

    with pytest.raises(PermanentFailure) as caught:
        sms.send(outgoing())

    assert caught.value.opted_out


BUSY = {"code": 20429, "message": "Too Many Requests", "status": 429}
FAULT = {"code": 20500, "message": "Internal Server Error", "status": 500}


@pytest.mark.parametrize(
    ("trouble", "wait"),
    [
        (Trouble(429, json.dumps(BUSY).encode(), {"Retry-After": "7"}), timedelta(seconds=7)),
        (Trouble(429, json.dumps(BUSY).encode()), None),
        (Trouble(429, b"slow down"), None),
        (Trouble(400, json.dumps({"code": 21611, "message": "queue", "status": 400}).encode()), None),
        (Trouble(500, json.dumps(FAULT).encode()), None),
        (Trouble(500, b""), None),
        (Trouble(502, json.dumps(FAULT).encode()), None),
        (Trouble(503, b"<html>", {"Retry-After": "120"}), timedelta(seconds=120)),
    ],
)
def test_a_busy_twilio_is_tried_again_when_it_says(
    trouble: Trouble, wait: timedelta | None, sms: SmsConnector, twilio: StandIn
) -> None:
    twilio.troubles.append(trouble)

    with pytest.raises(TemporaryFailure) as caught:
        sms.send(outgoing())

    assert caught.value.retry_after == wait
    assert twilio.account.messages == []


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(cut=True),
        Trouble(cut=True, after=True),
        Trouble(502, b"<html>Bad gateway</html>", after=True),
        Trouble(504, b"", after=True),
        Trouble(201, b"<html>", after=True),
        Trouble(201, b"[]", after=True),
        Trouble(201, b'"text"', after=True),
        Trouble(201, b"null", after=True),
        Trouble(201, b"{}", after=True),
        Trouble(200, b"", after=True),
    ],
)
def test_an_answer_that_is_none_leaves_the_outcome_unknown(
    trouble: Trouble, sms: SmsConnector, twilio: StandIn
) -> None:
    twilio.troubles.append(trouble)

    with pytest.raises(OutcomeUnknown):
        sms.send(outgoing())

    assert len(twilio.account.messages) == int(trouble.after)


def test_a_time_out_after_the_request_left_is_unknown(
    build: Build, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.twilio.api.TIMEOUT", timedelta(seconds=0.3))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        settings.GUARDED_HTTP_ALLOW = [host]

        with pytest.raises(OutcomeUnknown):
            build(api_url=f"http://{host}").send(outgoing())


def test_a_report_finds_the_message_whose_answer_was_lost(sms: SmsConnector, twilio: StandIn) -> None:
    """The connection breaks after Twilio took it: its reports still name our message, so the doubt ends by itself."""
    twilio.troubles.append(Trouble(cut=True, after=True))
    with pytest.raises(OutcomeUnknown):
        sms.send(outgoing())

    [taken] = twilio.account.messages

    assert taken.callback.startswith(f"{HOOK}?message={sms.reference_for('m1')}")


def test_a_twilio_that_cannot_be_reached_is_tried_again(build: Build, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host = f"127.0.0.1:{taken.getsockname()[1]}"
    settings.GUARDED_HTTP_ALLOW = [host]

    with pytest.raises(TemporaryFailure, match="cannot be reached"):
        build(api_url=f"http://{host}").send(outgoing())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"auth_token": "old"}, "Twilio refuses our account"),
        ({"account_sid": "AC" + "2" * 32}, "Twilio refuses our account"),
    ],
)
def test_wrong_credentials_stop_the_channel(
    change: dict[str, str], words: str, build: Build, twilio: StandIn
) -> None:
    with pytest.raises(ChannelBroken, match=words):
        build(api_url=twilio.base, **change).send(outgoing())


def test_an_account_twilio_does_not_know_stops_the_channel(build: Build, twilio: StandIn) -> None:
    twilio.account.keys["SK1"] = "k"

    with pytest.raises(ChannelBroken, match="does not know this account"):
        build(api_url=twilio.base, account_sid="AC" + "2" * 32, api_key_sid="SK1", api_key_secret="k").send(
            outgoing()
        )


def test_an_api_address_inside_the_network_is_refused(build: Build, twilio: StandIn, settings: Any) -> None:
    """An admin of the inbox is not an admin of its machine (trust.md A14)."""
    settings.GUARDED_HTTP_ALLOW = []

    with pytest.raises(PermanentFailure, match="private network"):
        build(api_url=twilio.base).send(outgoing())

    assert twilio.asked == []


def test_the_environments_twilio_account_is_not_ours(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC-of-another-program")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "another")
    monkeypatch.setenv("TWILIO_REGION", "br1")

    client = twilio_client(build().settings)

    assert (client.username, client.password, client.region) == (ACCOUNT, TOKEN, None)


@pytest.mark.parametrize(
    ("region", "host"),
    [("us1", "api.twilio.com"), ("ie1", "api.dublin.ie1.twilio.com"), ("au1", "api.sydney.au1.twilio.com")],
)
def test_a_region_keeps_requests_there(region: str, host: str, build: Build) -> None:
    client = twilio_client(build(region=region).settings)

    assert (
        client.get_hostname("https://api.twilio.com/2010-04-01/Accounts.json")
        == f"https://{host}/2010-04-01/Accounts.json"
    )


def test_no_secret_is_logged(sms: SmsConnector, twilio: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    sms.send(outgoing(text="private words"))
    twilio.troubles.append(Trouble(500, b""))
    with pytest.raises(TemporaryFailure):
        sms.send(outgoing(text="private words"))

    assert TOKEN not in caplog.text
    assert "private words" not in caplog.text
