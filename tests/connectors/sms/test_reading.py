"""Twilio's webhooks become messages, reports, consent; nothing they can hold breaks the reader."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sms import reading
from connectors.twilio.signature import Form
from inbox.contract import (
    Address,
    BadPayload,
    Consent,
    DeliveryUpdate,
    File,
    Ignored,
    InboundEvent,
    InboundMessage,
    Nature,
    Proof,
    Status,
)
from tests.connectors.sms.conftest import ANA, HOOK, NUMBER, incoming

SID = "SM" + "1" * 32


def read(fields: dict[str, Any], *, url: str = HOOK, address: str = NUMBER) -> list[InboundEvent]:
    form = Form({name: value if isinstance(value, list) else [value] for name, value in fields.items()})
    return reading.events(form, url=url, address=address)


def message(**fields: Any) -> InboundMessage:
    first = read(incoming(**fields))[0]
    assert isinstance(first, InboundMessage)
    return first


def test_a_text_is_a_message_of_a_proven_number() -> None:
    got = message(Body="Where is it?")

    assert got == InboundMessage(
        event_key=SID,
        external_id=SID,
        author=Address(space="phone", value=ANA),
        proof=Proof.PROVEN,
        text="Where is it?",
    )


def test_pictures_come_as_references_with_plain_names() -> None:
    got = message(
        NumMedia="3",
        MediaUrl0="https://api.twilio.com/m/1",
        MediaContentType0="image/jpeg",
        MediaUrl1="https://api.twilio.com/m/2",
        MediaContentType1="audio/amr",
        MediaUrl2="https://api.twilio.com/m/3",
        MediaContentType2="text/x-vcard",
        Body="",
    )

    assert got.text == ""
    assert got.files == (
        File(name="picture-1.jpg", content_type="image/jpeg", url="https://api.twilio.com/m/1"),
        File(name="recording-2.amr", content_type="audio/amr", url="https://api.twilio.com/m/2"),
        File(name="file-3.vcf", content_type="text/x-vcard", url="https://api.twilio.com/m/3"),
    )


def test_media_that_is_counted_but_not_named_is_said() -> None:
    got = message(NumMedia="2", MediaUrl0="https://api.twilio.com/m/1")

    assert len(got.files) == 1
    assert got.notices == ("1 more files came with this message; Twilio did not say where they are.",)


@pytest.mark.parametrize("count", ["", "-1", "x", "99999999999999999999", "²", "1e3"])
def test_a_count_that_is_none_is_passed_over(count: str) -> None:
    assert message(NumMedia=count).notices == ()


def test_nul_and_broken_surrogates_leave_the_text_storable() -> None:
    got = message(Body="a\0b\ud83dc", From=ANA + "\0")

    assert got.text == "ab?c"
    assert got.author.value == ANA


@pytest.mark.parametrize("sender", ["62966", "DHL", "AMAZON INFO"])
def test_a_short_code_or_a_name_is_a_machine(sender: str) -> None:
    got = message(From=sender)

    assert got.author.value == sender
    assert got.nature is Nature.AUTO
    assert got.proof is Proof.UNPROVEN


def test_a_message_over_another_of_twilios_channels_is_kept_and_said() -> None:
    whatsapp, rcs = (
        message(From=f"whatsapp:{ANA}", To="whatsapp:+15005550006"),
        message(From=f"rcs:{ANA}", To="rcs:brand"),
    )

    assert whatsapp.author.value == rcs.author.value == ANA
    assert whatsapp.notices == ("This came over whatsapp. Answers from here leave as SMS.",)
    assert rcs.notices == ()


def test_a_message_to_another_of_our_numbers_says_where_answers_leave_from() -> None:
    assert message(To="+15005550007").notices == (
        f"This was sent to +15005550007. Answers leave from {NUMBER}.",
    )
    pool = read(incoming(To="+15005550007"), address="")[0]
    assert isinstance(pool, InboundMessage)
    assert pool.notices == ()


def test_a_message_without_a_sender_is_parked() -> None:
    with pytest.raises(BadPayload):
        read(incoming(From=""))


def test_the_fallback_address_gets_the_same_message() -> None:
    """When the first address failed, Twilio posts to the fallback with ErrorCode and ErrorUrl besides (docs: error 11200)."""
    assert read(incoming(ErrorCode="11200", ErrorUrl=HOOK))[0] == message()


@pytest.mark.parametrize(
    ("kind", "body", "allowed"),
    [
        ("STOP", "Arret", False),
        ("START", "Weiter", True),
        ("", "STOP", False),
        ("", " stop \n", False),
        ("", "StopAll", False),
        ("", "cancel", False),
        ("", "UNSTOP", True),
        ("", "yes", True),
    ],
)
def test_a_refusal_or_a_return_is_consent_beside_the_message(kind: str, body: str, allowed: bool) -> None:
    got, consent = read(incoming(OptOutType=kind, Body=body))

    assert isinstance(got, InboundMessage)
    assert got.nature is Nature.PERSON
    assert consent == Consent(
        event_key=f"{SID}:consent",
        address=Address(space="phone", value=ANA),
        allowed=allowed,
        keyword=body.strip().upper(),
    )


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("HELP", "help"),
        ("", "help"),
        ("", "Please stop sending socks"),
        ("", "STOP it"),
        ("", "stop."),
        ("", ""),
        ("NEW", "x"),
    ],
)
def test_other_words_change_no_consent(kind: str, body: str) -> None:
    assert len(read(incoming(OptOutType=kind, Body=body))) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("accepted", Status.SENT),
        ("scheduled", Status.SENT),
        ("queued", Status.SENT),
        ("sending", Status.SENT),
        ("sent", Status.SENT),
        ("delivered", Status.DELIVERED),
        ("read", Status.READ),
        ("undelivered", Status.FAILED),
        ("failed", Status.FAILED),
    ],
)
def test_every_state_of_twilio_is_one_of_ours(status: str, expected: Status) -> None:
    [update] = read(
        {"MessageSid": SID, "MessageStatus": status, "SmsStatus": status, "From": NUMBER, "To": ANA}
    )

    assert isinstance(update, DeliveryUpdate)
    assert (update.event_key, update.external_id, update.status) == (f"{SID}:{status}", SID, expected)


def test_a_report_names_our_own_message_if_the_address_does() -> None:
    """So a message whose sending broke off before Twilio's id came back is found again."""
    [update] = read({"MessageSid": SID, "MessageStatus": "sent"}, url=f"{HOOK}?message=m1")

    assert isinstance(update, DeliveryUpdate)
    assert update.external_id == "m1"


@pytest.mark.parametrize(
    ("code", "words", "undeliverable", "opted_out"),
    [
        ("30003", "switched off", False, False),
        ("30005", "unknown", True, False),
        ("30006", "landline", True, False),
        ("30007", "filtered", False, False),
        ("30034", "A2P", False, False),
        ("21610", "opted out", False, True),
        ("", "no reason", False, False),
        ("99999", "Twilio error 99999", False, False),
    ],
)
def test_a_failure_says_what_to_do(code: str, words: str, undeliverable: bool, opted_out: bool) -> None:
    [update] = read(
        {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": code, "ErrorMessage": ""}
    )

    assert isinstance(update, DeliveryUpdate)
    assert words in update.reason
    assert (update.code, update.undeliverable, update.opted_out) == (code, undeliverable, opted_out)


def test_no_error_is_written_as_zero_by_some_networks() -> None:
    [update] = read({"MessageSid": SID, "MessageStatus": "delivered", "ErrorCode": "0"})

    assert isinstance(update, DeliveryUpdate)
    assert (update.code, update.reason) == ("", "")


def test_a_message_cancelled_in_the_console_has_failed() -> None:
    [update] = read({"MessageSid": SID, "MessageStatus": "canceled"})

    assert isinstance(update, DeliveryUpdate)
    assert (update.status, update.reason) == (Status.FAILED, "It was cancelled at Twilio.")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"CallSid": "CA1", "CallStatus": "ringing"},
        {"MessageSid": SID, "MessageStatus": "partially_eaten"},
    ],
)
def test_what_we_do_not_know_is_kept_as_ignored(fields: dict[str, str]) -> None:
    [first], [again] = read(fields), read(fields)

    assert isinstance(first, Ignored)
    assert first.event_key == again.event_key


text = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["\0", "\ud800", "whatsapp:", ":", "+", "received", "sent"]
)
names = st.sampled_from(
    ["MessageSid", "SmsSid", "MessageStatus", "SmsStatus", "From", "To", "Body", "NumMedia", "MediaUrl0", "MediaUrl1",
     "MediaContentType0", "OptOutType", "ErrorCode", "MessagingServiceSid"]
)  # fmt: skip


@given(st.dictionaries(names | text, st.lists(text, min_size=1, max_size=2), max_size=14), text)
def test_any_fields_become_events_or_are_parked(fields: dict[str, list[str]], query: str) -> None:
    try:
        events = read(fields, url=f"{HOOK}?message={query}")
    except BadPayload:
        return

    assert events
    for event in events:
        assert event.event_key
        for value in (event.event_key, getattr(event, "text", ""), getattr(event, "external_id", "x")):
            assert "\0" not in value
            value.encode()


@given(st.text(st.characters()))
def test_any_body_arrives_as_it_was_typed(body: str) -> None:
    got = message(Body=body)

    assert got.text == body.replace("\0", "").encode(errors="replace").decode()
    assert got.external_id == SID


def test_a_thousand_pictures_do_not_break_the_reader() -> None:
    many = {f"MediaUrl{n}": f"https://api.twilio.com/m/{n}" for n in range(1000)}

    assert len(message(NumMedia="1000", **many).files) == 1000
