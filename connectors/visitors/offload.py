"""Database work of sockets and long polls, in a few threads of their own; each call gives its connection back."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

# Few: a thousand visitors who come back at once must not take every connection of the pool from the agents.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="visitors")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in one of the threads."""
    call = functools.partial(_run, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


def _run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return work(*args, **kwargs)
    finally:
        connections.close_all()
