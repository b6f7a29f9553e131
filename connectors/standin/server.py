"""The HTTP side of a stand-in: loopback only, threads, nothing kept on disk. What it answers is each connector's own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from connectors.standin.wire import Answer, Asked, Cut, Trouble


class StandIn(ABC):
    """One running stand-in. `asked` are the requests in order; each of `troubles` meets one of them."""

    def __init__(self, *, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self.troubles: deque[Trouble] = deque()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> list[str]:
        """What GUARDED_HTTP_ALLOW must name."""
        return [f"127.0.0.1:{self.port}", f"localhost:{self.port}"]

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """What the provider would say. Raise Cut to hang up."""

    def respond(self, asked: Asked) -> Answer:
        """The answer to one request, or the trouble that meets it. Raises Cut."""
        self.asked.append(asked)
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is None:
            return self.answer(asked)
        if trouble.after:
            self.answer(asked)
        if trouble.cut:
            raise Cut
        return Answer(trouble.status, trouble.body, headers=trouble.headers)

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serves until the block ends."""
        thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join(5)


def _handler(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            self.close_connection = True
            try:
                answer = standin.respond(Asked(self.command, self.path, headers, body))
            except Cut:
                return
            self.send_response(answer.status)
            sent = {
                "Content-Type": answer.content_type,
                "Content-Length": str(len(answer.body)),
                "Connection": "close",
            }
            for name, value in (sent | dict(answer.headers)).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any  # noqa: N815 (http.server looks for these names)

        def log_message(self, *args: Any) -> None:
            """Quiet: `asked` shows what happens."""

    return Handler
