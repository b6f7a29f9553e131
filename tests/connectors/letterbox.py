"""A connector that must be asked, for the tests of polling: letters are put into a list, waiting is a real wait."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NoReturn

from inbox import registry
from inbox.contract import (
    Accepted,
    Address,
    BadSignature,
    Capabilities,
    Connector,
    InboundEvent,
    InboundMessage,
    OutboundMessage,
    PermanentFailure,
    Polled,
    Request,
)


class Letterbox(Connector):
    """One box for the whole test; every instance is a visit to it."""

    kind = "letterbox"
    label = "Letterbox"
    space = "letter"
    capabilities = Capabilities(polls=True)

    letters: ClassVar[list[str]] = []
    trouble: ClassVar[list[Exception]] = []
    visits: ClassVar[int] = 0
    news: ClassVar[threading.Condition] = threading.Condition()

    def __init__(self, settings: Any, channel: Any) -> None:
        super().__init__(settings, channel)
        self.closed = False

    def poll(self, cursor: Mapping[str, Any]) -> Iterator[Polled]:
        type(self).visits += 1
        if self.trouble:
            raise self.trouble.pop(0)
        for number, letter in itertools.islice(enumerate(list(self.letters)), cursor.get("seen", 0), None):
            body = json.dumps({"number": number, "text": letter}).encode()
            request = Request(body=body, received_at=datetime.now(UTC))
            yield Polled(key=f"letter/{number}", request=request, cursor={"seen": number + 1})

    def wait(self, timeout: timedelta) -> bool:
        seen = len(self.letters)
        with self.news:
            return self.news.wait_for(
                lambda: self.closed or len(self.letters) > seen, timeout.total_seconds()
            )

    def close(self) -> None:
        with self.news:
            self.closed = True
            self.news.notify_all()

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        letter = json.loads(request.body)
        yield InboundMessage(
            event_key=f"letter-{letter['number']}",
            external_id=f"letter-{letter['number']}",
            author=Address(space="letter", value="ana"),
            text=letter["text"],
        )

    def verify(self, request: Request) -> NoReturn:
        raise BadSignature("Letters are fetched.")

    def send(self, message: OutboundMessage) -> Accepted:
        raise PermanentFailure("Nobody reads this box.")


def post(*letters: str) -> None:
    """Put letters into the box; whoever waits at it hears it."""
    with Letterbox.news:
        Letterbox.letters.extend(letters)
        Letterbox.news.notify_all()


@contextmanager
def hung_up() -> Iterator[None]:
    """An empty box that the registry knows."""
    Letterbox.letters, Letterbox.trouble, Letterbox.visits = [], [], 0
    registry.register(Letterbox)
    try:
        yield
    finally:
        registry._connectors.pop("letterbox")
