"""Prefixed, coloured lines of several processes on one terminal."""

import os
import sys
import threading
from typing import IO

COLOURS = {"house": 36, "postgres": 34, "valkey": 35, "web": 32, "worker": 33, "poller": 94, "stand-ins": 95}
# PostgreSQL's answer to our own question whether it is ready yet.
STARTING_UP = "the database system is starting up"
WIDTH = max(map(len, COLOURS))


class Console:
    """`say` writes whole lines, so that two processes never mix theirs."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.stream = stream or sys.stdout
        self.lock = threading.Lock()
        self.gone = False
        # https://no-color.org
        self.coloured = self.stream.isatty() and "NO_COLOR" not in os.environ

    def say(self, name: str, text: str) -> None:
        if STARTING_UP in text:
            return
        prefix = f"{name:>{WIDTH}} |"
        if self.coloured:
            prefix = f"\x1b[{COLOURS.get(name, 0)}m{prefix}\x1b[0m"
        self.write("".join(f"{prefix} {line}\n" for line in text.splitlines() if line.strip()))

    def write(self, text: str) -> None:
        """Text without a prefix. A terminal that has gone away must not stop the product."""
        with self.lock:
            if self.gone:
                return
            try:
                self.stream.write(text)
                self.stream.flush()
            except OSError:
                self.gone = True

    def follow(self, name: str, pipe: IO[bytes]) -> threading.Thread:
        """Repeats every line of PIPE until its process has ended."""

        def repeat() -> None:
            with pipe:
                for line in pipe:
                    self.say(name, line.decode("utf-8", "replace"))

        thread = threading.Thread(target=repeat, name=f"log of {name}", daemon=True)
        thread.start()
        return thread
