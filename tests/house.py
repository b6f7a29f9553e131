"""The whole product as real processes on the tests' database: web, worker with beat, poller. For journeys, browsers and faults.

A test asks for `house`; it gets an empty database and running processes, and may kill and start them as it likes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from config.embedded.parent import die_with_parent
from connectors.sms.standin.server import StandIn, running
from connectors.twilio.signature import RETRIES
from connectors.twilio.standin.account import Account
from connectors.twilio.standin.records import sid
from inbox.models import Channel
from tests import factories
from tests.standins import dovecot, smtp
from tests.standins.dovecot import free_port

Found = TypeVar("Found")
CHECKOUT = Path(settings.BASE_DIR)


def eventually(look: Callable[[], Found], *, seconds: float = 120) -> Found:
    """Look again and again until there is something; fail with what was seen last."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"Nothing came: {found!r}"
        time.sleep(0.05)


@dataclass
class House:
    """The processes, and how to reach them."""

    port: int
    env: dict[str, str]
    log: Path
    twilio: StandIn
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *names: str, **env: str) -> None:
        """Start these parts (default: all) with this in their environment besides the usual."""
        for name in names or COMMANDS:
            with self.log.open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, *(part.format(port=self.port) for part in COMMANDS[name])],
                    cwd=CHECKOUT,
                    env={**self.env, **env},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=die_with_parent,
                )
        if "web" in (names or COMMANDS):
            eventually(self.answers, seconds=90)

    def answers(self) -> bool:
        """Whether the web process serves."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End one part with all its children, at once."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(30)

    def ended(self, name: str) -> bool:
        """Whether a part has died by itself."""
        return self.processes[name].poll() is not None

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def hook(self, channel: Channel) -> str:
        """Where a provider posts this channel's events."""
        return f"{self.url}/hooks/{channel.public_id}"

    def text_channel(self, number: str = "+447700900001") -> Channel:
        """A text channel whose provider is the running stand-in."""
        account = self.twilio.account
        values = {
            "account_sid": account.sid,
            "auth_token": account.token,
            "number": number,
            "api_url": self.twilio.base,
        }
        channel = factories.channel("sms", name="By text", address=number, settings=values)
        account.add_number(number, self.hook(channel) + RETRIES)
        return channel

    def mail_channel(
        self, imap: dovecot.Dovecot, out: smtp.MailServer, address: str = "help@shop.example"
    ) -> Channel:
        """A mailbox on the running Dovecot that sends by the running SMTP server. What it holds before is history, so
        this waits until the poller has looked for the first time."""
        values = {
            "address": address,
            "imap_host": "127.0.0.1",
            "imap_port": imap.imap,
            "imap_security": "none",
            "imap_password": dovecot.PASSWORD,
            "smtp_host": "127.0.0.1",
            "smtp_port": out.port,
            "smtp_security": "none",
            "smtp_password": smtp.PASSWORD,
        }
        channel = factories.channel("email", name="By mail", address=address, settings=values)
        eventually(lambda: Channel.objects.get(pk=channel.pk).cursor)
        return channel

    def chat_channel(self, **more: object) -> Channel:
        """The chat of a shop whose pages are our own."""
        values = {"origins": [self.url], "demo_shop": True, **more}
        return factories.channel("webchat", name="On the site", settings=values)


COMMANDS = {
    "web": ["-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", "{port}", "config.asgi:application"],
    "worker": [
        *["-m", "celery", "-A", "config.celery", "--quiet", "worker", "--beat", "--concurrency", "2"],
        *["--without-gossip", "--without-mingle", "--without-heartbeat"],
    ],
    "poller": ["manage.py", "poll_channels"],
}


@pytest.fixture(scope="session")
def _house(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all tests: they stand together (tests/conftest.py). After the last of them it stops, since other tests must
    not find its worker at their work."""
    folder = tmp_path_factory.mktemp("house")
    port = free_port()
    account = Account(sid("AC"), "a" * 32)
    with running(account) as twilio:
        base, _query, options = os.environ["DATABASE_URL"].partition("?")
        env = {
            **os.environ,
            "DATABASE_URL": f"{base.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}?{options}",
            "PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "GUARDED_HTTP_ALLOW": ",".join(twilio.hosts),
            "DB_POOL_SIZE": "6",
            "DEBUG": "true",
        }
        house = House(port, env, folder / "house.log", twilio)
        _standing.append(house)
        yield house
        house.stop()


_standing: list[House] = []


def needed_by(item: pytest.Item | None) -> bool:
    return "_house" in getattr(item, "fixturenames", ())


def stop_after(item: pytest.Item, following: pytest.Item | None) -> None:
    """Stop what runs unless the next test needs it, too."""
    if needed_by(item) and not needed_by(following):
        for house in _standing:
            house.stop()


@pytest.fixture
def house(_house: House, transactional_db: None) -> House:
    """All parts running, nothing in the database, the broker or the stand-in of the provider."""
    cache.clear()
    _house.twilio.account.messages.clear()
    _house.twilio.asked.clear()
    missing = [name for name in COMMANDS if name not in _house.processes or _house.ended(name)]
    if missing:
        _house.start(*missing)
    return _house


@pytest.fixture
def mailboxes() -> Iterator[dovecot.Dovecot]:
    """A real IMAP server with mail for anybody."""
    with dovecot.running() as server:
        yield server


@pytest.fixture
def outgoing() -> Iterator[smtp.MailServer]:
    """A real SMTP server that keeps what it accepts."""
    with smtp.running() as server:
        yield server
