"""“Check connection” really asks Twilio, and says what works in plain lines."""

from __future__ import annotations

import pytest

from connectors.sms.connector import SmsConnector
from connectors.sms.standin.server import StandIn
from connectors.standin.wire import Trouble
from connectors.twilio.signature import RETRIES
from tests.connectors.sms.conftest import HOOK, NUMBER, Build

SERVICE = "MG" + "5" * 32
US, UK = "+15005550007", "+447700900999"


def test_a_number_that_is_set_up_is_fine(sms: SmsConnector, twilio: StandIn) -> None:
    health = sms.check()

    assert health.ok
    assert health.lines == (
        "The account “Stand-in” is active.",
        "+1 500-555-0006 sends and receives SMS.",
        "Twilio sends the messages of the number +1 500-555-0006 to us.",
    )
    assert len(twilio.asked) == 2


def test_the_address_with_our_advice_to_try_again_is_ours_too(sms: SmsConnector, twilio: StandIn) -> None:
    twilio.account.numbers[NUMBER].sms_url = HOOK + RETRIES

    assert sms.check().ok


@pytest.mark.parametrize(
    ("url", "where"), [("https://demo.twilio.com/welcome/sms/reply", "https://demo"), ("", "nobody")]
)
def test_a_number_whose_messages_go_elsewhere_is_not(
    url: str, where: str, sms: SmsConnector, twilio: StandIn
) -> None:
    twilio.account.numbers[NUMBER].sms_url = url

    health = sms.check()

    assert not health.ok
    assert f"to {where}" in health.lines[-1]
    assert health.lines[-1].endswith(f"Set its webhook to {HOOK}")


def test_a_twiml_application_takes_the_messages_away(sms: SmsConnector, twilio: StandIn) -> None:
    twilio.account.numbers[NUMBER].sms_application_sid = "AP1"

    health = sms.check()

    assert not health.ok
    assert "TwiML application" in health.lines[-1]


def test_a_number_of_another_account_is_named(build: Build, twilio: StandIn) -> None:
    health = build(api_url=twilio.base, number="020 7946 0000").check()

    assert not health.ok
    assert health.lines[-1] == "The account has no number +44 20 7946 0000."


def test_what_the_number_cannot_do_is_said(sms: SmsConnector, twilio: StandIn) -> None:
    number = twilio.account.numbers[NUMBER]
    number.mms = False
    without_pictures = sms.check()
    number.sms = False
    without_anything = sms.check()

    assert without_pictures.ok
    assert "+1 500-555-0006 cannot do MMS: pictures and files do not go from it." in without_pictures.lines
    assert not without_anything.ok


def test_wrong_credentials_are_the_first_and_only_line(build: Build, twilio: StandIn) -> None:
    health = build(api_url=twilio.base, auth_token="old").check()

    assert not health.ok
    assert health.lines == (
        "Twilio refuses our account or token. Enter the current auth token in the channel's settings.",
    )


def test_a_suspended_account_is_said(sms: SmsConnector, twilio: StandIn) -> None:
    twilio.account.status = "suspended"

    assert sms.check().lines[0] == "The account “Stand-in” is suspended."
    assert not sms.check().ok


def test_a_trial_account_is_said(sms: SmsConnector, twilio: StandIn) -> None:
    twilio.account.kind = "Trial"

    health = sms.check()

    assert health.ok
    assert "trial" in health.lines[0]


def test_a_key_that_may_not_read_the_account_checks_the_number(build: Build, twilio: StandIn) -> None:
    twilio.account.keys["SK1"] = "k"

    health = build(api_url=twilio.base, api_key_sid="SK1", api_key_secret="k").check()

    assert health.ok
    assert [asked.path.rpartition("/")[2] for asked in twilio.asked] == ["IncomingPhoneNumbers.json"]


def test_a_pool_that_is_set_up_is_fine(build: Build, twilio: StandIn) -> None:
    twilio.account.add_service(SERVICE, [UK], inbound_request_url=HOOK)

    health = build(api_url=twilio.base, messaging_service_sid=SERVICE).check()

    assert health.ok
    assert health.lines[1:] == (
        "The service “Pool” has the numbers +44 7700 900999.",
        "Twilio sends the messages of the service “Pool” to us.",
    )


def test_a_pool_that_leaves_it_to_its_numbers_is_checked_there(build: Build, twilio: StandIn) -> None:
    twilio.account.add_number(UK, "https://elsewhere.example/")
    twilio.account.add_service(SERVICE, [UK], use_inbound_webhook_on_number=True)

    health = build(api_url=twilio.base, messaging_service_sid=SERVICE).check()

    assert not health.ok
    assert "the number +44 7700 900999 to https://elsewhere.example/" in health.lines[-1]


def test_what_is_missing_for_a_pool_is_said(build: Build, twilio: StandIn) -> None:
    twilio.account.add_service(SERVICE, [US], inbound_request_url=HOOK, registered=False, sticky_sender=False)
    american = build(api_url=twilio.base, messaging_service_sid=SERVICE).check()
    twilio.account.add_service(SERVICE, [], inbound_request_url=HOOK)
    empty = build(api_url=twilio.base, messaging_service_sid=SERVICE).check()

    assert not american.ok
    assert any("A2P 10DLC" in line for line in american.lines)
    assert any("Sticky sender" in line for line in american.lines)
    assert not empty.ok
    assert "The service “Pool” has no numbers." in empty.lines


def test_a_service_twilio_does_not_know_is_said(build: Build, twilio: StandIn) -> None:
    health = build(api_url=twilio.base, messaging_service_sid="MG" + "6" * 32).check()

    assert not health.ok
    assert "does not know" in health.lines[-1]


def test_a_channel_without_a_sender_is_said(build: Build, twilio: StandIn) -> None:
    health = build(api_url=twilio.base, number="").check()

    assert not health.ok
    assert "Enter a number or a messaging service" in health.lines[-1]


def test_an_inbox_without_https_is_told(build: Build, twilio: StandIn) -> None:
    twilio.account.numbers[NUMBER].sms_url = "http://inbox.example/hooks/c0ffee"

    health = build("http://inbox.example/hooks/c0ffee", api_url=twilio.base).check()

    assert health.ok
    assert "without encryption" in health.lines[-1]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b"null", b'{"incoming_phone_numbers": 5}', b'""'])
def test_an_answer_that_is_not_twilios_is_said(body: bytes, build: Build, twilio: StandIn) -> None:
    twilio.account.keys["SK1"] = "k"
    twilio.troubles.append(Trouble(200, body))

    health = build(api_url=twilio.base, api_key_sid="SK1", api_key_secret="k").check()

    assert not health.ok
    assert len(health.lines) == 1


def test_a_broken_connection_is_said(sms: SmsConnector, twilio: StandIn) -> None:
    twilio.troubles.append(Trouble(cut=True))

    health = sms.check()

    assert not health.ok
    assert health.lines == ("The connection to Twilio ended before it answered.",)
