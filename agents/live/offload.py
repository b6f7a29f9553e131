"""Database work and rendering for the live connections, in a few threads of their own; each call gives its connection back."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

# Few: a thousand sockets that come back at once must not take every connection of the pool from the pages.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in one of the threads."""
    call = functools.partial(_run, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` that may take long (a provider is asked) where it holds up nobody."""
    return await asyncio.to_thread(functools.partial(_run, work, *args, **kwargs))


def _run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return work(*args, **kwargs)
    finally:
        connections.close_all()
