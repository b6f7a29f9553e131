"""One child process: started, followed, started again with growing pauses when it ends, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from config.embedded.console import Console

LONGEST_PAUSE = 30.0
# Who has run this long is healthy: its next pause is short again.
HEALTHY_AFTER = 60.0

Start = Callable[[int], subprocess.Popen[bytes]]


@dataclass
class Child:
    """START gets the file number its output goes to. `reloads`: started again when our code changes."""

    name: str
    start_process: Start
    console: Console
    stop_signal: signal.Signals = signal.SIGTERM
    reloads: bool = False
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    asked: bool = False
    started_at: float = 0.0
    due_at: float = field(default=0.0)

    def start(self) -> subprocess.Popen[bytes]:
        """Call it from the main thread only: see parent.die_with_parent."""
        ours, theirs = os.pipe()
        try:
            self.process = self.start_process(theirs)
        finally:
            os.close(theirs)
        pipe: IO[bytes] = os.fdopen(ours, "rb")
        self.console.follow(self.name, pipe)
        self.started_at, self.asked = time.monotonic(), False
        return self.process

    def look(self) -> None:
        """Called every moment: notices an end, and starts again when its pause is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.kill_group()
        if self.asked:
            self.process, self.due_at, self.failures = None, now, 0
            return
        self.failures = 0 if now - self.started_at > HEALTHY_AFTER else self.failures + 1
        pause = min(2.0 ** max(self.failures - 1, 0), LONGEST_PAUSE)
        self.console.say("house", f"{self.name} ended ({_reason(code)}); starting it again in {pause:.0f} s.")
        self.process, self.due_at = None, now + pause

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.asked = True
            self.process.send_signal(self.stop_signal)

    def wait(self, until: float) -> None:
        """Waits for the end; who is not done at UNTIL (monotonic) is killed."""
        if not self.process:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.console.say("house", f"{self.name} did not stop in time and was killed.")
        self.kill_group()
        self.process.wait()
        self.process = None

    def kill_group(self) -> None:
        """Ends what the process left behind in its session, such as children of a worker."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
