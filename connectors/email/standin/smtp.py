"""The stand-in's SMTP: as much of RFC 5321 as our sender speaks. Loopback only; mail goes into the mailboxes of post.py."""

from __future__ import annotations

import base64
import binascii
import re
from socketserver import StreamRequestHandler, ThreadingTCPServer

from connectors.email.standin.post import MOST_BYTES, Post

_ADDRESS = re.compile(r"<([^<>]*)>")
_LONGEST_LINE = 10_000


class Server(ThreadingTCPServer):
    """Raises OSError if the port is taken."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, post: Post, port: int) -> None:
        self.post = post
        super().__init__(("127.0.0.1", port), Session)


class Session(StreamRequestHandler):
    """One connection."""

    timeout = 60
    server: Server

    def setup(self) -> None:
        super().setup()
        self.user = ""
        self.sender = ""
        self.recipients: list[str] = []

    def handle(self) -> None:
        self.say("220 stand-in.example")
        while line := self.rfile.readline(_LONGEST_LINE):
            command, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if command.upper() == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            self.say(self.reply(command.upper(), rest))

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())

    def reply(self, command: str, rest: str) -> str:
        if command in ("EHLO", "HELO"):
            return f"250-stand-in.example\r\n250-SIZE {MOST_BYTES}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN"
        if command == "AUTH":
            return self.log_in(rest)
        if command == "MAIL":
            return self.begin(rest)
        if command == "RCPT":
            return self.address(rest)
        if command == "DATA":
            return self.take()
        if command in ("RSET", "NOOP"):
            self.recipients = []
            return "250 2.0.0 Fine"
        return "502 5.5.1 Not here"

    def log_in(self, rest: str) -> str:
        mechanism, _space, response = rest.partition(" ")
        try:
            _authorise, user, password = base64.b64decode(response).decode().split("\x00")
        except (binascii.Error, ValueError):
            return "501 5.5.2 That cannot be read"
        if mechanism.upper() != "PLAIN" or not self.server.post.allows(user, password):
            return "535 5.7.8 Wrong user name or password"
        self.user = user
        return "235 2.7.0 Welcome"

    def begin(self, rest: str) -> str:
        found = _ADDRESS.search(rest)
        if not self.user:
            return "530 5.7.0 Log in first"
        self.sender, self.recipients = found[1] if found else "", []
        return "250 2.1.0 Go on"

    def address(self, rest: str) -> str:
        found = _ADDRESS.search(rest)
        if not found or not self.user:
            return "501 5.1.3 That is no address"
        if found[1].lower().startswith("nobody@"):
            return f"550 5.1.1 <{found[1]}>: nobody has this mailbox"
        self.recipients.append(found[1])
        return "250 2.1.5 Go on"

    def take(self) -> str:
        if not self.recipients:
            return "503 5.5.1 Nobody to send it to"
        self.say("354 Go on, end with a dot")
        lines, size = [], 0
        while (line := self.rfile.readline(_LONGEST_LINE)) not in (b".\r\n", b""):
            size += len(line)
            if size <= MOST_BYTES:
                lines.append(line.removeprefix(b"."))
        if size > MOST_BYTES:
            return "552 5.3.4 Too large"
        for recipient in self.recipients:
            self.server.post.deliver(b"".join(lines), sender=self.sender, recipient=recipient)
        return "250 2.0.0 Taken"
