"""Makes a child process end with its parent, even when the parent is killed with SIGKILL."""

import ctypes
import os
import signal
import sys

# prctl(2): PR_SET_PDEATHSIG is kept across execve, and cleared by a change of user, hence set after it.
PR_SET_PDEATHSIG = 1

_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
_parent = os.getpid()


def die_with_parent() -> None:
    """For Popen(preexec_fn=…). SIGINT is a fast, clean stop for PostgreSQL, Valkey, Daphne and Celery alike.

    Linux only; elsewhere the children of a killed supervisor are found and reported at the next start.
    The signal comes when the *thread* that started the child ends, so start children from the main thread.
    """
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != _parent:
            os._exit(1)
