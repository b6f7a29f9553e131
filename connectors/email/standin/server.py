"""The stand-in mail server of the demo: SMTP, IMAP and the customer's page, in threads of one process. Nothing is kept on disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from socketserver import BaseServer

from connectors.email.standin import imap, page, smtp
from connectors.email.standin.post import Post


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running one; the ports are on 127.0.0.1."""

    post: Post
    page: int
    smtp: int
    imap: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.page}"


@contextmanager
def running(accounts: Mapping[str, str], *, port: int = 0) -> Iterator[StandIn]:
    """Serve these mailboxes (address → password): the page at `port`, SMTP and IMAP at the next two; 0: wherever there is room.

    Raises OSError if a port is taken.
    """
    post = Post(dict(accounts))
    with ExitStack() as stack:
        servers = [
            kind(post, port + place if port else 0)
            for place, kind in enumerate((page.Server, smtp.Server, imap.Server))
        ]
        for server in servers:
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield StandIn(post, *(int(server.server_address[1]) for server in servers))


def _serve(server: BaseServer) -> None:
    server.serve_forever(poll_interval=0.1)
