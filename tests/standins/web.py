"""A web server on loopback that answers what a test tells it to and remembers who asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Asked:
    """One request as the server saw it. Header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """`answers` maps a path to what it gives; a callable decides while it runs. Any other path gives `otherwise`.

    None instead of an answer ends the connection without one.
    """

    port: int = 0
    answers: dict[str, Answer | Callable[[Asked], Answer | None]] = field(default_factory=dict)
    otherwise: Answer | Callable[[Asked], Answer | None] = (200, {}, b"")
    asked: list[Asked] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def redirect(self, path: str, to: str) -> None:
        self.answers[path] = (302, {"Location": to}, b"")

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        web = cls()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(web))
        server.daemon_threads = True
        web.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            web.asked.append(asked)
            given = web.answers.get(self.path, web.otherwise)
            answer = given(asked) if callable(given) else given
            if answer is None:
                self.close_connection = True
                return
            status, out, body = answer
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | out).items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815 (http.server looks for these names)

        def log_message(self, *args: object) -> None:
            """Quiet: tests read `asked`."""

    return Handler
