"""What the account tells us, through its signature. Every event and oddity by itself: the samples."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.instagram import reading
from connectors.instagram.connector import InstagramConnector
from connectors.instagram.standin import AccountStandIn
from connectors.meta.heard import Account
from connectors.meta.standin_inbox import Person
from inbox.contract import BadPayload, CardKind, Delete, Ignored, InboundMessage, ReadUpTo
from tests.connectors.instagram.conftest import ACCOUNT, heard, outgoing
from tests.standins.web import Web

OUR = Account(space="instagram", id=ACCOUNT, app_id="1")
COMMENT = [
    "id",
    "from",
    "username",
    "self_ig_scoped_id",
    "text",
    "media",
    "media_product_type",
    "ad_title",
    "parent_id",
]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(ACCOUNT)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(
    field=st.sampled_from(["comments", "live_comments", "mentions", "messages", "x"]),
    value=st.dictionaries(
        st.sampled_from(COMMENT),
        leaves | st.dictionaries(st.sampled_from(COMMENT), leaves, max_size=3),
        max_size=6,
    ),
    inside=st.booleans(),
)
def test_no_shape_of_a_comment_breaks_reading(field: str, value: dict[str, Any], inside: bool) -> None:
    change = {"field": field, "value": value}

    events = read({"changes": [change]} if inside else change)

    assert all(each.event_key for each in events)


def read(entry: dict[str, Any]) -> list[Any]:
    body = json.dumps({"object": "instagram", "entry": [{"id": ACCOUNT, "time": 1772443800, **entry}]})
    return list(reading.events(body.encode(), OUR))


@pytest.mark.parametrize("body", [b"[]", b'{"object": "page", "entry": []}', b"\xff", b"[" * 100_000])
def test_what_is_no_webhook_of_instagram_cannot_be_read(body: bytes) -> None:
    with pytest.raises(BadPayload):
        list(reading.events(body, OUR))


def test_a_story_they_show_us_is_copied_and_one_they_answer_is_a_link(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person, hook: Web
) -> None:
    url = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"
    meta.says(ana, attachments=[{"type": "story_mention", "payload": {"url": url}}])
    meta.says(ana, "Love it!", reply_to={"story": {"id": "1", "url": url}})

    mention, answer = [each for each in heard(instagram, hook) if isinstance(each, InboundMessage)][1:]

    assert ([file.url for file in mention.files], mention.cards[0].kind) == ([url], CardKind.STORY)
    assert (answer.files, answer.cards[0].url) == ((), url)


def test_what_they_take_back_is_gone(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person, hook: Web
) -> None:
    mid = meta.says(ana, "oops")
    meta.happens(ana, {"message": {"mid": mid, "is_deleted": True}})

    last = heard(instagram, hook)[-1]

    assert isinstance(last, Delete)
    assert last.external_id == mid


def test_our_answer_comes_back_and_is_left_out_and_then_it_is_read(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person, hook: Web
) -> None:
    instagram.send(outgoing(ana))
    hook.asked.clear()

    meta.is_read(meta.sent[0])

    echo, seen = heard(instagram, hook)
    assert isinstance(echo, Ignored)
    assert isinstance(seen, ReadUpTo)


def test_what_was_answered_in_the_app_stands_in_the_thread_as_ours(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person, hook: Web
) -> None:
    instagram.send(outgoing(ana))
    hook.asked.clear()

    meta.echoes(meta.sent[0])

    [echo] = heard(instagram, hook)
    assert isinstance(echo, InboundMessage)
    assert (echo.echo, echo.external_id) == (True, meta.sent[0].mid)
