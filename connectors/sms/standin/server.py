"""The stand-in's HTTP side: the routes of Twilio's API and of the phone page. Loopback only, threads, nothing kept on disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from connectors.sms.standin import api, phone
from connectors.sms.standin.account import Account
from connectors.sms.standin.records import Refusal
from connectors.sms.standin.webhooks import Webhooks
from connectors.sms.standin.wire import Answer, Asked, Cut, refused


class StandIn:
    """One running stand-in. `asked` are the calls to the API in order, but the phone page's."""

    def __init__(self, account: Account, *, port: int = 0, automatic: bool = False) -> None:
        self.account = account
        self.asked: list[Asked] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.webhooks = Webhooks(account, self.base)
        # In the demo messages travel by themselves; in tests each step is asked for.
        self.automatic = automatic

    @property
    def hosts(self) -> list[str]:
        """What GUARDED_HTTP_ALLOW must name: the API, and the other name it redirects media to."""
        return [f"127.0.0.1:{self.port}", f"localhost:{self.port}"]

    def respond(self, asked: Asked) -> Answer:
        """The answer to one request. Raises Cut to hang up without one."""
        if asked.path in phone.PAGES or asked.path.startswith("/phone/"):
            return phone.respond(self, asked)
        if asked.path.startswith("/cdn/"):
            return api.cdn(self.account, asked)
        self.asked.append(asked)
        trouble = self.account.troubles.popleft() if self.account.troubles else None
        if trouble is None:
            return self.answer(asked)
        if trouble.after:
            self.answer(asked)
        if trouble.cut:
            raise Cut
        return Answer(trouble.status, trouble.body, headers=trouble.headers)

    def answer(self, asked: Asked) -> Answer:
        """What Twilio would say. In the demo a new message then sets out by itself."""
        try:
            answer, created = api.respond(self.account, asked, port=self.port)
        except Refusal as refusal:
            return refused(refusal)
        if created and self.automatic:
            threading.Thread(target=phone.travel, args=(self, created), daemon=True).start()
        return answer


@contextmanager
def running(account: Account, *, port: int = 0, automatic: bool = False) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    standin = StandIn(account, port=port, automatic=automatic)
    thread = threading.Thread(
        target=standin.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield standin
    finally:
        standin.server.shutdown()
        standin.server.server_close()
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

        do_GET = do_POST = handle_any  # noqa: N815 (http.server looks for these names)

        def log_message(self, *args: Any) -> None:
            """Quiet: the phone page and `asked` show what happens."""

    return Handler
