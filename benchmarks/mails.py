"""a4: the bytes of a plain mail → the thread, beside the standard library's parser and plain statements."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence

from django.utils import timezone

from benchmarks import steps
from benchmarks.crowd import Crowd, Saying
from benchmarks.receiving import bench_channel, raw
from benchmarks.rounds import interleaved, rate
from benchmarks.sizes import Size
from benchmarks.table import Result
from inbox import registry
from inbox.actions.receive import Inbound, receive
from inbox.contract import Connector, Request
from inbox.models import Channel

SETTINGS = {
    "address": "support@shop.example",
    "imap_host": "mail.shop.example",
    "imap_user": "support",
    "imap_password": "secret",
    "smtp_host": "mail.shop.example",
    "smtp_user": "support",
    "smtp_password": "secret",
}


def taken_in(size: Size) -> list[Result]:
    """a4: our reader and receive, one mail at a time; sanitised, quotes cut off, original kept."""
    channel = bench_channel("email", **SETTINGS)
    connector = registry.connector_for(channel)
    ours, theirs = Crowd("a4", size.regulars), Crowd("a4", size.regulars)
    with raw() as connection:
        steps.prepare(connection)
        found = interleaved(
            size.rounds,
            {
                "ours": lambda: _timed(
                    size, lambda: _ours(channel, connector, list(ours.sayings(size.mails)))
                ),
                "limit": lambda: _timed(size, lambda: _plain(connection, list(theirs.sayings(size.mails)))),
            },
        )
    return [
        Result(
            work="a4",
            measure="mail taken in / standard parser + raw statements",
            ours=found["ours"],
            limit=found["limit"],
            unit="/s",
        )
    ]


def _timed(size: Size, work: object) -> float:
    return rate(size.mails, work)  # type: ignore[arg-type]


def _ours(channel: Channel, connector: Connector, sayings: Sequence[Saying]) -> None:
    for saying in sayings:
        now = timezone.now()
        headers = {"x-folder": "INBOX", "x-uid": saying.external_id.rpartition("-")[2]}
        request = Request(body=_mail(saying), headers=headers, method="POST", url="", received_at=now)
        receive(
            [Inbound(channel=channel, event=event, received_at=now) for event in connector.parse(request)]
        )


def _plain(connection: steps.Connection, sayings: Sequence[Saying]) -> None:
    for saying in sayings:
        parsed = email.message_from_bytes(_mail(saying), policy=email.policy.default)
        body = parsed.get_body(("plain",))
        steps.take(
            connection,
            value=str(parsed["From"]),
            external_id=str(parsed["Message-ID"]),
            text=body.get_content() if body else "",
        )


def _mail(saying: Saying) -> bytes:
    return (
        f"Received: from mx.example by mail.shop.example; Mon, 2 Mar 2026 09:00:00 +0000\r\n"
        f"From: Ana Silva <{saying.who}@x.example>\r\nTo: support@shop.example\r\n"
        f"Subject: Broken lamp\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n"
        f"Message-ID: <{saying.external_id}@x.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{saying.text}\r\n"
    ).encode()
