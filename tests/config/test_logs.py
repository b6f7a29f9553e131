"""Log lines: readable for people, parseable for machines, and never with a secret in them."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from config import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the lines go; afterwards logging is as the settings want it."""
    structlog.contextvars.clear_contextvars()
    yield io.StringIO()
    logging.config.dictConfig(logs.configure(settings.LOG_FORMAT, settings.LOG_LEVEL))


def write_to(stream: io.StringIO, log_format: str) -> None:
    config = logs.configure(log_format, "INFO")
    config["handlers"]["stream"]["stream"] = stream
    logging.config.dictConfig(config)


@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize(
    "text",
    [
        "connecting to postgres://inbox:hunter2@db/shop",
        "Authorization: Bearer hunter2hunter2",
        "GET /pages?auth_token=hunter2&page=2",
        '{"client_secret": "hunter2"}',
        "password=hunter2",
        "api_key: hunter2",
    ],
)
def test_what_looks_like_a_secret_is_hidden_in_a_text(
    stream: io.StringIO, log_format: str, text: str
) -> None:
    write_to(stream, log_format)
    logging.getLogger("any.library").warning("%s", text)
    assert logs.HIDDEN in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


@pytest.mark.parametrize(
    "name", ["password", "auth_token", "X-Twilio-Signature", "Cookie", "client_secret", "apikey"]
)
def test_what_is_named_like_a_secret_is_hidden_at_any_depth(stream: io.StringIO, name: str) -> None:
    write_to(stream, "json")
    structlog.get_logger("ours").warning(
        "refused", settings={"deep": [{name: "hunter2"}]}, **{name: "hunter2"}
    )
    assert "hunter2" not in stream.getvalue()


def test_a_secret_in_a_traceback_is_hidden(stream: io.StringIO) -> None:
    write_to(stream, "console")
    try:
        raise ValueError("cannot open redis://:hunter2@host/0")
    except ValueError:
        logging.getLogger("any").exception("failed")
    assert "Traceback" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def test_a_json_line_carries_level_logger_time_and_the_request(stream: io.StringIO) -> None:
    # given a request that is being answered
    write_to(stream, "json")
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        # when our code and a library log
        structlog.get_logger("ours").info("sent", message=7)
        logging.getLogger("library").info("hello %s", "world")
    # then both lines have the same shape
    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert (ours["event"], ours["level"], ours["logger"], ours["message"]) == ("sent", "info", "ours", 7)
    assert theirs["event"] == "hello world"
    assert ours["request_id"] == theirs["request_id"] == "r-1"
    assert ours["timestamp"].endswith("Z")


def test_a_line_for_people_is_a_sentence_and_its_values(stream: io.StringIO) -> None:
    write_to(stream, "console")
    structlog.get_logger("ours").warning("parked", receipt=7, reason="no sender")
    assert stream.getvalue() == "warning: parked  receipt=7  reason=no sender\n"


def test_a_finished_request_is_one_short_line(stream: io.StringIO) -> None:
    write_to(stream, "console")
    structlog.get_logger("ours").info("request_finished", request="GET /customers/7", code=200)
    assert stream.getvalue() == "GET /customers/7 200\n"


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=6))
def test_no_password_in_an_address_survives(password: str) -> None:
    line = logs.hide_secrets(None, "info", {"event": f"redis://user:{password}@host/0"})
    assert line["event"] == f"redis://user:{logs.HIDDEN}@host/0"
