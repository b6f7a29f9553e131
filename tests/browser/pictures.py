"""A server of pictures as a sender has one: it gives a small picture (or a bare page) to everybody and remembers who asked."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@dataclass
class Pictures:
    """Where it listens, and what was asked of it."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def pictures() -> Iterator[Pictures]:
    """A running server, on a host name of its own so that it is another origin than ours."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            page = self.path.endswith(".html")
            body = b"<!doctype html>" if page else PIXEL
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if page else "image/gif")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the parent's
            """Silent: tests read `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Pictures(f"http://localhost:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)
