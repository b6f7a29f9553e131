"""The stand-in's page: a person plays the customer in a browser, writes to the shop and reads and answers what it sends."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.email.addressing import normalise
from connectors.email.composing import one_line
from connectors.email.reading import ParsedMail, read
from connectors.email.standin.post import Letter, Post

FOLDER = Path(__file__).parent
PAGES = {
    "/": ("mail.html", "text/html; charset=utf-8"),
    "/mail.css": ("mail.css", "text/css; charset=utf-8"),
    "/mail.js": ("mail.js", "text/javascript; charset=utf-8"),
}
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}  # fmt: skip
MOST_TYPED = 10_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "application/json"


class Server(ThreadingHTTPServer):
    """Raises OSError if the port is taken."""

    daemon_threads = True

    def __init__(self, post: Post, port: int) -> None:
        self.post = post
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def hosts(self) -> list[str]:
        return [f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self.headers.get("Host") not in self.server.hosts:
            self._give(Answer(403, b"Open the page by its own address.", "text/plain"))
        elif path in PAGES:
            name, content_type = PAGES[path]
            self._give(Answer(200, (FOLDER / name).read_bytes(), content_type))
        elif path == "/letters":
            me = parse_qs(urlsplit(self.path).query).get("me", [""])[0]
            self._give(_as_json(shown(self.server.post, me)))
        else:
            self._give(Answer(404, b"", "text/plain"))

    def do_POST(self) -> None:
        """Other sites' pages are refused: they could write in somebody's name."""
        length = int(self.headers.get("Content-Length") or 0)
        own = (self.headers.get("Origin") or "").removeprefix("http://") in self.server.hosts
        if not own or self.path != "/send" or length > MOST_TYPED:
            self.close_connection = True
            self._give(Answer(403, b"", "text/plain"))
            return
        self._give(send(self.server.post, self.rfile.read(length)))

    def _give(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {
            **GUARDS,
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named so by the base class
        """The demo's log has enough lines."""


def _as_json(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def shown(post: Post, me: str) -> dict[str, Any]:
    """The mailbox of `me`, oldest first, and whom it can write to."""
    letters = [_letter(each) for each in post.letters(me)] if normalise(me) else []
    return {"addresses": list(post.accounts), "letters": letters}


def _letter(letter: Letter) -> dict[str, Any]:
    mail = read(letter.raw)
    return {
        "uid": letter.uid,
        "mine": letter.mine,
        "from": mail.from_.name or mail.from_.address,
        "to": ", ".join(each.address for each in mail.to),
        "subject": mail.subject,
        "text": mail.text_new.strip() or mail.text.strip(),
        "quoted": mail.text_quoted.strip(),
        "files": [part.filename for part in mail.attachments],
        "at": letter.arrived.isoformat(),
    }


def send(post: Post, body: bytes) -> Answer:
    """{"me", "name", "to", "subject", "text", "answers": uid or null, "file": {"name", "type", "base64"} or null}."""
    try:
        typed = json.loads(body)
        me, text = normalise(str(typed["me"])), str(typed["text"])
        answered = next((each for each in post.letters(me) if each.uid == typed.get("answers")), None)
        file = _file(typed["file"]) if typed.get("file") else None
        to, subject = str(typed.get("to", "")), str(typed.get("subject", ""))
    except (ValueError, KeyError, TypeError, binascii.Error):
        return _as_json({"problem": "This cannot be read."}, 400)
    before = read(answered.raw) if answered else None
    recipient = normalise(to if before is None else (before.reply_to or (before.from_,))[0].address)
    if not me or not recipient or not text.strip():
        return _as_json({"problem": "Enter your mail address, such as ana@example.com, and a text."}, 400)
    raw = written(
        sender=me,
        name=str(typed.get("name", "")),
        to=recipient,
        subject=subject,
        text=text,
        before=before,
        file=file,
    )
    post.keep_own(raw, owner=me)
    if not post.deliver(raw, sender=me, recipient=recipient):
        return _as_json({"problem": "Nobody has this mailbox."}, 400)
    return _as_json({"sent": True})


def written(
    *,
    sender: str,
    name: str,
    to: str,
    subject: str,
    text: str,
    before: ParsedMail | None,
    file: tuple[str, str, bytes] | None,
) -> bytes:
    """The mail as an ordinary mail program writes it: with the thread's ids and the history below."""
    mail = EmailMessage(policy=SMTP.clone(utf8=True))
    mail["From"] = f'"{one_line(name).replace(chr(34), "")}" <{sender}>' if one_line(name) else sender
    mail["To"] = to
    mail["Subject"] = one_line(subject)
    if before is not None:
        mail.replace_header("Subject", f"Re: {before.subject.removeprefix('Re: ')}")
        if before.message_id:
            mail["In-Reply-To"] = f"<{before.message_id}>"
            mail["References"] = " ".join(
                f"<{each}>" for each in (*before.references[-5:], before.message_id)
            )
        quoted = "\n".join(f"> {line}".rstrip() for line in before.text.strip().splitlines())
        when = datetime.now(UTC).strftime("%a, %d %b %Y at %H:%M")
        text = f"{text}\n\nOn {when}, {before.from_.name} <{before.from_.address}> wrote:\n{quoted}"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail.set_content(text)
    if file is not None:
        file_name, kind, content = file
        mail.add_attachment(content, *kind.split("/", 1), filename=file_name)
    return mail.as_bytes()


def _file(given: Any) -> tuple[str, str, bytes]:
    content = base64.b64decode(given["base64"], validate=True)
    kind = (
        str(given["type"])
        if str(given["type"]).startswith(("image/", "application/"))
        else "application/octet-stream"
    )
    return (
        one_line(str(given["name"])) or "file",
        kind if kind.count("/") == 1 else "application/octet-stream",
        content,
    )
