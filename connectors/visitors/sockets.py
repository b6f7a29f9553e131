"""A visitor's websocket: hello, frames in, news out. Raw ASGI: no channel of its own in the layer, the hub hears for all.

Close codes: 4400 not understood · 4401 no session · 4403 this website may not · 4404 no such chat · 4408 silent · 4429 too much.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from django.db import DatabaseError
from redis.exceptions import RedisError

from connectors.visitors import frames, gate, hub, intake, limits, news
from connectors.visitors.frames import BadFrame
from connectors.visitors.intake import Caller
from connectors.visitors.offload import in_thread
from inbox.models import Channel

log = structlog.get_logger(__name__)

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

HELLO_SECONDS = 10
SILENT_SECONDS = 90
# The doorbell may drop, so news is looked for this often without it.
LOOK_SECONDS = 30
MOST_SOCKETS_OF_IP = 60
# A browser may send so many frames at once, and so many a second in the long run.
BURST, RATE = 60.0, 8.0

_open: Counter[str] = Counter()


class Closed(Exception):  # reads as what happened
    """The line ends with this code; `why` is told in a last frame if the browser should know. Code 0: the browser went."""

    def __init__(self, code: int, why: str = "") -> None:
        super().__init__(why)
        self.code = code
        self.why = why


async def socket(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application at /c/<kind>/socket/<channel>."""
    one = Socket(scope, receive, send)
    await receive()  # websocket.connect
    _open[one.network] += 1
    try:
        await one.run()
    except Closed as closed:
        await one.close(closed)
    except (DatabaseError, RedisError, OSError) as error:
        # What was not acknowledged the browser says again when it is back.
        log.warning("A visitor's socket was closed.", error=type(error).__name__)
        await one.close(Closed(1011))
    finally:
        _open[one.network] -= 1
        if not _open[one.network]:
            del _open[one.network]
        hub.here().leave(one.line)


class Socket:
    """One connection from its opening to its end."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        self.receive, self.send = receive, send
        self.params = scope["url_route"]["kwargs"]
        self.origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        self.ip = str((scope.get("client") or ("",))[0])
        self.network = limits.network(self.ip)
        self.line = hub.Line()
        self.latest: dict[str, Any] = {}
        self.accepted = False
        self.allowance, self.counted_at = BURST, asyncio.get_running_loop().time()

    async def run(self) -> None:
        channel = await self.let_in()
        await self.send({"type": "websocket.accept"})
        self.accepted = True
        frame = await self.next_frame(HELLO_SECONDS)
        caller = await in_thread(news.recognise, channel, frame.get("token"), self.ip)
        if caller is None or frame["t"] != "hello":
            raise Closed(4401, "session")
        await self.greet(caller, frame)
        both = [asyncio.create_task(self.listen(caller)), asyncio.create_task(self.tell(caller))]
        try:
            done, _pending = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def let_in(self) -> Channel:
        """Channel, website and address are checked before the handshake is answered. Raises Closed."""
        if _open[self.network] > MOST_SOCKETS_OF_IP:
            raise Closed(4429)
        if await in_thread(limits.spend, limits.SOCKETS_OF_IP, self.network):
            raise Closed(4429)
        opened = await in_thread(gate.open_channel, self.params["kind"], self.params["public_id"])
        if opened is None:
            raise Closed(4404)
        # Browsers always send exactly one; other programs have no business here.
        if len(self.origins) != 1 or not gate.lets_in(opened.settings, self.origins[0]):
            raise Closed(4403)
        return opened.channel

    async def greet(self, caller: Caller, frame: dict[str, Any]) -> None:
        """The first news. The line is known to the hub before it is read, so nothing falls between."""
        self.line = hub.Line(sid=caller.session.sid, names=await in_thread(news.names, caller))
        await hub.here().join(self.line)
        self.take_over(await in_thread(news.hello, caller, frame))
        await self.tell_browser(self.latest)

    def take_over(self, found: news.News) -> None:
        """Remember how far the browser has read. Raises Closed if the visitor may not be here any more."""
        if found.over:
            raise Closed(4401, found.over)
        self.latest = found.frame
        self.line.customers = found.customers

    async def listen(self, caller: Caller) -> None:
        """Frames in, answers out, until the browser goes."""
        while True:
            frame = await self.next_frame(SILENT_SECONDS)
            if not await in_thread(news.alive, caller):
                raise Closed(4401, "session")
            try:
                answers = await in_thread(intake.take, caller, frame)
            except BadFrame as error:
                answers = [{"t": "refused", "id": frame.get("id"), "reason": str(error)}]
            for answer in answers:
                await self.tell_browser(answer)

    async def tell(self, caller: Caller) -> None:
        """News out, whenever the doorbell rings for this visitor, and now and then without it."""
        while True:
            await self.line.wait(LOOK_SECONDS)
            if self.line.over:
                raise Closed(4401, self.line.over)
            typing = self.line.take_typing()
            if typing is not None:
                await self.tell_browser(await in_thread(news.typing, caller, typing))
            if self.line.take_news():
                before = self.latest
                self.take_over(await in_thread(news.latest, caller, before["since"]))
                if news.worth_telling(before, self.latest):
                    await self.tell_browser(self.latest)

    async def next_frame(self, patience: float) -> dict[str, Any]:
        try:
            message = await asyncio.wait_for(self.receive(), patience)
        except TimeoutError as error:
            raise Closed(4408) from error
        if message["type"] == "websocket.disconnect":
            raise Closed(0)
        self.count()
        try:
            return frames.read(message.get("text") or message.get("bytes") or "")
        except BadFrame as error:
            raise Closed(1009 if str(error) == "size" else 4400) from error

    def count(self) -> None:
        """One frame of the browser's allowance. Raises Closed when it is used up."""
        now = asyncio.get_running_loop().time()
        self.allowance = min(BURST, self.allowance + (now - self.counted_at) * RATE) - 1
        self.counted_at = now
        if self.allowance < 0:
            raise Closed(4429, "slow")

    async def tell_browser(self, frame: dict[str, Any]) -> None:
        await self.send({"type": "websocket.send", "text": json.dumps(frame, ensure_ascii=False)})

    async def close(self, closed: Closed) -> None:
        if not closed.code:
            return
        if closed.why and self.accepted:
            await self.tell_browser({"t": "bye", "reason": closed.why, "again": closed.why == "slow"})
        await self.send({"type": "websocket.close", "code": closed.code})
