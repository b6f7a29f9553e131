"""Whose X-Forwarded-* headers are believed."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.proxies import TrustedProxies

VISITOR, PROXY, STRANGER = "198.51.100.7", "10.0.0.2", "203.0.113.66"


def seen_through(
    proxies: list[str], peer: str, headers: list[tuple[str, str]], kind: str = "http"
) -> dict[str, Any]:
    """The scope that arrives behind TrustedProxies."""
    arrived: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        arrived.append(dict(scope))

    scope = {
        "type": kind,
        "scheme": {"http": "http", "websocket": "ws"}[kind],
        "client": (peer, 5000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    asyncio.run(TrustedProxies(app, proxies)(scope, None, None))
    return arrived[0]


def forwarded(address: str, proto: str = "https") -> list[tuple[str, str]]:
    return [("X-Forwarded-For", address), ("X-Forwarded-Proto", proto), ("Host", "inbox.example.com")]


@pytest.mark.parametrize("proxies", [["1"], ["10.0.0.0/8"]])
def test_behind_a_trusted_proxy_the_visitor_is_the_client(proxies: list[str]) -> None:
    scope = seen_through(proxies, PROXY, forwarded(VISITOR))
    assert (scope["client"][0], scope["scheme"]) == (VISITOR, "https")


def test_without_trusted_proxies_nothing_is_believed() -> None:
    scope = seen_through([], STRANGER, forwarded(VISITOR))
    assert (scope["client"][0], scope["scheme"]) == (STRANGER, "http")


def test_a_stranger_who_reaches_us_directly_cannot_pretend() -> None:
    scope = seen_through(["10.0.0.0/8"], STRANGER, forwarded("10.1.1.1"))
    assert (scope["client"][0], scope["scheme"]) == (STRANGER, "http")


@pytest.mark.parametrize("proxies", [["1"], ["10.0.0.0/8"]])
def test_what_a_visitor_forged_before_the_proxy_is_not_believed(proxies: list[str]) -> None:
    # given a visitor who sends the header himself, to which the proxy appends what it saw
    headers = [("X-Forwarded-For", "127.0.0.1, 10.9.9.9"), ("X-Forwarded-For", VISITOR)]
    # then the address the proxy saw counts
    assert seen_through(proxies, PROXY, headers)["client"][0] == VISITOR


def test_two_proxies_are_two_hops() -> None:
    headers = [("X-Forwarded-For", f"6.6.6.6, {VISITOR}, 10.0.0.9")]
    assert seen_through(["2"], PROXY, headers)["client"][0] == VISITOR
    assert seen_through(["10.0.0.0/8"], PROXY, headers)["client"][0] == VISITOR


def test_a_websocket_becomes_secure_too() -> None:
    assert seen_through(["1"], PROXY, forwarded(VISITOR), kind="websocket")["scheme"] == "wss"


@pytest.mark.parametrize("proxies", [[], ["1"], ["10.0.0.0/8"]])
def test_nobody_further_in_sees_the_headers(proxies: list[str]) -> None:
    headers = [*forwarded(VISITOR), ("X-Forwarded-Host", "evil.example")]
    names = {name for name, _value in seen_through(proxies, PROXY, headers)["headers"]}
    assert names == {b"host"}


def test_nonsense_in_the_header_is_not_an_address() -> None:
    assert seen_through(["1"], PROXY, forwarded("<script>"))["client"][0] == PROXY


def test_other_kinds_of_scope_pass_untouched() -> None:
    arrived: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        arrived.append(scope)

    lifespan = {"type": "lifespan"}
    asyncio.run(TrustedProxies(app, ["1"])(lifespan, None, None))
    assert arrived == [lifespan]


@given(forged=st.text(st.characters(codec="ascii", exclude_characters="\r\n\0")))
def test_whatever_a_stranger_sends_he_stays_himself(forged: str) -> None:
    scope = seen_through(
        ["10.0.0.0/8"], STRANGER, [("X-Forwarded-For", forged), ("X-Forwarded-Proto", forged)]
    )
    assert (scope["client"][0], scope["scheme"]) == (STRANGER, "http")


@given(forged=st.text(st.characters(codec="ascii", exclude_characters="\r\n\0")))
def test_whatever_a_visitor_sends_the_proxy_has_the_last_word(forged: str) -> None:
    headers = [("X-Forwarded-For", forged), ("X-Forwarded-For", VISITOR)]
    assert seen_through(["1"], PROXY, headers)["client"][0] == VISITOR
