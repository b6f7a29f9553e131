"""Runs the stand-ins that the demo's channels talk to instead of their providers, until Ctrl-C."""

from __future__ import annotations

import signal
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connectors.discovery import kinds_with
from inbox import registry
from inbox.models import Channel


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        with ExitStack() as stack:
            for kind in kinds_with("demo"):
                try:
                    lines = stack.enter_context(stand_in(kind))
                except OSError as error:
                    raise CommandError(f"The stand-in for {kind} cannot listen: {error.strerror}.") from error
                for line in lines:
                    self.stdout.write(line)
            wait_for_the_end()


def stand_in(kind: str) -> AbstractContextManager[list[str]]:
    """`stand_in(connectors)` of connectors/<kind>/demo.py, if it has one, for the channels of this kind; gives lines to print."""
    made = getattr(import_module(f"connectors.{kind}.demo"), "stand_in", None)
    if made is None:
        return nullcontext([])
    channels = Channel.objects.filter(kind=kind).order_by("pk")
    running: AbstractContextManager[list[str]] = made([registry.connector_for(each) for each in channels])
    return running


def wait_for_the_end() -> None:
    """Until Ctrl-C or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
