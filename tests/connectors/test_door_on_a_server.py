"""The hook door behind the servers we document, over a real socket: what they make of a request reaches us unchanged."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from django.conf import settings
from django.db import connection

from config.embedded.parent import die_with_parent
from connectors import samples
from connectors.door import wire
from connectors.models import Receipt
from inbox.contract import Request
from inbox.models import Channel, ChannelHealth
from tests.connectors.door import signed
from tests.standins.dovecot import free_port

# uvicorn would believe X-Forwarded-For of anybody on this machine before config/proxies.py sees it.
SERVERS = {
    "daphne": ["-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", "{port}", "config.asgi:application"],
    "uvicorn": [
        "-m",
        "uvicorn",
        "--no-proxy-headers",
        "--host",
        "127.0.0.1",
        "--port",
        "{port}",
        "config.asgi:application",
    ],
}
PATIENCE = 120.0


@pytest.fixture(scope="module", params=sorted(SERVERS))
def server(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[str]:
    """The address of a running server on the tests' database."""
    port = free_port()
    base, _question, options = os.environ["DATABASE_URL"].partition("?")
    database = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"
    process = subprocess.Popen(
        [sys.executable, *(word.format(port=port) for word in SERVERS[request.param])],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": database,
            "PUBLIC_URL": settings.PUBLIC_URL,
            "LOG_LEVEL": "warning",
        },
        preexec_fn=die_with_parent,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.kill()
        process.wait(10)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(f"{address}/healthz", trust_env=False)
            return
        except httpx.TransportError:
            assert process.poll() is None, "The server has ended; its own lines say why."
            assert time.monotonic() < ends, "The server does not start."
            time.sleep(0.1)


def post(server: str, request: Request, **headers: str) -> httpx.Response:
    path = request.url.removeprefix(settings.PUBLIC_URL)
    return httpx.post(
        server + path,
        content=request.body,
        headers={**request.headers, **headers},
        trust_env=False,
        timeout=30,
    )


def test_a_signed_request_is_stored_byte_for_byte(server: str, channel: Channel) -> None:
    text = signed(samples.find("sandbox", "text"), channel)
    odd = replace(text, url=text.url + "/a%2Fb%20c?x=%20y&x=2")

    assert post(server, odd).status_code == 200

    receipt = Receipt.objects.get()
    assert (bytes(receipt.body), receipt.url) == (odd.body, odd.url)


def test_an_unsigned_request_is_refused(server: str, channel: Channel) -> None:
    text = signed(samples.find("sandbox", "text"), channel)

    assert post(server, replace(text, headers={})).status_code == 403

    assert not Receipt.objects.exists()


def test_a_handshake_gets_its_answer(server: str, channel: Channel) -> None:
    handshake = signed(samples.find("sandbox", "challenge"), channel)

    answer = httpx.get(
        server + handshake.url.removeprefix(settings.PUBLIC_URL),
        headers=dict(handshake.headers),
        trust_env=False,
    )

    assert (answer.status_code, answer.text) == (200, "abc123")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_twenty_megabytes_and_one_byte_are_too_large(server: str, channel: Channel) -> None:
    text = signed(samples.find("sandbox", "text"), channel)

    assert post(server, replace(text, body=bytes(wire.MAX_BODY + 1))).status_code == 413


def test_a_sender_cannot_choose_the_address_it_is_counted_under(server: str, channel: Channel) -> None:
    text = signed(samples.find("sandbox", "text"), channel)

    post(server, replace(text, headers={}), **{"X-Forwarded-For": "8.8.8.8"})

    time.sleep(2)
    assert ChannelHealth.objects.get(channel=channel).rejected_reason.endswith("Sent from 127.0.0.1.")


def test_one_connection_serves_many_requests(server: str, channel: Channel) -> None:
    text = signed(samples.find("sandbox", "text"), channel)
    path = text.url.removeprefix(settings.PUBLIC_URL)

    with httpx.Client(base_url=server, trust_env=False) as client:
        statuses = {
            client.post(path, content=text.body, headers=dict(text.headers)).status_code for _ in range(20)
        }

    assert statuses == {200}
    assert Receipt.objects.count() == 20
