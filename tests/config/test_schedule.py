"""Periodic tasks: declared beside the task, sent by exactly one beat."""

import fnmatch
from typing import Any

import pytest
from django.core.cache import cache
from structlog.testing import capture_logs

from config import heartbeat
from config.celery import QUEUES, ROUTES, app
from config.schedule import LOCK, Scheduler, entries


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler(app, lazy=True)


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


def test_every_period_belongs_to_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert [name for name in entries() if name not in app.tasks] == []


def test_every_task_goes_to_a_queue_that_a_worker_takes() -> None:
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    assert ours
    assert [name for name in ours if queue_of(name) not in QUEUES] == []


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("connectors.tasks.drain", "inbound"),
        ("inbox.tasks.send_due", "outbound"),
        ("agents.tasks.send_reset", "outbound"),
        ("inbox.tasks.wake_snoozed", "periodic"),
    ],
)
def test_what_comes_in_what_goes_out_and_what_sweeps_have_a_queue_each(task: str, queue: str) -> None:
    assert queue_of(task) == queue


def test_every_route_leads_to_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert [name for name in ROUTES if not fnmatch.filter(app.tasks, name)] == []


def test_a_task_that_waited_longer_than_its_period_is_dropped() -> None:
    assert all(entry["options"]["expires"] == entry["schedule"] for entry in entries().values())


def test_the_schedule_of_beat_is_what_the_modules_declare(scheduler: Scheduler) -> None:
    scheduler.setup_schedule()
    assert set(scheduler.schedule) == set(entries())


def test_the_first_beat_leads_and_is_seen(scheduler: Scheduler) -> None:
    scheduler.tick()
    assert cache.get(LOCK) == scheduler.token
    assert heartbeat.missing(["beat"]) == []


def test_a_second_beat_waits_says_so_once_and_sends_nothing(scheduler: Scheduler) -> None:
    # given one beat leads
    scheduler.tick()
    # when another one starts
    second = Scheduler(app, lazy=True)
    second.token = "another"
    with capture_logs() as lines:
        second.tick()
        second.tick()
    # then it does not lead, and a person is told once
    assert second.leading is False
    assert [line["event"] for line in lines] == [
        "Another beat is running; this one waits. Run exactly one: see docs/operations.md."
    ]


def test_when_the_first_beat_ends_the_next_one_leads(scheduler: Scheduler) -> None:
    scheduler.tick()
    second = Scheduler(app, lazy=True)
    second.token = "another"
    second.tick()
    scheduler.close()
    second.tick()
    assert second.leading is True


def test_a_beat_that_does_not_lead_leaves_the_lock_when_it_ends(scheduler: Scheduler) -> None:
    scheduler.tick()
    second = Scheduler(app, lazy=True)
    second.token = "another"
    second.tick()
    second.close()
    assert cache.get(LOCK) == scheduler.token


def test_celery_uses_this_scheduler_and_our_queues(settings: Any) -> None:
    assert app.conf.beat_scheduler == "config.schedule:Scheduler"
    assert {queue.name for queue in app.conf.task_queues} == set(QUEUES)


def test_a_killed_worker_loses_no_task_and_no_task_runs_twice_for_being_slow() -> None:
    """Late acknowledgement, and redelivery only after every hard limit."""
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit
