"""Measuring two things side by side: in turns, so that a busy moment of the machine falls on both. Knows no measure."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

Measured = Callable[[], float]


def interleaved(rounds: int, contestants: Mapping[str, Measured]) -> dict[str, float]:
    """The median of what each contestant gives over so many rounds; every other round runs in the opposite order."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        names = list(contestants) if number % 2 == 0 else list(contestants)[::-1]
        for name in names:
            found[name].append(contestants[name]())
    return {name: statistics.median(values) for name, values in found.items()}


def rate(count: int, work: Callable[[], None]) -> float:
    """How many a second, if `work` does `count` of them."""
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


def seconds(repeats: int, work: Callable[[], object]) -> float:
    """The median time of one call, after one that is not counted."""
    work()
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
