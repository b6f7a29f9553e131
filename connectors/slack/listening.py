"""Socket Mode: events on a connection we open, for installations the internet cannot reach (docs: apis/events-api/using-socket-mode)."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode import SocketModeClient

from connectors import http
from connectors.slack.api import Slack, said
from connectors.slack.payload import Json, first, text
from inbox.contract import PermanentFailure, Polled, Request, TemporaryFailure

# Never below: at DEBUG the SDK would write into the log what customers write.
LOG = logging.getLogger("connectors.slack.listening")
LOG.setLevel(logging.INFO)
# Envelopes that carry something; others greet us or say that the connection ends.
CARRYING = {"events_api", "interactive"}
# While waiting, so often we look whether the connection still stands.
LOOK = 2.0


class Line(SocketModeClient):
    """The SDK's client, which leaves to us when to connect again: our poller shows why it failed, and waits longer each time.

    What it hears it keeps in order; the SDK's own workers would mix it.
    """

    def __init__(self, slack: Slack, app_token: str, news: threading.Condition) -> None:
        self.slack = slack
        self.news = news
        self.heard: deque[Json] = deque()
        self.ended = False
        super().__init__(
            app_token,
            logger=LOG,
            web_client=slack,
            auto_reconnect_enabled=False,
            concurrency=1,
            on_message_listeners=[self._hear],
            on_close_listeners=[lambda _code, _reason: self._end()],
            on_error_listeners=[lambda _error: self._end()],
        )

    def issue_new_wss_url(self) -> str:
        """Where to connect, once: Slack tells it for the app-level token. Raises the contract's errors."""
        url = said(self.slack.apps_connections_open(app_token=self.app_token), "url")
        if not self._is_slacks(httpx.URL(url)):
            raise PermanentFailure("Slack names a connection that is not its own.", code="address_refused")
        return url

    def _is_slacks(self, where: httpx.URL) -> bool:
        """The SDK connects without the guard, so only to Slack, or to the test server's own machine."""
        if self.slack.stand_in:
            return where.scheme == "ws" and where.host == http.checked(self.slack.stand_in).host
        return where.scheme == "wss" and f".{where.host}".endswith(".slack.com")

    def disconnect(self) -> None:
        """The SDK's reading thread may close the socket between its look at it and its closing: then it is closed already."""
        with contextlib.suppress(AttributeError):
            super().disconnect()

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Called by the SDK when Slack says that the connection will end."""
        self._end()

    def _hear(self, message: str) -> None:
        try:
            envelope = json.loads(message)
        except ValueError:
            return
        if (
            isinstance(envelope, dict)
            and text(envelope, "type") in CARRYING
            and text(envelope, "envelope_id")
        ):
            with self.news:
                self.heard.append(envelope)
                self.news.notify_all()

    def _end(self) -> None:
        with self.news:
            self.ended = True
            self.news.notify_all()


class Listening:
    """One connection, opened by the first `poll` and again by the next one after it ended."""

    def __init__(self, slack: Slack, app_token: str) -> None:
        self.slack = slack
        self.app_token = app_token
        self.news = threading.Condition()
        self.line: Line | None = None
        self.closed = False

    def poll(self) -> Iterator[Polled]:
        """What was heard, oldest first. An envelope is acknowledged once the next is asked for: then it is stored.

        Slack sends again what was not acknowledged, on the next connection; its event_id makes that harmless.
        """
        line = self._connected()
        while line.heard:
            envelope = line.heard[0]
            polled = _polled(envelope)
            if polled is not None:
                yield polled
            self._acknowledge(line, text(envelope, "envelope_id"))
            line.heard.popleft()

    def wait(self, timeout: timedelta) -> bool:
        until = time.monotonic() + timeout.total_seconds()
        with self.news:
            while not self._has_news():
                left = until - time.monotonic()
                if left <= 0:
                    return False
                self.news.wait(min(left, LOOK))
        return True

    def close(self) -> None:
        """At once; the SDK's own threads end behind our back, since they may sit in a read for three seconds."""
        with self.news:
            self.closed = True
            self.news.notify_all()
        self._drop()

    def _has_news(self) -> bool:
        line = self.line
        return self.closed or line is None or bool(line.heard) or line.ended or not line.is_connected()

    def _connected(self) -> Line:
        """Raises the contract's errors."""
        line = self.line
        if line is not None and (line.heard or (line.is_connected() and not line.ended)):
            return line
        self._drop()
        line = Line(self.slack, self.app_token, self.news)
        self.line = line
        line.connect()
        if not line.is_connected():
            self._drop()
            raise TemporaryFailure("Slack's connection for events cannot be opened now.", code="no_socket")
        return line

    def _acknowledge(self, line: Line, envelope_id: str) -> None:
        try:
            line.send_socket_mode_response({"envelope_id": envelope_id})
        except (SlackClientError, OSError):
            # It ended in the meantime. The event is stored; it comes again and is known then.
            line.ended = True

    def _drop(self) -> None:
        line, self.line = self.line, None
        if line is not None:
            threading.Thread(target=line.close, name="slack-line-end", daemon=True).start()


def _polled(envelope: Json) -> Polled | None:
    """The envelope's payload as our hook would have got it, under the same key as there. None if there is none."""
    payload: Any = envelope.get("payload")
    if not isinstance(payload, dict):
        return None
    key = first(text(payload, "event_id"), text(payload, "trigger_id"), text(envelope, "envelope_id"))
    request = Request(
        body=json.dumps(payload).encode(),
        headers={"content-type": "application/json"},
        received_at=datetime.now(UTC),
    )
    return Polled(key=key, request=request, cursor={})
