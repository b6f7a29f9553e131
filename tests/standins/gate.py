"""A gate in front of a server's unix socket: what passes can be cut, refused or frozen, as if the server had died or hung."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

TICK = 0.02


class Gate:
    """Listens at `path` and passes everything on to `target`."""

    def __init__(self, path: Path, target: Path) -> None:
        self.path, self.target = path, target
        self.pairs: dict[socket.socket, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        self.frozen = threading.Event()
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.listener: socket.socket | None = None
        self.open()

    @classmethod
    @contextmanager
    def before(cls, target: Path, folder: Path) -> Iterator[Self]:
        """An open gate in `folder`, named as the target is."""
        gate = cls(folder / target.name, target)
        thread = threading.Thread(target=gate._pass_on, daemon=True)
        thread.start()
        try:
            yield gate
        finally:
            gate.ended.set()
            thread.join(5)
            gate.shut()
            gate.selector.close()

    def open(self) -> None:
        """Take connections (again)."""
        self.frozen.clear()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(50)
        self.listener.settimeout(0)
        self.selector.register(self.listener, selectors.EVENT_READ)

    def shut(self) -> None:
        """The server is gone: sessions are cut, new connections refused."""
        with self.lock:
            if self.listener is not None:
                self.selector.unregister(self.listener)
                self.listener.close()
                self.listener = None
                self.path.unlink()
        self.cut()

    def cut(self) -> None:
        """Every session ends; new connections are taken."""
        with self.lock:
            for one in list(self.pairs):
                self._drop(one)

    def freeze(self) -> None:
        """Everything is taken and nothing is answered, until `thaw`."""
        self.frozen.set()

    def thaw(self) -> None:
        self.frozen.clear()

    def _pass_on(self) -> None:
        while not self.ended.is_set():
            if self.frozen.is_set():
                self.ended.wait(TICK)
                continue
            for key, _events in self.selector.select(TICK):
                with self.lock:
                    self._serve(key.fileobj)

    def _serve(self, one: object) -> None:
        if one is self.listener and self.listener is not None:
            self._join(self.listener.accept()[0])
        elif isinstance(one, socket.socket) and one in self.pairs:
            try:
                data = one.recv(65536)
                self.pairs[one].sendall(data)
            except OSError:
                data = b""
            if not data:
                self._drop(one)

    def _join(self, ours: socket.socket) -> None:
        theirs = socket.socket(socket.AF_UNIX)
        theirs.connect(str(self.target))
        for one, other in ((ours, theirs), (theirs, ours)):
            one.settimeout(None)
            self.pairs[one] = other
            self.selector.register(one, selectors.EVENT_READ)

    def _drop(self, one: socket.socket) -> None:
        other = self.pairs.pop(one, None)
        if other is None:
            return
        self.pairs.pop(other, None)
        for each in (one, other):
            self.selector.unregister(each)
            each.close()
