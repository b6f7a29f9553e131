"""Webhooks → events, where a sample cannot say it: times that depend on now, shapes nobody sends, other accounts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import samples
from connectors.meta.signature import HEADER
from connectors.whatsapp.connector import WhatsAppConnector
from inbox.contract import (
    AddressChanged,
    BadSignature,
    CardKind,
    DeliveryUpdate,
    Edit,
    Ignored,
    InboundMessage,
    Request,
    Status,
    WindowChanged,
)
from tests.connectors import rehearsal
from tests.connectors.whatsapp.conftest import AT, TS, build, hook, read

INBOUND = [each for each in samples.of("whatsapp") if each.stored]


@pytest.fixture
def line(values: dict[str, str]) -> WhatsAppConnector:
    """A channel without a provider: reading needs none."""
    return build(values)


def said(kind: str, content: object, **more: Any) -> dict[str, Any]:
    return {"from": "447700900123", "id": "wamid.A", "timestamp": TS, "type": kind, kind: content, **more}


def test_a_request_signed_for_another_app_is_refused(line: WhatsAppConnector, values: dict[str, str]) -> None:
    request = hook({}, line.settings)

    with pytest.raises(BadSignature):
        build({**values, "app_secret": "another"}).verify(request)
    build({**values, "app_secret": "another", "other_secret": values["app_secret"]}).verify(request)
    assert request.header(HEADER).startswith("sha256=")


def test_a_file_of_the_history_is_awaited_for_14_days(line: WhatsAppConnector) -> None:
    def heard(days: int) -> Any:
        at = str(int((AT - timedelta(days=days)).timestamp()))
        message = {"from": "447700900123", "id": "wamid.H", "timestamp": at, "type": "media_placeholder"}
        chunk = {"metadata": {"phase": 0}, "threads": [{"id": "447700900123", "messages": [message]}]}
        (event,) = read(line, {"history": [chunk]}, "history")
        return event

    fresh, old = heard(3), heard(30)

    # It comes under the same id, so nothing may stand there yet.
    assert isinstance(fresh, Ignored)
    assert fresh.event_key != "wamid.H"
    assert isinstance(old, InboundMessage)
    assert old.historical
    assert old.cards[0].kind is CardKind.UNSUPPORTED


def test_in_the_history_ours_are_told_from_theirs_even_without_to(line: WhatsAppConnector) -> None:
    messages = [
        {"from": "442079460125", "id": "wamid.1", "timestamp": TS, "type": "text", "text": {"body": "Ours"}},
        {"id": "wamid.2", "timestamp": TS, "type": "text", "text": {"body": "Theirs"}},
    ]
    chunk = {"threads": [{"id": "447700900123", "messages": messages}]}

    ours, theirs = read(line, {"history": [chunk]}, "history")

    assert isinstance(ours, InboundMessage)
    assert isinstance(theirs, InboundMessage)
    assert (ours.echo, ours.to[0].value) == (True, "+447700900123")
    assert (theirs.echo, theirs.author.value) == (False, "+447700900123")


def test_two_statuses_of_one_message_are_two_events_and_one_status_twice_is_one(
    line: WhatsAppConnector,
) -> None:
    def status(state: str) -> dict[str, Any]:
        return {"id": "wamid.O", "status": state, "timestamp": TS, "recipient_id": "447700900123"}

    keys = [
        event.event_key for event in read(line, {"statuses": [status(s) for s in ("read", "sent", "read")]})
    ]

    assert keys == ["wamid.O:read", "wamid.O:sent", "wamid.O:read"]


def test_a_window_that_meta_finds_closed_is_closed(line: WhatsAppConnector) -> None:
    failed = {
        "id": "wamid.O",
        "status": "failed",
        "timestamp": TS,
        "recipient_id": "447700900123",
        "errors": [{"code": 131047, "title": "Re-engagement message"}],
    }

    update, window = read(line, {"statuses": [failed]})

    assert isinstance(update, DeliveryUpdate)
    assert (update.status, update.undeliverable) == (Status.FAILED, False)
    assert isinstance(window, WindowChanged)
    assert window.until == datetime.fromtimestamp(int(TS), UTC)


def test_a_number_that_is_not_on_whatsapp_may_still_take_an_sms(line: WhatsAppConnector) -> None:
    failed = {"id": "wamid.O", "status": "failed", "timestamp": TS, "errors": [{"code": 131026}]}

    (update,) = read(line, {"statuses": [failed]})

    assert isinstance(update, DeliveryUpdate)
    assert not update.undeliverable


def test_an_advert_lengthens_no_window(line: WhatsAppConnector) -> None:
    """The free entry point is a matter of price; free text ends after 24 hours as always."""
    (event,) = read(line, {"messages": [said("text", {"body": "Hi"}, referral={"headline": "Shoes"})]})

    assert isinstance(event, InboundMessage)
    assert event.reply_until is None
    assert event.cards[0].kind is CardKind.ADVERT


@pytest.mark.parametrize(
    "edited", [{}, {"type": "poll"}, {"type": "text"}, {"type": "text", "text": {"body": ""}}]
)
def test_an_edit_without_readable_content_empties_no_bubble(
    line: WhatsAppConnector, edited: dict[str, Any]
) -> None:
    events = read(line, {"messages": [said("edit", {"original_message_id": "wamid.1", "message": edited})]})

    assert [type(event) for event in events] == [Ignored]


def test_a_caption_can_be_edited_away(line: WhatsAppConnector) -> None:
    edited = {"type": "image", "image": {"id": "1", "mime_type": "image/png"}}

    (event,) = read(line, {"messages": [said("edit", {"original_message_id": "wamid.1", "message": edited})]})

    assert event == Edit(event_key="wamid.A", occurred_at=event.occurred_at, external_id="wamid.1", text="")


def test_a_move_to_the_same_number_is_none(line: WhatsAppConnector) -> None:
    system = {"type": "user_changed_number", "body": "Nothing", "wa_id": "447700900123"}

    events = read(line, {"messages": [said("system", system)]})

    assert not any(isinstance(event, AddressChanged) for event in events)


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"latitude": "x", "longitude": 1},
        {"latitude": 91, "longitude": 0},
        {"latitude": 1, "longitude": 181},
    ],
)
def test_a_place_that_is_none_on_earth_is_shown_as_unreadable(
    line: WhatsAppConnector, place: dict[str, Any]
) -> None:
    (event,) = read(line, {"messages": [said("location", place)]})

    assert isinstance(event, InboundMessage)
    assert event.cards[0].kind is CardKind.UNSUPPORTED


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", 7, None])
def test_no_address_of_theirs_becomes_a_link_unless_it_is_one_of_the_web(
    line: WhatsAppConnector, url: object
) -> None:
    (event,) = read(line, {"messages": [said("location", {"latitude": 1, "longitude": 2, "url": url})]})

    assert isinstance(event, InboundMessage)
    assert event.cards[0].url == ""


def shared(*contacts: dict[str, Any], origin: str = "contact_request") -> dict[str, Any]:
    message = said("contacts", list(contacts), origin=origin, from_user_id="GB.7")
    del message["from"]
    return message


OWN = {"vcard": "BEGIN:VCARD\nFN;CHARSET=UTF-8:Lou Grey\nEND:VCARD", "phones": [{"phone": "+44 7700 900321"}]}


def test_a_number_shared_by_the_button_that_asks_for_it_is_theirs(line: WhatsAppConnector) -> None:
    (event,) = read(line, {"messages": [shared(OWN)]})

    assert isinstance(event, InboundMessage)
    assert [proof.value for proof in event.proofs] == ["+447700900321"]
    assert event.cards[0].title == "Lou Grey"


@pytest.mark.parametrize(
    "message",
    [
        shared(OWN, origin="other"),
        shared(OWN, OWN),
        shared({**OWN, "phones": [{"phone": "+447700900321"}, {"phone": "+447700900322"}]}),
        shared({**OWN, "phones": []}),
        shared({**OWN, "phones": [{"phone": "ask me"}]}),
        {**shared(OWN), "origin": None},
    ],
)
def test_any_other_shared_contact_proves_nothing(line: WhatsAppConnector, message: dict[str, Any]) -> None:
    (event,) = read(line, {"messages": [message]})

    assert isinstance(event, InboundMessage)
    assert event.proofs == ()


def test_a_status_that_tells_only_one_of_number_and_user_id_identifies_nobody(
    line: WhatsAppConnector,
) -> None:
    status = {"id": "wamid.O", "status": "sent", "timestamp": TS}

    for contact in ({"wa_id": "447700900123"}, {"user_id": "GB.1"}, {}):
        events = read(line, {"statuses": [status], "contacts": [contact]})
        assert [type(event) for event in events] == [DeliveryUpdate]


@pytest.mark.parametrize("shown", ["442079460125", "+44 20 7946 0125", "+44-20-79460125"])
def test_our_own_number_is_known_however_it_is_written(line: WhatsAppConnector, shown: str) -> None:
    metadata = {"display_phone_number": shown, "phone_number_id": line.settings.phone_number_id}
    echo = {"to": "447700900123", "id": "wamid.E", "timestamp": TS, "type": "text", "text": {"body": "x"}}

    (event,) = read(line, {"metadata": metadata, "message_echoes": [echo]}, "smb_message_echoes")

    assert isinstance(event, InboundMessage)
    assert event.author.value == "+442079460125"


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), strange=odd)
def test_any_value_anywhere_in_any_webhook_is_read_or_refused(
    line: WhatsAppConnector, data: st.DataObject, strange: object
) -> None:
    # given a recorded webhook with one part of it replaced by something else
    sample = data.draw(st.sampled_from(INBOUND))
    try:
        whole = json.loads(sample.request().body)
    except ValueError:
        return
    changed = _replaced(whole, data.draw(st.integers(0, 60)), strange)
    request = Request(body=json.dumps(changed).encode(), received_at=AT)

    # when it is read
    events, refused = rehearsal.parsed(line, request)

    # then every event is one that can be stored, or the webhook says why it cannot be read
    assert refused is None or refused.reason
    assert all(event.event_key for event in events)
    assert all(event.reason for event in events if isinstance(event, Ignored))
    assert "\\x00" not in repr(events)


def _replaced(value: Any, place: int, strange: object) -> Any:
    """The same with its part number `place`, in the order of reading, replaced."""
    count = -1

    def walk(part: Any) -> Any:
        nonlocal count
        count += 1
        if count == place:
            return strange
        if isinstance(part, dict):
            return {key: walk(inner) for key, inner in part.items()}
        return [walk(inner) for inner in part] if isinstance(part, list) else part

    return walk(value)
