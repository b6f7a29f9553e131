"""Plays the recorded SMTP calls of a sample on a real server.

A call's request: sender, recipients, headers (as a mail program shows them), text (the plain body). Its answer: a stage of
tests/standins/smtp.py and the reply there, {"refuse": {address: reply}}, or {"cut": stage}.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.connectors.email.conftest import read_back
from tests.standins import smtp
from tests.standins.smtp import STAGES, MailServer, Received

Json = Mapping[str, Any]


@dataclass
class Played:
    """What the suite asks of a stand-in."""

    server: MailServer
    calls: list[Json]
    settings: Json = field(default_factory=dict)
    address: str = ""

    def check(self) -> None:
        """The connector sent what the sample says, no more and no less."""
        expected = [call["request"] for call in self.calls if "request" in call]
        assert [
            _seen(got, wanted) for got, wanted in zip(self.server.received, expected, strict=True)
        ] == expected
        assert self.server.sessions == len(self.calls)


def _seen(received: Received, wanted: Json) -> Json:
    mail = read_back(received.raw)
    body = mail.get_body(("plain",))
    files = [[part.get_filename(), part.get_content_type()] for part in mail.iter_attachments()]
    everything = {
        "sender": received.sender,
        "recipients": list(received.recipients),
        "headers": {name: mail[name] for name in wanted.get("headers", {})},
        "text": body.get_content().replace("\r\n", "\n") if body else None,
        "files": files,
    }
    return {name: everything[name] for name in wanted}


@contextlib.contextmanager
def stand_in(calls: list[Json] | str) -> Iterator[Played]:
    """A server that behaves as the calls say; "unreachable" is port 1, where nobody listens."""
    with smtp.running() as server:
        if calls == "unreachable" or isinstance(calls, str):
            yield Played(server, [], {"smtp_port": 1})
            return
        answer = dict(calls[0].get("answer", {})) if calls else {}
        server.misbehave(
            answers={stage: reply for stage, reply in answer.items() if stage in STAGES},
            refuse=answer.get("refuse", {}),
            cut=answer.get("cut", ""),
        )
        yield Played(
            server,
            list(calls),
            {"smtp_port": server.port, "smtp_user": smtp.USER, "smtp_password": smtp.PASSWORD},
        )
