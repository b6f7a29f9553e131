"""What the page tells us, through its signature. Every event and oddity by itself: the samples."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.messenger import reading
from connectors.messenger.connector import MessengerConnector
from connectors.messenger.standin import PageStandIn
from connectors.meta.heard import Account
from connectors.meta.standin_inbox import Person
from inbox.contract import (
    BadPayload,
    DeliveryUpdate,
    Edit,
    Ignored,
    InboundMessage,
    ReadUpTo,
    Status,
)
from tests.connectors.messenger.conftest import PAGE, heard, outgoing
from tests.standins.web import Web

ACCOUNT = Account(space="messenger", id=PAGE, app_id="1")
PARTS = ["message", "message_edit", "reaction", "postback", "delivery", "read", "referral", "optin"]
FIELDS = [
    "mid", "text", "attachments", "type", "payload", "url", "coordinates", "lat", "long", "reply_to", "story", "referral", "ref",
    "source", "ad_id", "is_echo", "is_deleted", "app_id", "quick_reply", "emoji", "action", "mids", "watermark", "num_edit", "title",
    "elements", "buttons", "generic", "sticker_id", "ads_context_data",
]  # fmt: skip
FEED = [
    "item",
    "verb",
    "comment_id",
    "post_id",
    "parent_id",
    "from",
    "id",
    "name",
    "message",
    "photo",
    "created_time",
    "post",
    "link",
]
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["image", "sticker", "location", "template", "https://x", "http://[", "ADS", "comment", "add", PAGE]
    )
)


def shapes(fields: list[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(fields), inner, max_size=4)
        ),
        max_leaves=12,
    )


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(
    kind=st.sampled_from(PARTS),
    part=st.dictionaries(st.sampled_from(FIELDS), shapes(FIELDS), max_size=6),
    sender=leaves,
    at=leaves,
)
def test_no_shape_of_a_message_breaks_reading(kind: str, part: dict[str, Any], sender: Any, at: Any) -> None:
    event = {"sender": {"id": sender}, "recipient": {"id": PAGE}, "timestamp": at, kind: part}

    events = read({"messaging": [event]})

    assert all(each.event_key for each in events)
    assert [each.event_key for each in events] == [each.event_key for each in read({"messaging": [event]})]


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(
    field=st.sampled_from(["feed", "mention", "messages", "other"]),
    value=st.dictionaries(st.sampled_from(FEED), shapes(FEED), max_size=8),
)
def test_no_shape_of_a_comment_breaks_reading(field: str, value: dict[str, Any]) -> None:
    events = read({"changes": [{"field": field, "value": value}]})

    assert all(each.event_key for each in events)


def read(entry: dict[str, Any]) -> list[Any]:
    """The events of one entry of the page. JSON knows no more than these shapes."""
    body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1772443800000, **entry}]}).encode()
    return list(reading.events(body, ACCOUNT))


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"object": "page"}', b'{"object": "page", "entry": [1]}', b"\xff"]
)
def test_what_is_no_webhook_of_a_page_cannot_be_read(body: bytes) -> None:
    with pytest.raises(BadPayload):
        list(reading.events(body, ACCOUNT))


def test_what_they_write_comes_signed_and_as_written(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person, hook: Web
) -> None:
    facebook.says(ana, "<b>two</b>\n\n😀")

    said = heard(messenger, hook)

    assert [each.text for each in said if isinstance(each, InboundMessage)] == [
        "Is the blue one in stock?",
        "<b>two</b>\n\n😀",
    ]


def test_what_we_have_sent_comes_back_and_is_left_out_and_then_it_arrives_and_is_read(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person, hook: Web
) -> None:
    accepted = messenger.send(outgoing(ana))
    hook.asked.clear()

    facebook.is_read(facebook.sent[0])

    echo, arrived, seen = heard(messenger, hook)
    assert isinstance(echo, Ignored)
    assert isinstance(arrived, DeliveryUpdate)
    assert (arrived.external_id, arrived.status) == (accepted.external_id, Status.DELIVERED)
    assert isinstance(seen, ReadUpTo)


def test_what_business_suite_has_sent_stands_in_the_thread_as_ours(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person, hook: Web
) -> None:
    messenger.send(outgoing(ana))
    hook.asked.clear()

    facebook.echoes(facebook.sent[0], app_id=263902037430900)

    [echo] = heard(messenger, hook)
    assert isinstance(echo, InboundMessage)
    assert (echo.echo, echo.to[0].value) == (True, f"{PAGE}/{ana.id}")


def test_each_edit_of_a_message_is_news_of_its_own(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person, hook: Web
) -> None:
    mid = facebook.says(ana, "one")
    hook.asked.clear()

    for times, text in ((1, "two"), (2, "one"), (2, "one")):
        facebook.happens(ana, {"message_edit": {"mid": mid, "text": text, "num_edit": times}})

    edits = [each for each in heard(messenger, hook) if isinstance(each, Edit)]
    assert [each.text for each in edits] == ["two", "one", "one"]
    assert len({each.event_key for each in edits}) == 2


def test_only_the_first_message_by_an_advert_has_the_longer_window(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person, hook: Web
) -> None:
    facebook.says(ana, "I saw your ad", referral={"source": "ADS", "ad_id": "6045"})
    facebook.says(ana, "Hello?")

    by_advert, after = heard(messenger, hook)[-2:]

    assert isinstance(by_advert, InboundMessage)
    assert isinstance(after, InboundMessage)
    assert by_advert.occurred_at is not None
    assert by_advert.reply_until == by_advert.occurred_at + timedelta(days=7)
    assert after.reply_until is None
