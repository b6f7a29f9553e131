"""Whatever a browser puts into a frame, it is stored or refused with a word: never a fault of ours, never sent again for ever."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import reader
from connectors.models import Receipt, ReceiptState
from connectors.visitors import frames
from inbox.models import Message
from tests.connectors.webchat.conftest import Browser

pytestmark = pytest.mark.django_db

HALF, NUL = chr(0xD83D), chr(0)
TEXT = st.text(st.characters() | st.sampled_from([HALF, chr(0xDE00), NUL]), max_size=40)
VALUE = st.recursive(
    TEXT | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
KNOWN = st.sampled_from(["msg", "got", "read", "typing", "ping"])
FRAME = st.fixed_dictionaries(
    {"t": KNOWN | TEXT},
    optional={
        "id": st.just("message-0001") | VALUE,
        "text": TEXT | VALUE,
        "lang": TEXT | VALUE,
        "files": st.lists(TEXT, max_size=3) | VALUE,
        "ids": st.lists(TEXT, max_size=3) | VALUE,
        "on": VALUE,
        "visible": VALUE,
    },
)


@pytest.mark.parametrize("text", [f"Hi {HALF}", f"Hi{NUL}", HALF + NUL + "Hi", NUL])
def test_half_a_character_does_not_stop_a_message(ana: Browser, text: str) -> None:
    ana.begin()

    (said,) = ana.say(text)

    assert said["t"] == ("refused" if text == NUL else "ack")
    assert ["Hi" in each for each in Message.objects.values_list("text", flat=True)] == [True] * (text != NUL)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(frame=FRAME)
def test_no_frame_is_a_fault_of_ours_on_its_way_to_storage(ana: Browser, frame: dict[str, Any]) -> None:
    cache.clear()  # limits are another test's matter
    if not ana.token:
        ana.begin()

    answer = ana.post("frames", {"frames": [frame]})

    assert answer.status_code in (200, 400)
    reader.drain()
    assert not Receipt.objects.exclude(state=ReceiptState.DONE).exists()


@given(frame=FRAME)
def test_a_frame_of_the_socket_is_read_as_something_that_can_be_stored(frame: dict[str, Any]) -> None:
    read = frames.read(json.dumps(frame))

    assert NUL not in repr(read)
    json.dumps(read, ensure_ascii=False).encode()


@pytest.mark.parametrize("text", [HALF, NUL, f"x{NUL}@x.example"])
def test_an_introduction_is_refused_or_cleaned(ana: Browser, text: str) -> None:
    assert ana.begin(name=text, email=text).status_code in (200, 400)
    assert ana.begin(name=f"Ana{text}").status_code == 200


def test_history_before_something_impossible_is_empty(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")

    answer = ana.get("history", before=f"x{NUL}")

    assert json.loads(answer.content) == {"items": [], "more": False}
