"""Channels that must be asked: one thread per channel that fetches, stores and waits. Run by `manage.py poll_channels`."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta

import structlog
from django.db import DatabaseError, close_old_connections, connection

from connectors import inbound
from connectors.locks import Lock
from inbox import registry
from inbox.actions import channels, traffic
from inbox.contract import ChannelBroken, Connector, ContractError
from inbox.models import Channel

log = structlog.get_logger(__name__)

# The first key of our advisory locks, so that they meet nobody else's ("poll" in ASCII); the second is the channel's id.
LOCKS = 0x706F6C6C
# Asked again after this even if nothing was reported.
WAIT = timedelta(minutes=5)
# Between two looks that found nothing, for connectors that cannot wait: longer and longer up to this.
LONGEST_PAUSE = timedelta(seconds=15)
FIRST_BACK_OFF, LAST_BACK_OFF = timedelta(seconds=5), timedelta(minutes=5)
# So many items between two looks whether we are still the only fetcher.
CHECK_EVERY = 50

OUR_FAULT = "Fetching failed because of a fault of ours ({error}). The log says more."


class Poller(threading.Thread):
    """Fetches one channel until told to stop. At most one in the whole installation works, the others wait for its lock."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(name=f"poll-{channel.pk}", daemon=True)
        self.channel = channel
        self.lock = Lock(LOCKS, channel.pk)
        self.connector: Connector | None = None
        self.stopping = threading.Event()
        self.failures = 0
        self.quick_looks = 0

    def stop(self) -> None:
        """Ask it to end; harmless to repeat. An item being stored is finished; waiting ends now."""
        self.stopping.set()
        connector = self.connector
        if connector is not None:
            connector.close()

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self._round()
        finally:
            self._hang_up()
            self.lock.release()
            connection.close()

    def _round(self) -> None:
        """Fetch what there is and wait for more, or note why that failed and wait before the next try."""
        close_old_connections()
        if not self.lock.hold():
            self.stopping.wait(FIRST_BACK_OFF.total_seconds())
            return
        try:
            found = self.fetch()
            self.failures = 0
            if not found:
                self._wait()
        except ChannelBroken as error:
            self.stopping.set()
            channels.stop_broken(channel_id=self.channel.pk, reason=error.reason)
        except Exception as error:  # noqa: BLE001  # whatever it is, the mailbox is asked again later; _note logs it
            self._failed(error)

    def fetch(self) -> int:
        """Store everything that came since the cursor; how many. Raises what the connector or the database raises."""
        if self.connector is None:
            self.connector = registry.connector_for(self.channel)
        self.channel.refresh_from_db(fields=["cursor"])
        found = 0
        for polled in self.connector.poll(self.channel.cursor):
            if self.stopping.is_set() or (found % CHECK_EVERY == 0 and not self.lock.hold()):
                break
            inbound.store_polled(self.channel, polled)
            found += 1
        return found

    def _wait(self) -> None:
        """Let the connector wait for news. One that cannot returns at once and finds nothing: then we pause, ever longer."""
        if self.connector is None or self.stopping.is_set():
            return
        began = time.monotonic()
        self.connector.wait(WAIT)
        self.quick_looks = self.quick_looks + 1 if time.monotonic() - began < 1 else 0
        if self.quick_looks > 1:
            self.stopping.wait(min(2.0 ** (self.quick_looks - 2), LONGEST_PAUSE.total_seconds()))

    def _failed(self, error: Exception) -> None:
        """Note it, hang up and wait before the next try, twice as long each time."""
        if self.stopping.is_set():
            return
        self._hang_up()
        self._note(error)
        back_off = min(FIRST_BACK_OFF * 2**self.failures, LAST_BACK_OFF).total_seconds()
        self.failures = min(self.failures + 1, 10)
        self.stopping.wait(back_off * random.uniform(0.8, 1.2))  # noqa: S311  # only spreads the load

    def _note(self, error: Exception) -> None:
        if isinstance(error, ContractError):
            reason = error.reason or type(error).__name__
            log.warning("A channel could not be fetched.", channel=self.channel.pk, reason=reason)
        else:
            reason = OUR_FAULT.format(error=type(error).__name__)
            log.error("A channel could not be fetched.", channel=self.channel.pk, exc_info=error)
        try:
            traffic.trouble(channel_id=self.channel.pk, reason=reason)
        except DatabaseError:
            log.warning(
                "The database does not answer; fetching goes on when it does.", channel=self.channel.pk
            )

    def _hang_up(self) -> None:
        if self.connector is not None:
            self.connector.close()
            self.connector = None


class Pollers:
    """Keeps one Poller for each channel that polls: starts, stops and restarts them as channels are added and changed."""

    def __init__(self) -> None:
        self.running: dict[int, Poller] = {}

    def adjust(self) -> None:
        """Make the threads fit the channels as they are now. Call it every other second. Raises DatabaseError."""
        wanted = {channel.pk: channel for channel in Channel.objects.sending() if registry.polls(channel)}
        for pk, poller in list(self.running.items()):
            channel = wanted.get(pk)
            if channel is None or channel.changed_at != poller.channel.changed_at:
                poller.stop()
            if not poller.is_alive():
                del self.running[pk]
        for pk in wanted.keys() - self.running.keys():
            self.running[pk] = Poller(wanted[pk])
            self.running[pk].start()

    def stop(self, *, within: float) -> None:
        """Ask all to end and wait for them, so many seconds at most."""
        until = time.monotonic() + within
        while any(poller.is_alive() for poller in self.running.values()) and time.monotonic() < until:
            for poller in self.running.values():
                poller.stop()
                poller.join(0.05)
