"""What cannot be a sample: any fields at all, and who somebody is however Twilio names them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.twilio.signature import Form
from connectors.whatsapp_twilio import addresses, reading
from inbox.contract import Address, BadPayload, Consent, InboundMessage, WindowChanged
from tests.connectors.whatsapp_twilio.conftest import ACCOUNT, ANA, AT, HOOK, Build, post

NAMES = [
    "MessageSid", "SmsStatus", "MessageStatus", "From", "To", "Body", "NumMedia", "MediaUrl0", "MediaContentType0", "ProfileName",
    "WaId", "ExternalUserId", "ParentExternalUserId", "ButtonText", "ListTitle", "Latitude", "Longitude", "Label", "Address",
    "ReferralSourceUrl", "ReferralHeadline", "OriginalRepliedMessageSid", "ErrorCode", "OptOutType", "MessageType", "Forwarded",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40)))
def test_any_fields_become_events_or_are_refused(fields: dict[str, str]) -> None:
    form = Form({name: [value] for name, value in fields.items()})
    try:
        events = reading.events(form, url=HOOK, ours=reading.Ours(ACCOUNT), now=AT)
    except BadPayload:
        return
    assert events
    assert all(event.event_key for event in events)


@given(st.text(max_size=60))
def test_what_is_read_can_be_written_back(text: str) -> None:
    found = addresses.read(text, ACCOUNT)

    if found is not None:
        assert addresses.read(addresses.write(found, ACCOUNT, "GB"), ACCOUNT) == found


def test_a_number_shared_with_sms_is_the_same_identity(build: Build) -> None:
    [message] = build().parse(post())

    assert isinstance(message, InboundMessage)
    assert (message.author.space, message.author.value) == ("phone", ANA)


def test_a_number_that_comes_beside_a_user_id_is_attested(build: Build) -> None:
    fields = {"From": "whatsapp:GB.1234", "ExternalUserId": "whatsapp:GB.1234", "WaId": ANA.lstrip("+")}

    [message] = build().parse(post(**fields))

    assert isinstance(message, InboundMessage)
    assert message.author == Address(space="whatsapp", value=f"{ACCOUNT}/GB.1234")
    assert message.proofs == (Address(space="phone", value=ANA),)


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe "])
def test_a_word_that_can_only_mean_one_thing_opts_out(word: str, build: Build) -> None:
    events = list(build().parse(post(Body=word)))

    assert [event.allowed for event in events if isinstance(event, Consent)] == [False]


@pytest.mark.parametrize("word", ["cancel", "end", "quit", "yes", "please stop calling"])
def test_a_word_that_may_be_an_answer_does_not(word: str, build: Build) -> None:
    assert not [event for event in build().parse(post(Body=word)) if isinstance(event, Consent)]


def test_only_the_code_for_a_closed_window_closes_it(build: Build) -> None:
    def news(code: str) -> list[WindowChanged]:
        request = post(MessageStatus="undelivered", ErrorCode=code, To=f"whatsapp:{ANA}")
        return [event for event in build().parse(request) if isinstance(event, WindowChanged)]

    [closed] = news("63016")
    assert (closed.address.value, closed.until) == (ANA, AT)
    assert news("63003") == news("") == news("²") == []


def test_a_link_of_an_advert_that_is_no_web_address_is_left_out(build: Build) -> None:
    [message] = build().parse(post(ReferralSourceUrl="javascript:alert(1)", ReferralHeadline="Boots"))

    assert isinstance(message, InboundMessage)
    assert message.cards[0].url == ""
