"""Runs the stand-ins that the demo's channels talk to instead of their providers, until Ctrl-C."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

from connectors.discovery import kinds_with
from inbox import registry
from inbox.models import Channel


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with ExitStack() as stack:
            for kind in kinds_with("demo"):
                for line in stack.enter_context(stand_in(kind)):
                    self.stdout.write(line)
            stop.wait()


def stand_in(kind: str) -> Any:
    """`stand_in(connectors)` of connectors/<kind>/demo.py for the channels of this kind: a context manager giving lines to print."""
    channels = Channel.objects.filter(kind=kind).order_by("pk")
    return import_module(f"connectors.{kind}.demo").stand_in(
        [registry.connector_for(each) for each in channels]
    )
