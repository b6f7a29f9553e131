"""Celery's app and its queues. The schedule of periodic tasks is in config/schedule.py."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

from config.heartbeat import WorkerHeartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A worker takes them all, or the ones given with -Q: see docs/operations.md.
QUEUES = ("inbound", "outbound", "periodic")
# What a person waits for does not stand behind the housekeeping, which goes to "periodic".
ROUTES = {
    "connectors.tasks.drain": "inbound",
    "inbox.tasks.fetch_attachments": "inbound",
    "inbox.tasks.send_*": "outbound",
    "agents.tasks.send_*": "outbound",
}

app = Celery("onethread")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="periodic",
    task_routes={task: {"queue": queue} for task, queue in ROUTES.items()},
    task_create_missing_queues=False,
    beat_scheduler="config.schedule:Scheduler",
    beat_max_loop_interval=5,
)
app.steps["worker"].add(WorkerHeartbeat)
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


# Celery warns about root because of pickled messages; ours are JSON.
warnings.simplefilter("ignore", SecurityWarning)


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is enough: Celery then leaves the logging that Django has configured as it is."""
