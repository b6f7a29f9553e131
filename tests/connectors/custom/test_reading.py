"""What cannot be a sample: any JSON at all, limits, and that our schema and our reading agree."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import samples
from connectors.custom import reading
from connectors.discovery import HERE
from inbox.contract import BadPayload, InboundMessage
from tests.connectors.custom.conftest import ANA, Build, message, request

SCHEMA = json.loads((HERE / "custom" / "schema.json").read_text())
OWN = [
    sample
    for sample in samples.of("custom")
    if sample.inbound and "json" in sample.inbound["request"] and "settings" not in sample.data
]
ODD = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just([])
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["type", "external_message_id", "identity", "text", "html", "attachments", "cards", "sent_at", "direction", "status", "emoji", "active", "allowed", "public", "thread_key", "in_reply_to", "also", "nature"]
    ),
    ODD | st.just(ANA) | st.just([{"url": "https://a.example/"}]) | st.sampled_from(list(reading.MAKERS)),
)  # fmt: skip


def read(event: Any, build: Build) -> InboundMessage:
    [found] = build().parse(request(event))
    assert isinstance(found, InboundMessage)
    return found


@given(FIELDS)
def test_any_fields_become_an_event_or_are_refused_with_a_reason(fields: dict[str, Any]) -> None:
    try:
        [event] = reading.events(request(fields), channel="c", lines=())
    except BadPayload as refused:
        said = refused.reason
    else:
        said = event.event_key
    assert said


@pytest.mark.parametrize("sample", OWN, ids=str)
def test_the_schema_allows_what_we_read_and_nothing_we_refuse(sample: samples.Sample) -> None:
    assert sample.inbound is not None
    valid = jsonschema.Draft202012Validator(SCHEMA).is_valid(sample.inbound["request"]["json"])

    # A time is any text to the schema.
    assert valid is ("error" not in sample.inbound or sample.name == "wrong_time")


def test_the_schema_itself_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_two_channels_do_not_share_their_people(build: Build) -> None:
    assert read(message(), build).author.value == "c0ffee/user:42"


def test_an_address_is_believed_only_if_it_was_verified(build: Build) -> None:
    claimed = read(message(identity={"type": "email", "value": "Ana@Shop.Example"}), build)
    proven = read(message(identity={"type": "email", "value": "Ana@Shop.Example", "verified": True}), build)

    assert [address.value for address in claimed.claims] == ["Ana@shop.example"]
    assert [address.value for address in proven.proofs] == ["Ana@shop.example"]
    assert claimed.proofs == proven.claims == ()


def test_verified_must_be_true_and_nothing_like_it(build: Build) -> None:
    with pytest.raises(BadPayload, match="true or false"):
        read(message(identity={"type": "email", "value": "a@b.example", "verified": "yes"}), build)


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<b>x</b>", "<b>x</b>"),
        ("<img src=x onerror=alert(1)>x", "x"),
        ("<style>p{}</style><iframe src=//a></iframe>x", "x"),
        ('<a href="data:text/html,x">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<p style="position:fixed" class=c id=i onclick=x()>x</p>', "<p>x</p>"),
    ],
)
def test_html_keeps_marks_only(html: str, kept: str, build: Build) -> None:
    assert read(message(text="", html=html), build).html == kept


def test_the_words_of_html_are_the_text_where_there_is_none(build: Build) -> None:
    assert read(message(text="", html="<p>One &amp; two</p><p>three<br>four</p>"), build).text == (
        "One & two\nthree\nfour"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "x" * 200_001),
        ("attachments", [{"url": "https://a.example/"}] * 21),
        ("attachments", [{"url": "file:///etc/passwd"}]),
        ("attachments", [{"base64": "!"}]),
        ("attachments", "x"),
        ("cards", [{"kind": "nonsense"}]),
        ("cards", [{"lines": [1]}]),
        ("cards", [{"latitude": "north"}]),
        ("identity", "ana"),
        ("identity", {"value": "x" * 201}),
        ("identity", {"value": " "}),
        ("direction", "sideways"),
        ("nature", "animal"),
        ("public", 1),
        ("sent_at", 1e300),
        ("sent_at", True),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(field: str, value: Any, build: Build) -> None:
    with pytest.raises(BadPayload) as refused:
        read(message(**{field: value}), build)

    assert field in refused.value.reason


def test_the_field_of_the_third_of_several_is_named(build: Build) -> None:
    with pytest.raises(BadPayload, match=r"events\[2\]\.text"):
        list(build().parse(request([message(), message(), message(text=[])])))


def test_too_many_events_are_refused(build: Build) -> None:
    with pytest.raises(BadPayload, match="Send fewer"):
        list(build().parse(request([message()] * 501)))


def test_the_same_message_in_another_request_is_the_same_event(build: Build) -> None:
    keys = {
        event.event_key
        for message_id in ("msg_1", "msg_2")
        for event in build().parse(request(message(), headers={"webhook-id": message_id}))
    }

    assert keys == {"message:post-1"}


def test_without_an_id_the_bytes_are_the_key(build: Build) -> None:
    """A sender with a bearer token names no webhook-id."""
    event = {"type": "delete", "external_message_id": "post-1"}
    first, second = (next(iter(build().parse(request(event, headers={})))).event_key for _ in range(2))

    assert first == second != ""


def test_a_large_request_is_stored_and_read_later(build: Build) -> None:
    answer = build().answer(request(message(text="x" * 150_000, html="y" * 150_000)))

    assert answer is not None
    assert json.loads(answer.body) == {"stored": True}
