"""A TCP proxy that breaks what it carries: cuts the line after so many bytes, drips, or hides words of the server."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Proxy:
    """Listens on `port`. `cut_after`: bytes from the server after which each connection dies (None: never).

    `cut_at`: dies as soon as the server says these bytes. `drip`: one byte each so many seconds. `hide`: words blanked out.
    """

    target: int
    port: int = 0
    cut_after: int | None = None
    cut_at: bytes = b""
    drip: float = 0.0
    hide: tuple[bytes, ...] = ()
    connections: int = 0
    carried: int = 0
    open: list[socket.socket] = field(default_factory=list)

    def cut_all(self) -> None:
        """Every line goes dead now."""
        for each in self.open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _serve(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), near, socket.create_connection(("127.0.0.1", self.target)) as far:
            self.open += [near, far]
            up = threading.Thread(target=self._pump_up, args=(near, far), daemon=True)
            up.start()
            self._pump_down(far, near)
            near.shutdown(socket.SHUT_RDWR)

    def _pump_up(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                far.sendall(data)
            far.shutdown(socket.SHUT_RDWR)

    def _pump_down(self, far: socket.socket, near: socket.socket) -> None:
        passed = 0
        while data := far.recv(4096):
            for word in self.hide:
                data = data.replace(word, b"X" * len(word))
            if self.cut_at and self.cut_at in data:
                near.sendall(data[: data.index(self.cut_at)])
                return
            if self.cut_after is not None and passed + len(data) > self.cut_after:
                near.sendall(data[: self.cut_after - passed])
                return
            passed += len(data)
            self.carried += len(data)
            if self.drip:
                for one in data:
                    near.sendall(bytes([one]))
                    time.sleep(self.drip)
            else:
                near.sendall(data)


@contextlib.contextmanager
def before(target: int) -> Iterator[Proxy]:
    """A proxy in front of a port of 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(target=target, port=listener.getsockname()[1])

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    near, _address = listener.accept()
                    proxy.connections += 1
                    threading.Thread(target=proxy._serve, args=(near,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            proxy.cut_all()
