"""What was measured, judged and printed as one table. Knows no measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("work", "measure", "ours", "limit beside it", "ratio", "floor", "stretch", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line: ours beside its limit, with the same unit. `at_most`: the ratio must not be above floor and stretch.

    Without a floor nothing is judged: the line is there to be read.
    """

    work: str
    measure: str
    ours: float
    limit: float
    unit: str
    floor: float | None = None
    stretch: float | None = None
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.limit

    @property
    def verdict(self) -> str:
        if self.floor is None or self.stretch is None:
            return ""
        if self._reaches(self.stretch):
            return "pass, stretch"
        return "pass" if self._reaches(self.floor) else "SHORT"

    def _reaches(self, goal: float) -> bool:
        return self.ratio <= goal if self.at_most else self.ratio >= goal

    def cells(self) -> tuple[str, ...]:
        sign = "<=" if self.at_most else ">="
        goals = ["" if goal is None else f"{sign} {goal:g}" for goal in (self.floor, self.stretch)]
        amounts = [_amount(value, self.unit) for value in (self.ours, self.limit)]
        return (self.work, self.measure, *amounts, f"{self.ratio:.2f}", *goals, self.verdict)


def _amount(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{unit}"


def lines(results: Sequence[Result]) -> list[str]:
    """The table as Markdown, aligned for a terminal."""
    rows = [HEAD, *(result.cells() for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return [text[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *text[1:]]
