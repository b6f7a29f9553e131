"""Samples: how a recorded request is written, read, and made new for `simulate`."""

import json
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from connectors import samples
from connectors.samples import Sample, SampleError, renewal
from inbox.contract import File

NOW = datetime(2026, 11, 22, 8, 0, 30, tzinfo=UTC)


def sample(request: dict[str, Any], folder: Path = Path(), **inbound: Any) -> Sample:
    data = {"about": "x", "inbound": {"received_at": NOW.isoformat(), "request": request, **inbound}}
    return Sample(kind="sandbox", name="made", path=folder / "made.json", data=data)


@pytest.mark.parametrize(
    ("recorded", "body", "content_type"),
    [
        ({"json": {"text": "Grüße"}}, '{"text": "Grüße"}'.encode(), "application/json"),
        (
            {"form": {"To": "+44 1", "Media": ["a", "b"]}},
            b"To=%2B44+1&Media=a&Media=b",
            "application/x-www-form-urlencoded",
        ),
        ({"text": "plain"}, b"plain", ""),
        ({"base64": "AAH/"}, b"\x00\x01\xff", ""),
        ({}, b"", ""),
    ],
)
def test_a_body_is_written_in_the_way_that_is_easiest_to_read(
    recorded: dict[str, Any], body: bytes, content_type: str
) -> None:
    request = sample(recorded).request()

    assert (request.body, request.header("Content-Type")) == (body, content_type)


def test_a_body_may_be_a_file_beside_the_sample(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(b"Subject: \xff\r\n\r\n")

    assert sample({"file": "mail.eml"}, tmp_path).request().body == b"Subject: \xff\r\n\r\n"


def test_method_headers_query_and_tail_are_taken_over() -> None:
    request = sample(
        {"method": "GET", "headers": {"X-Name": "a"}, "query": {"q": "1 2"}, "tail": "/status"}
    ).request(url="https://x.example/hooks/c")

    assert (request.method, request.url) == ("GET", "https://x.example/hooks/c/status?q=1+2")
    assert request.header("x-name") == "a"


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("time", "2026-03-02T09:30:00+00:00", "2026-11-22T08:00:30+00:00"),
        ("time", "2026-03-02T09:30:00Z", "2026-11-22T08:00:30Z"),
        ("epoch", "1772443800", "1795334430"),
        ("epoch_ms", "1772443800000", "1795334430000"),
        ("mail_date", "Mon, 02 Mar 2026 09:30:00 +0000", "Sun, 22 Nov 2026 08:00:30 +0000"),
    ],
)
def test_times_are_renewed_in_the_form_they_had(kind: str, old: str, new: str) -> None:
    assert renewal(kind, old, NOW) == new


@pytest.mark.parametrize(
    "old", ["msg-1001", "SM00000000000000000000000000000040", "<one.two@shop.example>", "-"]
)
def test_an_id_is_renewed_in_the_form_it_had_and_never_the_same_twice(old: str) -> None:
    first, second = (renewal("id", old, NOW) for _ in range(2))

    assert len({old, first, second}) == 3
    assert len(first) >= len(old)
    if old.startswith("SM"):
        assert first.startswith("SM")
        assert len(first) == len(old)
    if "@" in old:
        assert first.endswith("@shop.example>")


def test_an_unknown_way_to_renew_is_a_mistake_in_the_sample() -> None:
    with pytest.raises(SampleError, match="not a way to renew"):
        renewal("colour", "red", NOW)


def test_a_fresh_sample_has_its_new_words_everywhere_in_the_request() -> None:
    old = sample({"json": {"id": "evt-1", "again": ["evt-1"]}, "tail": "/evt-1"}, renew={"evt-1": "id"})

    fresh = old.fresh(NOW).request(url="https://x.example")

    new = json.loads(fresh.body)["id"]
    assert new != "evt-1"
    assert json.loads(fresh.body)["again"] == [new]
    assert fresh.url == f"https://x.example/{new}"


def test_a_fresh_mail_keeps_every_other_byte(tmp_path: Path) -> None:
    raw = b"Message-ID: <one@x.example>\r\nSubject: \xfcber\r\n\r\nHello\r\n"
    (tmp_path / "mail.eml").write_bytes(raw)
    old = sample({"file": "mail.eml"}, tmp_path, renew={"<one@x.example>": "id"})

    fresh = old.fresh(NOW).request().body

    new = message_from_bytes(fresh)["Message-ID"]
    assert fresh == raw.replace(b"<one@x.example>", new.encode())
    assert fresh != raw


def test_a_file_that_is_no_sample_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "odd" / "samples"
    folder.mkdir(parents=True)
    monkeypatch.setattr(samples, "HERE", tmp_path)

    (folder / "one.json").write_text("{")
    with pytest.raises(SampleError, match=r"one\.json of odd is not JSON"):
        samples.of("odd")
    (folder / "one.json").write_text("{}")
    with pytest.raises(SampleError, match="neither an inbound nor an outbound part"):
        samples.of("odd")


def test_an_outbound_message_is_read_with_its_files() -> None:
    message = samples.find("sandbox", "send_files").message()

    assert message.files == (File(name="offer.txt", content_type="text/plain", content=b"10 %"),)
