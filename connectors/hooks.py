"""The door for webhooks: /hooks/<channel>/… as raw ASGI. Verify → one INSERT → commit → 2xx; everything else comes later.

No Django view, no ORM on the way: config/asgi.py mounts `application` before Django. The parts are in connectors/door/.
"""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from django.conf import settings

from connectors import tasks
from connectors.door import wire
from connectors.door.bell import Bell
from connectors.door.directory import Directory, Known, NotReadable
from connectors.door.rejections import Rejections
from connectors.door.storage import Row, Storage, Stored
from inbox.contract import BadSignature, Request, Response

log = structlog.get_logger(__name__)

METHODS = ("GET", "POST")
NOT_FOUND = Response(status=404, body=b"There is no such channel.")
WRONG_METHOD = Response(status=405, body=b"Only GET and POST.")
TOO_SLOW = Response(status=408, body=b"The body did not come in time.")
TOO_LARGE = Response(status=413, body=b"The body is larger than 20 MB.")
REFUSED = Response(status=403, body=b"The request could not be verified.")
# The provider tries again on both.
BROKEN = Response(status=500, body=b"The request could not be checked.")
TRY_AGAIN = Response(status=503, body=b"Not stored. Please send it again.")


class Outdated(Exception):
    """The channel has changed since its settings were read into memory."""


class Door:
    """What one server process shares between its requests."""

    def __init__(self) -> None:
        self.directory = Directory()
        self.bodies = wire.Bodies()
        self.storage = Storage()
        self.bell = Bell(tasks.ring)
        self.rejections = Rejections()

    async def __call__(self, scope: wire.Scope, receive: wire.Receive, send: wire.Send) -> None:
        try:
            await wire.reply(send, await self.respond(scope, receive))
        except wire.SenderGone:
            return
        except Exception as error:  # the provider must get an answer, and then tries again
            log.exception("A hook failed.", error=type(error).__name__)
            await wire.reply(send, BROKEN)

    async def respond(self, scope: wire.Scope, receive: wire.Receive) -> Response:
        """The answer to one request, whatever happens to it. Raises SenderGone when nobody waits for one."""
        if scope["method"] not in METHODS:
            return WRONG_METHOD
        public_id = str(scope["path"]).removeprefix("/hooks/").partition("/")[0]
        headers = wire.headers_of(scope)
        try:
            known = await self.directory.find(public_id)
            if known is None:
                return NOT_FOUND
            async with self.bodies.read(headers, receive) as body:
                request = Request(
                    body=body,
                    headers=headers,
                    method=scope["method"],
                    url=settings.PUBLIC_URL + wire.target_of(scope),
                    received_at=datetime.now(UTC),
                )
                return await self.take(known, request, sender=wire.client_of(scope))
        except wire.BodyTooLarge:
            return TOO_LARGE
        except wire.BodyTooSlow:
            return TOO_SLOW
        except (wire.TooManyBodies, NotReadable):
            return TRY_AGAIN

    async def take(self, known: Known, request: Request, *, sender: str) -> Response:
        """Verify and store. When that fails, perhaps the channel's settings have just changed: once more with the new ones."""
        try:
            return await self.keep(known, request)
        except (BadSignature, Outdated) as error:
            newer = await self.directory.newer_than(known, at_once=isinstance(error, Outdated))
            if newer is None:
                return self.refuse(known, error, sender)
        try:
            return await self.keep(newer, request)
        except (BadSignature, Outdated) as error:
            return self.refuse(newer, error, sender)

    async def keep(self, known: Known, request: Request) -> Response:
        """Store an authentic request and give its answer. Raises BadSignature, or Outdated if the channel has changed."""
        known.connector.verify(request)
        answer = known.connector.answer(request)
        if answer is not None and request.method == "GET":
            return answer
        stored = await self.storage.store(_row(known, request))
        if stored is Stored.OUTDATED:
            raise Outdated
        if stored is Stored.NO:
            return answer if answer is not None and answer.even_unstored else TRY_AGAIN
        self.bell.ring()
        return answer or Response()

    def refuse(self, known: Known, error: Exception, sender: str) -> Response:
        if isinstance(error, Outdated):
            return TRY_AGAIN
        self.rejections.add(known.id, str(error) or "The signature is wrong.", sender)
        return REFUSED


def _row(known: Known, request: Request) -> Row:
    return Row(
        channel=known.id,
        version=known.version,
        method=request.method,
        url=wire.without_secrets(request.url, known.secrets),
        headers=wire.storable_headers(request.headers, known.secrets),
        body=request.body,
        received_at=request.received_at,
    )


application = Door()
