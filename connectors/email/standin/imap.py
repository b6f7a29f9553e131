"""The stand-in's IMAP: as much of RFC 9051 as our reader asks, INBOX only, IDLE included. Loopback only."""

from __future__ import annotations

import re
import select
from collections.abc import Iterator
from socketserver import StreamRequestHandler, ThreadingTCPServer

from connectors.email.standin.post import Letter, Post

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_RANGE = re.compile(r"(\d+)(?::(\d+|\*))?")
_PART = re.compile(r"BODY\.PEEK\[(HEADER)?\](?:<(\d+)\.(\d+)>)?")
_LONGEST_LINE = 100_000
# How often a waiting connection looks for new mail, in seconds.
_LOOK = 0.2


class Server(ThreadingTCPServer):
    """Raises OSError if the port is taken."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, post: Post, port: int) -> None:
        self.post = post
        super().__init__(("127.0.0.1", port), Session)


class Session(StreamRequestHandler):
    """One connection."""

    # RFC 9051 5.4: at least half an hour.
    timeout = 1800
    server: Server

    def setup(self) -> None:
        super().setup()
        self.user = ""

    def handle(self) -> None:
        self.say("* OK Stand-in")
        while line := self.rfile.readline(_LONGEST_LINE):
            tag, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
            command, _space, rest = rest.partition(" ")
            if command.upper() == "UID":
                command, _space, rest = rest.partition(" ")
            self.say(f"{tag} {self.reply(command.upper(), rest)}")
            if command.upper() == "LOGOUT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    @property
    def letters(self) -> list[Letter]:
        return self.server.post.letters(self.user)

    def reply(self, command: str, rest: str) -> str:
        """Say what is asked for and give the words that end the command."""
        if command in ("CAPABILITY", "NOOP", "LOGOUT"):
            if command == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 IDLE")
            return "OK Done"
        if command == "LOGIN":
            return self.log_in(rest)
        answers = {
            "EXAMINE": self.open,
            "SELECT": self.open,
            "SEARCH": self.search,
            "FETCH": self.fetch,
            "IDLE": self.idle,
        }
        if not self.user:
            return "NO Log in first"
        return answers[command](rest) if command in answers else "BAD Not here"

    def log_in(self, rest: str) -> str:
        user, password = ([*_words(rest), "", ""])[:2]
        if not self.server.post.allows(user, password):
            return "NO [AUTHENTICATIONFAILED] Wrong user name or password"
        self.user = user
        return "OK Welcome"

    def open(self, rest: str) -> str:
        if next(_words(rest), "").upper() != "INBOX":
            return "NO [NONEXISTENT] There is only INBOX"
        count = len(self.letters)
        self.say("* FLAGS (\\Seen)")
        self.say(f"* {count} EXISTS")
        self.say("* 0 RECENT")
        self.say(f"* OK [UIDVALIDITY {self.server.post.uidvalidity}] Numbers")
        self.say(f"* OK [UIDNEXT {count + 1}] Next")
        return "OK [READ-ONLY] Open"

    def search(self, rest: str) -> str:
        self.say("* SEARCH " + " ".join(str(letter.uid) for letter in self.among(rest)))
        return "OK Done"

    def among(self, numbers: str) -> list[Letter]:
        """The mails a set of UIDs names."""
        letters = self.letters
        last = letters[-1].uid if letters else 0
        wanted: set[int] = set()
        for first, until in _RANGE.findall(numbers):
            end = last if until == "*" else int(until or first)
            wanted |= set(range(int(first), min(end, last) + 1))
        return [letter for letter in letters if letter.uid in wanted]

    def fetch(self, rest: str) -> str:
        numbers, _space, items = rest.partition(" ")
        part = _PART.search(items)
        for letter in self.among(numbers):
            arrived = letter.arrived.strftime('"%d-%b-%Y %H:%M:%S +0000"')
            known = f"UID {letter.uid} RFC822.SIZE {len(letter.raw)} INTERNALDATE {arrived}"
            if part is None:
                self.say(f"* {letter.uid} FETCH ({known})")
                continue
            content, name = _content(letter.raw, part)
            self.wfile.write(
                f"* {letter.uid} FETCH ({known} {name} {{{len(content)}}}\r\n".encode() + content + b")\r\n"
            )
        return "OK Done"

    def idle(self, _rest: str) -> str:
        """RFC 2177: tell of new mail until the other side says DONE or hangs up."""
        self.say("+ idling")
        known = len(self.letters)
        while not select.select([self.connection], [], [], _LOOK)[0]:
            now = len(self.letters)
            if now != known:
                self.say(f"* {now} EXISTS")
                known = now
        self.rfile.readline(_LONGEST_LINE)
        return "OK Done"


def _words(text: str) -> Iterator[str]:
    for quoted, plain in _WORD.findall(text):
        yield re.sub(r"\\(.)", r"\1", quoted) if quoted or not plain else plain


def _content(raw: bytes, part: re.Match[str]) -> tuple[bytes, str]:
    """The bytes asked for and the name they go by."""
    if part[1]:
        return raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", "BODY[HEADER]"
    if part[2]:
        start = int(part[2])
        return raw[start : start + int(part[3])], f"BODY[]<{start}>"
    return raw, "BODY[]"
