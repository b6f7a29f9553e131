"""Each measure of `make bench` runs and prints its lines. How fast is not asked here: a test asserts no time."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from benchmarks import table
from benchmarks.__main__ import MEASURES, measure

pytestmark = pytest.mark.django_db(transaction=True)

WORKS = {
    "a1": {"a1"},
    "a2": {"a2"},
    "a3": {"a3"},
    "a4": {"a4"},
    "b1": {"b1", "b2"},
    "c1": {"c1"},
    "c3": {"c3"},
}


@pytest.fixture(autouse=True)
def _servers_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Web servers are processes of their own: they must work on the test's database, not on the one it is made from."""
    base, _question, options = os.environ["DATABASE_URL"].partition("?")
    database = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"
    monkeypatch.setenv("DATABASE_URL", database)


def test_every_measure_is_tried_here() -> None:
    assert set(WORKS) == set(MEASURES)


@pytest.mark.parametrize("work", WORKS)
def test_a_measure_runs_and_prints_its_lines(work: str) -> None:
    # when it is measured as small as can be
    results = measure([work], "tiny")

    # then each of its works has a line with both sides and their ratio
    assert {result.work for result in results} == WORKS[work]
    for result, line in zip(results, table.lines(results)[2:], strict=True):
        assert result.ours > 0
        assert result.limit > 0
        assert result.measure in line
        assert f" {result.ratio:.2f} " in line


def test_a_line_says_whether_the_floor_was_reached() -> None:
    def judged(ours: float, *, at_most: bool = False) -> str:
        return table.Result(
            work="x", measure="m", ours=ours, limit=10, unit="/s", floor=0.5, stretch=0.9, at_most=at_most
        ).verdict

    assert [judged(4), judged(5), judged(9)] == ["SHORT", "pass", "pass, stretch"]
    assert judged(4, at_most=True) == "pass, stretch"


def test_a_line_without_a_goal_is_not_judged() -> None:
    result = table.Result(work="a4", measure="m", ours=1, limit=2, unit="/s")

    assert result.verdict == ""
