"""Fetching from addresses others chose: nothing inside the network is reached, nothing large or slow is taken."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import http
from connectors.guard import AddressRefused, Guard, is_public
from inbox.contract import ContractError, PermanentFailure, TemporaryFailure
from tests.standins.web import Asked, Web

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16

# Ways to write an address inside. {port} is the canary's: whoever gets there is seen.
INSIDE = [
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.000.000.001:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://0x7f000001:{port}/",
    "http://0X7F000001:{port}/",
    "http://2130706433:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0177.0x0.0.1:{port}/",
    "http://127.127.127.127:{port}/",
    "http://127.0.0.2:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0.0.0.1:{port}/",
    "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001::1]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[ff02::1]:{port}/",
    "http://[100::1]:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254:80/computeMetadata/v1/",
    "http://2852039166/latest/meta-data/",
    "http://0xA9FEA9FE/",
    "http://[::ffff:169.254.169.254]/",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/latest/",
    "http://168.63.129.16/machine?comp=goalstate",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://203.0.113.7/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://example.com@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}@127.0.0.1:{port}/",
    "http://user:secret@localhost:{port}/",
    "http://example.com:80@127.0.0.1:{port}/#@example.com/",
    "http://127.0.0.1:{port}\\@example.com/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "//127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET%20/",
    "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/info",
    "ldap://127.0.0.1:{port}/",
    "unix:///run/valkey.sock",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "http:///etc/passwd",
    "http://",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1\n:{port}/",
    "",
]


@pytest.fixture
def canary() -> Iterator[Web]:
    with Web.running() as web:
        yield web


@pytest.fixture
def outside() -> Iterator[Web]:
    """A server that stands for the internet: reachable only because the guards of these tests allow it."""
    with Web.running() as web:
        yield web


def guard(*allowed: Web, seconds: float = 5, **kwargs: object) -> Guard:
    return Guard(timedelta(seconds=seconds), allow=[web.host for web in allowed], **kwargs)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", INSIDE)
def test_no_spelling_of_an_inside_address_is_fetched(address: str, canary: Web) -> None:
    with pytest.raises(ContractError) as caught:
        http.fetch(address.format(port=canary.port), guard=Guard(timedelta(seconds=2), allow=()))

    assert canary.asked == []
    assert isinstance(caught.value, AddressRefused) or caught.value.code == "unreachable"


@pytest.mark.parametrize("address", INSIDE)
def test_no_redirect_leads_inside(address: str, canary: Web, outside: Web) -> None:
    outside.redirect("/picture", address.format(port=canary.port).replace("\n", ""))

    with suppress(ContractError):
        http.fetch(outside.url("/picture"), guard=guard(outside, seconds=2))

    assert canary.asked == []
    assert outside.asked


class Dialer(httpcore.NetworkBackend):
    """Connects to one server on loopback whatever address was asked for, and remembers the address."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.dialled: list[str] = []

    def connect_tcp(self, host: str, port: int, *args: object, **kwargs: object) -> httpcore.NetworkStream:
        self.dialled.append(host)
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.web.port, timeout=5)


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(outside: Web) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    dialer = Dialer(outside)
    outside.answers["/"] = (200, {}, PNG)
    rebinding = Guard(
        timedelta(seconds=5), allow=(), resolver=lambda host, port: answers.pop(0), dialer=dialer
    )

    http.fetch("http://rebind.example/", guard=rebinding)

    assert dialer.dialled == ["93.184.215.14"]
    assert answers == [["127.0.0.1"]]


def test_a_name_that_turns_inside_between_two_hops_is_refused(outside: Web) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    dialer = Dialer(outside)
    outside.redirect("/", "http://rebind.example/again")
    rebinding = Guard(
        timedelta(seconds=5), allow=(), resolver=lambda host, port: answers.pop(0), dialer=dialer
    )

    with pytest.raises(AddressRefused):
        http.fetch("http://rebind.example/", guard=rebinding)

    assert dialer.dialled == ["93.184.215.14"]


def test_a_name_with_a_public_and_a_private_address_is_refused_before_any_connection(outside: Web) -> None:
    dialer = Dialer(outside)
    mixed = Guard(
        timedelta(seconds=5),
        allow=(),
        resolver=lambda host, port: ["93.184.215.14", "10.0.0.5"],
        dialer=dialer,
    )

    with pytest.raises(AddressRefused):
        http.fetch("http://mixed.example/", guard=mixed)

    assert dialer.dialled == []


def test_the_setting_names_the_private_servers_that_may_be_reached(outside: Web, settings: object) -> None:
    outside.answers["/"] = (200, {"Content-Type": "text/plain"}, b"hello")
    settings.GUARDED_HTTP_ALLOW = [outside.host]  # type: ignore[attr-defined]

    assert http.fetch(outside.url()).content == b"hello"


def test_an_allowed_host_does_not_open_its_other_ports(outside: Web, canary: Web) -> None:
    with pytest.raises(AddressRefused):
        http.fetch(canary.url(), guard=guard(outside))

    assert canary.asked == []


def test_the_environments_proxy_is_not_used(
    outside: Web, canary: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", canary.url())
    monkeypatch.setenv("ALL_PROXY", canary.url())

    http.fetch(outside.url(), guard=guard(outside))

    assert canary.asked == []
    assert len(outside.asked) == 1


def test_redirects_are_followed_three_times_and_no_more(outside: Web) -> None:
    for step in range(5):
        outside.redirect(f"/{step}", f"/{step + 1}")
    outside.answers["/4"] = (200, {}, b"here")

    assert http.fetch(outside.url("/1"), guard=guard(outside)).content == b"here"
    with pytest.raises(PermanentFailure, match="too often"):
        http.fetch(outside.url("/0"), guard=guard(outside))


def test_name_and_password_stay_with_the_first_server(outside: Web) -> None:
    with Web.running() as elsewhere:
        outside.redirect("/media", elsewhere.url("/cdn"))
        elsewhere.redirect("/cdn", outside.url("/back"))

        http.fetch(
            outside.url("/media"),
            headers={"X-Key": "k"},
            auth=("AC1", "secret"),
            guard=guard(outside, elsewhere),
        )

        [cdn] = elsewhere.asked
    first, back = outside.asked
    assert first.headers["authorization"].startswith("Basic ")
    assert first.headers["x-key"] == "k"
    for later in (cdn, back):
        assert "authorization" not in later.headers
        assert "x-key" not in later.headers


def test_a_redirect_within_the_server_keeps_name_and_password(outside: Web) -> None:
    outside.redirect("/a", "/b")

    http.fetch(outside.url("/a"), auth=("AC1", "secret"), guard=guard(outside))

    assert outside.asked[1].headers["authorization"] == outside.asked[0].headers["authorization"]


def test_a_file_that_says_it_is_too_large_is_not_read(outside: Web) -> None:
    outside.answers["/"] = (200, {}, b"x" * 2001)

    with pytest.raises(PermanentFailure, match="larger"):
        http.fetch(outside.url(), guard=guard(outside), max_bytes=2000)


class Talker:
    """A server of one connection that writes what a test gives it, piece by piece, and then hangs up."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.written = 0
        self.thread = threading.Thread(target=self._talk, daemon=True)

    def __enter__(self) -> Talker:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.listener.close()
        self.thread.join(5)

    def _talk(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            connection.recv(65536)
            try:
                for piece in self.pieces:
                    connection.sendall(piece)
                    self.written += len(piece)
            except OSError:
                return


def drip(head: bytes, piece: bytes, *, times: int) -> Iterator[bytes]:
    yield head
    for _ in range(times):
        time.sleep(0.02)
        yield piece


def test_a_file_without_a_length_is_cut_off_at_the_limit() -> None:
    endless = iter([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 2000])
    with Talker(endless) as talker, pytest.raises(PermanentFailure, match="larger"):
        fetching = Guard(timedelta(seconds=5), allow=[talker.host])
        http.fetch(f"http://{talker.host}/", guard=fetching, max_bytes=100_000)

    assert talker.written < 20_000_000


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    ],
)
def test_a_server_that_drips_bytes_is_left_at_the_deadline(head: bytes, piece: bytes) -> None:
    with Talker(drip(head, piece, times=500)) as talker:
        with pytest.raises(TemporaryFailure):
            http.fetch(f"http://{talker.host}/", guard=Guard(timedelta(seconds=0.3), allow=[talker.host]))

        talker.listener.close()

    assert talker.written < len(head) + 100 * len(piece)


def test_a_server_that_never_answers_is_tried_again_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(TemporaryFailure, match="did not answer"):
            http.fetch(f"http://{host}/", guard=Guard(timedelta(seconds=0.2), allow=[host]))


def test_a_closed_port_is_tried_again_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host = f"127.0.0.1:{taken.getsockname()[1]}"

    with pytest.raises(TemporaryFailure) as caught:
        http.fetch(f"http://{host}/", guard=Guard(timedelta(seconds=2), allow=[host]))

    assert caught.value.code == "unreachable"


def test_an_answer_packed_without_being_asked_is_not_unpacked(outside: Web) -> None:
    outside.answers["/"] = (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b...")

    with pytest.raises(PermanentFailure, match="compressed"):
        http.fetch(outside.url(), guard=guard(outside))

    assert outside.asked[0].headers["accept-encoding"] == "identity"


def test_the_type_of_a_file_comes_from_its_bytes(outside: Web) -> None:
    outside.answers["/"] = (200, {"Content-Type": "text/html"}, PNG)

    assert http.fetch(outside.url(), guard=guard(outside)).content_type == "image/png"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_final(status: int, outside: Web) -> None:
    outside.answers["/"] = (status, {}, b"no")

    with pytest.raises(PermanentFailure) as caught:
        http.fetch(outside.url(), guard=guard(outside))

    assert caught.value.code == f"http_{status}"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_busy_server_is_tried_again_when_it_says(status: int, outside: Web) -> None:
    outside.answers["/"] = (status, {"Retry-After": "7"}, b"")

    with pytest.raises(TemporaryFailure) as caught:
        http.fetch(outside.url(), guard=guard(outside))

    assert caught.value.retry_after == timedelta(seconds=7)


def test_retry_after_is_also_read_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(minutes=5), usegmt=True)

    wait = http.retry_after({"retry-after": soon})

    assert wait is not None
    assert timedelta(minutes=4) < wait <= timedelta(minutes=5)
    assert http.retry_after({"retry-after": past}) == timedelta()


@given(st.text())
def test_any_retry_after_is_read_or_passed_over(text: str) -> None:
    wait = http.retry_after({"retry-after": text})

    assert wait is None or timedelta() <= wait <= timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("864000", timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("1 Jan 10 99999999999999999999:00:00 GMT", None),
    ],
    ids=[
        "ten days",
        "a number Python does not read",
        "a far date",
        "a date past all dates",
        "an hour past all hours",
    ],
)
def test_no_server_makes_us_wait_longer_than_a_day_or_stumble(text: str, wait: timedelta | None) -> None:
    assert http.retry_after({"retry-after": text}) == wait


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://[", "//"]))
def test_any_text_is_an_address_or_refused(text: str, start: str) -> None:
    try:
        parsed = http.checked(start + text)
    except AddressRefused:
        return

    assert parsed.scheme in {"http", "https"}
    assert parsed.host


@given(
    st.ip_addresses(network="127.0.0.0/8")
    | st.ip_addresses(network="10.0.0.0/8")
    | st.ip_addresses(network="fc00::/7")
)
def test_no_private_address_counts_as_public(address: object) -> None:
    assert not is_public(str(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_a_guarded_post_reaches_only_what_is_public_too(outside: Web, canary: Web) -> None:
    with http.client(guard(outside)) as asking:
        asking.post(outside.url("/hook"), content=b"{}")
        with pytest.raises(AddressRefused):
            asking.post(canary.url("/hook"), content=b"{}")

    assert [(asked.method, asked.body) for asked in outside.asked] == [("POST", b"{}")]
    assert canary.asked == []


def test_a_server_that_hangs_up_is_tried_again_later(outside: Web) -> None:
    def short(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        return 200, {"Content-Length": "10"}, b"abc"

    outside.answers["/"] = short

    with pytest.raises(TemporaryFailure):
        http.fetch(outside.url(), guard=guard(outside))
