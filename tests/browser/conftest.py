"""A real server, and a worker beside it, for tests that look through a real browser or a real socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, connections
from playwright.sync_api import BrowserContext, expect

from connectors import reader
from inbox import fetching, sending

NewContext = Callable[..., BrowserContext]

# A condition may take long on a busy machine; it never takes a fixed time.
expect.set_options(timeout=45_000)


@dataclass
class Server:
    """Daphne with the whole application, in a process of its own, on the test's database and Valkey."""

    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers."""
        address = urlsplit(os.environ["DATABASE_URL"])
        environment = os.environ | {
            "DATABASE_URL": address._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "PUBLIC_URL": self.url,
            "COLLECT_STATIC": "false",
            "DB_POOL_SIZE": "10",
        }
        command = [
            sys.executable,
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            "config.asgi:application",
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log
            )
        until = time.monotonic() + 90
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"The server did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Every connection is cut."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(10)
            self.process = None


@pytest.fixture(scope="session")
def one_server(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Started once; it takes seconds."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Server(port, tmp_path_factory.mktemp("server") / "log.txt")
    yield made
    made.stop()


@pytest.fixture
def server(transactional_db: None, one_server: Server) -> Server:
    """The running server; what is in the test's database is what it serves."""
    if one_server.process is None or one_server.process.poll() is not None:
        one_server.start()
    return one_server


@pytest.fixture
def new_context(transactional_db: None, new_context: NewContext) -> NewContext:
    """Every page is closed before the tables are emptied: none asks for what is going away."""
    return new_context


@dataclass
class Worker:
    """Does what Celery's workers do, a few times a second. An error in the thread fails the test (pytest watches threads)."""

    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            while not self.over.wait(0.05):
                reader.drain()
                sending.send_due()
                for waiting in fetching.waiting():
                    fetching.fetch(waiting)
        finally:
            connections.close_all()


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Worker]:
    made = Worker()
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.over.set()
    thread.join(10)
