"""A real SMTP server for tests (aiosmtpd, in a thread) that keeps what it accepts and misbehaves on request."""

# ruff: noqa: N802  # the names of methods are aiosmtpd's
from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER = "help@shop.example"
PASSWORD = "smtp-secret"
TOKEN = "smtp-access-token"

# The stages of one delivery, in order (RFC 5321 3.3). "content" is the answer after the final dot.
STAGES = ("connect", "ehlo", "auth", "mail", "rcpt", "data", "content")


@dataclass(frozen=True, kw_only=True)
class Received:
    """One mail as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    user: str = ""


@dataclass
class Behaviour:
    """What goes wrong.

    answers     stage → the reply instead of the usual one, e.g. {"content": "554 5.7.1 Spam"}
    refuse      address → the reply to its RCPT
    cut         stage after which the line goes dead; "content": accepted, and cut before the 250; "during": amid the content
    stall       stage at which nothing more is ever said
    times       how many times; 0 = always
    """

    answers: dict[str, str] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    stall: str = ""
    times: int = 0
    seen: int = 0

    def applies(self) -> bool:
        return not self.times or self.seen <= self.times


@dataclass(kw_only=True)
class MailServer:
    """A running server on 127.0.0.1. `received` grows with each mail; `forward` passes each on (to a mailbox)."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    behaviour: Behaviour = field(default_factory=Behaviour)
    forward: Callable[[Received], None] | None = None
    sessions: int = 0
    size_limit: int = 60_000_000
    stopping: threading.Event = field(default_factory=threading.Event)
    transports: list[Any] = field(default_factory=list)

    @property
    def last(self) -> Received:
        return self.received[-1]

    def misbehave(self, **how: Any) -> None:
        """From now on: see Behaviour. Without arguments it behaves again."""
        self.behaviour = Behaviour(**how)


class _Protocol(SMTP):
    """aiosmtpd's server with our stages in front of its commands."""

    async def _handle_client(self) -> None:
        server: MailServer = self.event_handler.server
        server.sessions += 1
        server.transports.append(self.transport)
        server.behaviour.seen += 1
        if await self._spoiled("connect"):
            self.transport.close()
            return
        await super()._handle_client()

    async def _spoiled(self, stage: str) -> bool:
        """Do what the behaviour asks at this stage; True if the stage is over with that."""
        server: MailServer = self.event_handler.server
        how = server.behaviour
        if not how.applies():
            return False
        if how.stall == stage:
            await asyncio.to_thread(server.stopping.wait)
            return True
        if how.cut == stage:
            self.transport.abort()
            return True
        if stage in how.answers:
            await self.push(how.answers[stage])
            return True
        return False

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._spoiled("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        if not await self._spoiled("ehlo"):
            await super().smtp_HELO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._spoiled("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._spoiled("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        how = self.event_handler.server.behaviour
        refused = [reply for address, reply in how.refuse.items() if arg and address in arg]
        if refused and how.applies():
            await self.push(refused[0])
        elif not await self._spoiled("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self._spoiled("data"):
            return
        how = self.event_handler.server.behaviour
        if how.cut == "during" and how.applies():
            await self.push("354 Go on")
            await self._reader.read(1000)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Handler:
    """Keeps what comes; the names are aiosmtpd's hooks."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_DATA(self, protocol: _Protocol, session: Session, envelope: Envelope) -> str:
        received = Received(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            raw=bytes(envelope.original_content or b""),
            user=session.auth_data or "",
        )
        how = self.server.behaviour
        refused = how.applies() and "content" in how.answers
        if not refused:
            self.server.received.append(received)
            if self.server.forward is not None:
                await asyncio.get_running_loop().run_in_executor(None, self.server.forward, received)
        if await protocol._spoiled("content"):
            return ""
        return "250 2.0.0 Accepted"

    async def auth_XOAUTH2(self, protocol: _Protocol, args: list[str]) -> AuthResult:
        """Google's and Microsoft's mechanism: base64("user=" user ^A "auth=Bearer " token ^A ^A)."""
        import base64

        given = base64.b64decode(args[1]).decode()
        if given == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True, auth_data=USER)
        return AuthResult(success=False, handled=False)


def _authenticate(
    _server: object, _session: object, _envelope: object, _mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=False, auth_data=USER if good else None)


class _Controller(Controller):
    def __init__(self, handler: _Handler, **options: Any) -> None:
        self.options = options
        super().__init__(
            handler, hostname="127.0.0.1", port=options.pop("port"), ssl_context=options.pop("wrap", None)
        )

    def factory(self) -> _Protocol:
        return _Protocol(
            self.handler,
            data_size_limit=self.handler.server.size_limit,
            enable_SMTPUTF8=True,
            hostname="mx.shop.example",
            authenticator=_authenticate,
            loop=self.loop,
            **self.options,
        )


@contextlib.contextmanager
def running(
    *, certificate: Path | None = None, security: str = "none", auth: bool = False
) -> Iterator[MailServer]:
    """Start a server and stop it. SECURITY: none, starttls or ssl (with a CERTIFICATE); AUTH: mail only after a login."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = MailServer(port=port)
    options: dict[str, Any] = {
        "port": port,
        "auth_require_tls": security == "starttls",
        "auth_required": auth and security == "starttls",
    }
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        options |= (
            {"wrap": context} if security == "ssl" else {"tls_context": context, "require_starttls": True}
        )
    controller = _Controller(_Handler(server), **options)
    controller.start()
    # The controller knocked once to see whether it is up.
    server.sessions = 0
    try:
        yield server
    finally:
        server.stopping.set()
        asyncio.run_coroutine_threadsafe(_hang_up(server), controller.loop).result(5)
        controller.stop()


async def _hang_up(server: MailServer) -> None:
    """Whoever is still connected is not waited for."""
    for transport in server.transports:
        transport.abort()
    await asyncio.sleep(0.02)
