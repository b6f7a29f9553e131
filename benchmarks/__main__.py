"""`python -m benchmarks [a1 a2 …] [--size small|large]`: boots its own servers, measures, prints one table."""

from __future__ import annotations

import argparse
import contextlib
import time
from importlib import import_module

from benchmarks import stage, table
from benchmarks.sizes import SIZES

# Loaded when they are measured: they need Django.
MEASURES = {
    "a1": "benchmarks.hooks:stored",
    "a2": "benchmarks.receiving:backlog",
    "a3": "benchmarks.receiving:one_at_a_time",
    "a4": "benchmarks.mails:taken_in",
    "b1": "benchmarks.broadcast:to_all",
    "c1": "benchmarks.lists:grown",
    "c3": "benchmarks.people:found",
}
ALSO = {"b2": "b1"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "works", nargs="*", metavar="work", help=f"of {', '.join(MEASURES)}; all if none is given"
    )
    parser.add_argument(
        "--size", choices=SIZES, default="small", help="small takes two minutes, large many more"
    )
    options = parser.parse_args()
    unknown = set(options.works) - set(MEASURES)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    with contextlib.ExitStack() as stack:
        stage.boot(stack)
        stage.prepare_django()
        print("\n".join(table.lines(measure(options.works or list(MEASURES), options.size))))


def measure(works: list[str], size: str) -> list[table.Result]:
    """Run these, one after the other, saying how long each took."""
    results: list[table.Result] = []
    for work in works:
        module, _colon, name = MEASURES[work].partition(":")
        begun = time.monotonic()
        results += getattr(import_module(module), name)(SIZES[size])
        print(f"{work}: {time.monotonic() - begun:.0f} s", flush=True)
    return results


if __name__ == "__main__":
    main()
