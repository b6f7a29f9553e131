"""Reading variables: what is right is taken, what is wrong becomes a sentence and never an exception."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.environment import Environment


def read(**variables: str) -> Environment:
    return Environment(source=variables)


def test_an_empty_value_counts_as_not_set() -> None:
    env = read(NAME="   ")
    assert env.text("NAME", "default") == "default"


def test_words_are_separated_by_commas_and_trimmed() -> None:
    assert read(HOSTS=" a.example , ,b.example").words("HOSTS") == ["a.example", "b.example"]


def test_no_words_give_the_default() -> None:
    assert read().words("HOSTS", ["localhost"]) == ["localhost"]


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("YES", True), ("1", True), ("off", False), ("0", False)]
)
def test_a_flag_is_written_in_several_ways(text: str, value: bool) -> None:
    assert read(DEBUG=text).flag("DEBUG", default=not value) is value


@pytest.mark.parametrize(
    ("name", "value", "call"),
    [
        ("PORT", "eighty", lambda env: env.number("PORT", 8000)),
        ("PORT", "-1", lambda env: env.number("PORT", 8000)),
        ("PORT", "70000", lambda env: env.number("PORT", 8000, most=65535)),
        ("DEBUG", "maybe", lambda env: env.flag("DEBUG", default=False)),
        ("LOG_FORMAT", "xml", lambda env: env.choice("LOG_FORMAT", "console", {"console", "json"})),
        ("TIME_ZONE", "Mars/Olympus", lambda env: env.zone("TIME_ZONE", "UTC")),
        ("TIME_ZONE", "../../etc/passwd", lambda env: env.zone("TIME_ZONE", "UTC")),
        ("TRUSTED_PROXIES", "10.0.0.0/33", lambda env: env.proxies("TRUSTED_PROXIES")),
        ("TRUSTED_PROXIES", "1,2", lambda env: env.proxies("TRUSTED_PROXIES")),
        ("REDIS_URL", "http://host", lambda env: env.url("REDIS_URL", "unix:///x", ("redis", "unix"))),
        ("DATABASE_URL", "sqlite:///db", lambda env: env.database("DATABASE_URL", "postgres://u@h/d")),
        (
            "DATABASE_URL",
            "postgres://u@host:port/d",
            lambda env: env.database("DATABASE_URL", "postgres://u@h/d"),
        ),
        ("EMAIL_URL", "carrier-pigeon://x", lambda env: env.mail("EMAIL_URL", "consolemail://")),
        ("EMAIL_URL", "smtp://host:port", lambda env: env.mail("EMAIL_URL", "consolemail://")),
    ],
)
def test_a_wrong_value_becomes_a_sentence_that_names_the_variable(name: str, value: str, call: Any) -> None:
    env = read(**{name: value})
    call(env)
    assert env.problems[name].startswith(f"{name} must ")


def test_a_wrong_value_is_replaced_by_the_default() -> None:
    assert read(PORT="eighty").number("PORT", 8000) == 8000
    assert read(TIME_ZONE="Mars/Olympus").zone("TIME_ZONE", "UTC") == "UTC"


def test_what_is_right_leaves_no_problem() -> None:
    env = read(PORT="8080", TIME_ZONE="Europe/London", TRUSTED_PROXIES="10.0.0.0/8, fd00::/8")
    assert env.number("PORT", 8000) == 8080
    assert env.zone("TIME_ZONE", "UTC") == "Europe/London"
    assert env.proxies("TRUSTED_PROXIES") == ["10.0.0.0/8", "fd00::/8"]
    assert env.problems == {}


def test_a_password_in_an_address_is_never_repeated() -> None:
    env = read(DATABASE_URL="mysql://root:hunter2@db/shop", EMAIL_URL="pop://joe:hunter2@host")
    env.database("DATABASE_URL", "postgres://u@h/d")
    env.mail("EMAIL_URL", "consolemail://")
    assert len(env.problems) == 2
    assert "hunter2" not in str(env.problems)


def test_a_unix_socket_of_postgresql_is_understood() -> None:
    found = read(DATABASE_URL="postgres://me@/shop?host=/run/pg").database("DATABASE_URL", "postgres://u@h/d")
    assert (found["NAME"], found["OPTIONS"]) == ("shop", {"host": "/run/pg"})


@given(st.text())
def test_no_text_at_all_stops_the_reading(text: str) -> None:
    env = read(X=text)
    env.number("X", 1)
    env.flag("X", default=True)
    env.zone("X", "UTC")
    env.proxies("X")
    env.url("X", "redis://h", ("redis",))
    env.database("X", "postgres://u@h/d")
    env.mail("X", "consolemail://")
    assert all(problem.startswith("X must ") for problem in env.problems.values())


@given(st.text(alphabet="postgresmtl:/@[]%?&=#.0123456789 "))
def test_no_address_at_all_stops_the_reading(text: str) -> None:
    env = read(A=f"postgres://{text}", B=f"smtp://{text}")
    assert "ENGINE" in env.database("A", "postgres://u@h/d")
    assert "EMAIL_BACKEND" in env.mail("B", "consolemail://")
