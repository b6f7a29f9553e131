"""A sandbox channel, a door of this test's own, and gates that take the database or the broker away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu.pools
import pytest
from django.conf import settings
from django.db import connection

from config.celery import app
from connectors import samples
from connectors.locks import connection_params
from connectors.sandbox import provider
from inbox.contract import Request
from inbox.models import Channel
from tests import factories
from tests.connectors.door import Street, signed
from tests.standins.gate import Gate


@pytest.fixture
def channel(transactional_db: None) -> Channel:
    """A sandbox channel. The door reads through connections of its own, hence rows that are really committed."""
    return factories.channel("sandbox", settings=provider.SETTINGS)


@pytest.fixture
def text(channel: Channel) -> Request:
    """Ana's text, signed for the channel."""
    return signed(samples.find("sandbox", "text"), channel)


@pytest.fixture
def street(transactional_db: None) -> Iterator[Street]:
    """A server process of this test's own."""
    made = Street()
    yield made
    made.close()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path is short enough for a unix socket."""
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        yield Path(folder)


@pytest.fixture
def database(short_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[Gate]:
    """The gate every new connection passes; this test's own is open already and does not."""
    connection.ensure_connection()
    real = Path(connection_params()["host"])
    with Gate.before(real / ".s.PGSQL.5432", short_path) as gate:
        monkeypatch.setitem(connection.settings_dict, "HOST", str(short_path))
        yield gate


@pytest.fixture
def broker(short_path: Path) -> Iterator[Gate]:
    """The gate Celery's messages pass."""
    path = Path(settings.REDIS_URL.removeprefix("unix://").partition("?")[0])
    before = app.conf.broker_url
    with Gate.before(path, short_path) as gate:
        change_broker(before.replace(str(path), str(gate.path)))
        yield gate
    change_broker(before)


def change_broker(url: str) -> None:
    """Celery keeps connections open between calls: they go with the old address."""
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    kombu.pools.reset()
    app.amqp._producer_pool = None
    app._pool = None


@pytest.fixture
def queued() -> Callable[[], int]:
    """How many calls wait in the queue the drain is sent to."""

    def count() -> int:
        with app.connection_for_read() as broker:
            return int(broker.default_channel.client.llen("inbound"))

    return count
