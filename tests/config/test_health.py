"""/healthz and /readyz, against the real database and the real Valkey."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import heartbeat
from config.celery import QUEUES, app
from config.heartbeat import mark_queues

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_seen() -> None:
    heartbeat.seen("beat")
    mark_queues(app)


def readyz(client: Client, status: int) -> dict[str, Any]:
    response = client.get("/readyz")
    assert response.status_code == status
    return dict(response.json())


def test_healthz_answers_without_touching_anything(
    client: Client, django_assert_num_queries: Any, settings: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.usefixtures("all_seen")
def test_ready_when_everything_is_there(client: Client) -> None:
    answer = readyz(client, 200)
    assert answer["ready"] is True
    assert answer["problems"] == []
    assert set(answer["checks"].values()) == {"ok"}


@pytest.mark.usefixtures("all_seen")
def test_a_queue_without_a_worker_is_named_with_the_command_that_helps(client: Client) -> None:
    # given the worker of one queue was not seen lately
    heartbeat.forget(["worker:outbound"])
    # then the page says which, and how to start one
    answer = readyz(client, 503)
    assert answer["checks"]["workers"] == "failed"
    assert answer["problems"] == [
        "No worker was seen in the last 30 seconds for: outbound. "
        "Start one: celery -A config.celery worker -Q outbound"
    ]


def test_a_missing_beat_is_named(client: Client) -> None:
    mark_queues(app)
    assert readyz(client, 503)["problems"] == [
        "Beat was not seen in the last 30 seconds. Start it: celery -A config.celery beat"
    ]


@pytest.mark.usefixtures("all_seen")
def test_a_migration_that_was_not_applied_is_counted(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    assert readyz(client, 503)["problems"] == [
        "1 migrations are not applied yet. Run: python manage.py migrate"
    ]


def test_a_broker_that_is_gone_is_named_once_and_nothing_breaks(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    # given an address where no Valkey listens
    default = settings.CACHES["default"]
    settings.CACHES = {"default": {**default, "LOCATION": f"unix://{tmp_path}/nothing.sock"}}
    # then three checks fail and the first sentence says what to look at
    answer = readyz(client, 503)
    assert answer["problems"][0].startswith("The broker does not answer.")
    assert {name for name, state in answer["checks"].items() if state == "failed"} == {
        "broker",
        "workers",
        "beat",
    }


def test_a_database_that_is_gone_is_named(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given every new connection fails as it does when the server is away
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    # then
    answer = readyz(client, 503)
    assert answer["problems"][0].startswith("The database does not answer.")


def test_no_cache_between_keeps_an_old_answer(client: Client) -> None:
    assert "no-store" in client.get("/readyz")["Cache-Control"]


def test_a_mark_is_kept_for_a_while_and_then_gone() -> None:
    heartbeat.seen("worker:inbound")
    assert heartbeat.missing([f"worker:{queue}" for queue in QUEUES]) == [
        "worker:outbound",
        "worker:periodic",
    ]
