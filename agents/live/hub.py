"""One hub per process: one subscription to the doorbell, one read of what is new, a loop over the process's own sockets.

The doorbell may drop; the log does not: every event is found by its id sooner or later (`_look_back`), once.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, ParamSpec, TypeVar

import structlog
from channels.layers import get_channel_layer
from django.db import InterfaceError, OperationalError

from agents.live import feed, here, lists, rights
from agents.live.feed import News
from agents.live.lines import Frame, Line, encoded
from agents.live.lists import Viewer
from agents.live.offload import in_thread
from inbox import live
from inbox.models import Conversation

log = structlog.get_logger(__name__)

GATHER_SECONDS = 0.02
"""Events rung within this time are looked up together."""
LISTS_SECONDS = 0.5
"""Lists and counts of one socket change at most this often."""
THREADS_FIRST_SECONDS = 0.1
LOOK_BACK_SECONDS = 4.0
AGAIN_SECONDS = 1.0
"""After this the database is asked again, if it was away."""
RIGHTS_SECONDS = 0.7
MOST_KNOWN = 10_000
MOST_AGE = 120.0
"""A list that knew everything longer ago is read anew."""
COMMIT_SECONDS = 60.0
"""An id may appear this long after a higher one: no transaction lasts longer (settings: statement and idle time-outs)."""

P = ParamSpec("P")
T = TypeVar("T")


class Hub:
    """The lines of one process (of one event loop)."""

    def __init__(self) -> None:
        self.lines: set[Line] = set()
        self.watchers: defaultdict[int, set[Line]] = defaultdict(set)
        self.crowd = here.Crowd(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._rung: set[int] = set()
        self._known: dict[int, float] = {}
        self._heights: deque[tuple[float, int]] = deque()
        self._reading: dict[int, bool] = {}
        self._changed: list[feed.Change] = []
        self._listed: dict[int, Conversation] = {}
        self._flushed = 0.0
        self._hearing_since = 0.0
        self._running: list[asyncio.Task[None]] = []
        self._ready = asyncio.Event()

    # ------------------------------------------------------------ lines

    async def join(self, line: Line) -> None:
        """From when this returns, whatever happens reaches the line."""
        self.lines.add(line)
        if not self._running or any(task.done() for task in self._running):
            self._wake_up()
        await asyncio.wait_for(self._ready.wait(), timeout=10)

    def leave(self, line: Line) -> None:
        """The line is closed."""
        self.unwatch(line)
        self.lines.discard(line)

    def watch(self, line: Line, customer_id: int, since: int) -> None:
        """The line shows this customer's thread as it was after event `since`; what came later is told now."""
        self.unwatch(line)
        line.customer, line.since = customer_id, since
        self.watchers[customer_id].add(line)
        self.read(customer_id)

    def unwatch(self, line: Line) -> None:
        """The line shows no thread."""
        if line.customer is None:
            return
        watchers = self.watchers[line.customer]
        watchers.discard(line)
        if not watchers:
            del self.watchers[line.customer]
        line.customer = None

    async def close(self) -> None:
        """Stop hearing (tests begin each with a hub of their own)."""
        self.lines.clear()
        for task in (*self._running, *self._tasks):
            task.cancel()
        await asyncio.gather(*self._running, *self._tasks, return_exceptions=True)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside; what goes wrong in it is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("live_update_failed", exc_info=task.exception())

    # ------------------------------------------------------------ hearing

    def _wake_up(self) -> None:
        for task in self._running:
            task.cancel()
        self._ready.clear()
        loops: list[Callable[[], Coroutine[Any, Any, None]]] = [
            self._listen,
            self._look_back,
            self._keep_rights,
        ]
        self._running = [asyncio.get_running_loop().create_task(self._for_ever(each)) for each in loops]

    async def _for_ever(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """While there are lines; a failure (Valkey or PostgreSQL away) is logged and tried again."""
        while self.lines:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - whatever fails, the screens must come back to life
                log.warning("live_loop_failed", loop=work.__name__, error=repr(error))
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("There is no channel layer: set REDIS_URL.")
        channel = await layer.new_channel()
        await layer.group_add(live.GROUP, channel)
        try:
            self._begin(await in_thread(feed.newest))
            while self.lines:
                self.hear(await layer.receive(channel))
        finally:
            await layer.group_discard(live.GROUP, channel)

    def _begin(self, ids: list[int]) -> None:
        """From now on we hear. These are the newest events before it; one lower may still appear for a while."""
        self._heights = deque([(time.monotonic(), ids[0] - 1 if ids else 0)])
        self._known = dict.fromkeys(ids, 0.0)
        if ids:
            self._heights.append((time.monotonic(), ids[-1]))
        self._hearing_since = time.monotonic()
        self._listed = {}
        self._ready.set()

    def hear(self, message: dict[str, Any]) -> None:
        """One message of the doorbell. Anything we do not know is somebody else's."""
        kind = message.get("type")
        if kind == "doorbell.events":
            for customer_id, _desk, event_id in message["events"]:
                self.read(customer_id)
                self._ring(event_id)
        elif kind == "doorbell.read":
            self.start(self._read_by(message["agent"], message["conversation"]))
        elif kind in self.crowd.hears:
            self.crowd.hears[kind](message)

    def _ring(self, event_id: int) -> None:
        if event_id in self._known:
            return
        first = not self._rung
        self._rung.add(event_id)
        if first:
            self.start(self._answer())

    async def _answer(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        ids, self._rung = self._rung, set()
        changes = await _patiently(feed.changes, ids)
        self.learn(ids)
        self.list_changes(changes)

    def learn(self, ids: Iterable[int]) -> None:
        """These events have been seen."""
        now = time.monotonic()
        self._known.update(dict.fromkeys(ids, now))
        top = max(self._known, default=0)
        if top > (self._heights[-1][1] if self._heights else 0):
            self._heights.append((now, top))
        while len(self._heights) > 1 and self._heights[1][0] < now - COMMIT_SECONDS:
            self._heights.popleft()
        if len(self._known) > MOST_KNOWN:
            self._known = {pk: at for pk, at in self._known.items() if pk > self._heights[0][1]}

    async def _look_back(self) -> None:
        """Find what the doorbell lost: it promises nothing, and ids of different customers may be committed out of order."""
        await asyncio.sleep(LOOK_BACK_SECONDS)
        missed = await in_thread(feed.newer, self._heights[0][1], known=frozenset(self._known))
        if missed:
            changes = await in_thread(feed.changes, missed)
            self.learn(missed)
            for change in changes:
                self.read(change.customer_id)
            self.list_changes(changes)
        self.crowd.look_again()

    async def _keep_rights(self) -> None:
        await asyncio.sleep(RIGHTS_SECONDS)
        lost = await in_thread(rights.lost, {line.rights for line in self.lines})
        for line in [line for line in self.lines if line.rights in lost]:
            line.end(4401)

    # ------------------------------------------------------------ threads

    def read(self, customer_id: int) -> None:
        """There may be news of this customer. One reader at a time, so that news is told in order."""
        if customer_id not in self.watchers:
            return
        if customer_id in self._reading:
            self._reading[customer_id] = True
            return
        self._reading[customer_id] = False
        self.start(self._read(customer_id))

    async def _read(self, customer_id: int) -> None:
        try:
            again = True
            while again and customer_id in self.watchers:
                self._reading[customer_id] = False
                lines = self.watchers[customer_id]
                since = min(line.since for line in lines)
                news = await _patiently(feed.after, customer_id, since, {line.language for line in lines})
                again = self.tell(customer_id, since, news) or self._reading[customer_id]
        finally:
            self._reading.pop(customer_id, None)

    def tell(self, customer_id: int, since: int, news: News) -> bool:
        """Tell each watcher what it does not know and may know. True if some are still behind."""
        texts: dict[tuple[object, ...], str] = {}
        for line in self.watchers.get(customer_id, set()):
            if news.behind:
                if line.since == since:
                    line.since = news.last
                    line.tell({"t": "reload"})
                continue
            if line.since < since or (line.language not in news.patches and news.last > line.since):
                continue  # it came while we read, and knows less or speaks another language: the next round is for it
            key = (line.language, line.rights.desks, line.since)
            if key not in texts:
                patches = [
                    patch.frame()
                    for patch in news.patches.get(line.language, ())
                    if patch.event_id > line.since and patch.may_be_told(line.rights.desks)
                ]
                texts[key] = (
                    encoded({"t": "thread", "customer": customer_id, "events": patches}) if patches else ""
                )
            line.since = max(line.since, news.last)
            if texts[key]:
                line.tell(texts[key])
        return any(line.since < news.last for line in self.watchers.get(customer_id, set()))

    # ------------------------------------------------------------ lists

    def list_changes(self, changes: Iterable[feed.Change]) -> None:
        """These events may have changed lists and counts; they are told together, at most every LISTS_SECONDS."""
        changes = list(changes)
        if not changes or not self.lines:
            return
        for change in changes:
            for line in self.watchers.get(change.absorbed or 0, ()):
                line.tell({"t": "reload"})
        first = not self._changed
        self._changed += changes
        if first:
            self.start(self._flush())

    async def _flush(self) -> None:
        # A thread's news goes first: a person looks at it.
        await asyncio.sleep(max(THREADS_FIRST_SECONDS, self._flushed + LISTS_SECONDS - time.monotonic()))
        self._flushed = time.monotonic()
        changes, self._changed = self._changed, []
        lines = list(self.lines)
        viewers, before = [line.viewer for line in lines], self._listed
        frames, now = await _patiently(lambda: lists.frames(viewers, lists.touched(changes), before=before))
        self._listed |= now
        if len(self._listed) > MOST_KNOWN:
            self._listed = now
        self._tell_lists(lines, viewers, frames)

    async def _read_by(self, agent_id: int, conversation_id: int) -> None:
        """An agent has read something in one of their pages: the row and the counts of their others follow."""
        lines = [line for line in self.lines if line.agent.pk == agent_id]
        if not lines:
            return
        viewers = [line.viewer for line in lines]
        frames, _now = await in_thread(lambda: lists.frames(viewers, [conversation_id]))
        self._tell_lists(lines, viewers, frames)

    async def catch_up(self, line: Line, age: float) -> None:
        """Tell a line what changed in lists since its page knew everything, `age` seconds ago; first of all its counts."""
        start = time.monotonic() - age - LOOK_BACK_SECONDS - 1
        if age > MOST_AGE:
            line.tell({"t": "lists", "view": line.viewer.slug, "reload_list": True})
            ids: list[int] = []
        elif start > self._hearing_since:
            ids = [pk for pk, at in self._known.items() if at > start]
        else:
            ids = await in_thread(feed.recent, age + COMMIT_SECONDS)
        viewer = line.viewer
        frames, _now = await in_thread(lambda: lists.frames([viewer], lists.touched(feed.changes(ids))))
        self._tell_lists([line], [viewer], frames)

    @staticmethod
    def _tell_lists(lines: list[Line], viewers: list[Viewer], frames: list[Frame]) -> None:
        """Send rows of the view as it was when they were read, and counts if they are others than before."""
        for line, viewer, frame in zip(lines, viewers, frames, strict=True):
            if frame["counts"] == line.counts:
                del frame["counts"]
            else:
                line.counts = frame["counts"]
            if frame.get("rows") or "counts" in frame or "reload_list" in frame:
                line.tell({"t": "lists", "view": viewer.slug, **frame})


async def _patiently(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Read in a thread; as long as the database is away, again and again: what has been rung must reach the screens."""
    while True:
        try:
            return await in_thread(read, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            log.warning("live_read_failed", error=repr(error))
            await asyncio.sleep(AGAIN_SECONDS)


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def current() -> Hub:
    """The hub of this process (a server process has one event loop)."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
