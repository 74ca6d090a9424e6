"""Rows of queries through a cache: found again, computed once, and never changed by being kept."""

from __future__ import annotations

from typing import Any

from perftool.caching.api import TierOptions
from perftool.caching.forms import form
from perftool.caching.layers import Cache
from perftool.caching.opening import open_tier
from perftool.caching.results import Results


class Query:
    def __init__(self, *rows: Any) -> None:
        self.rows = list(rows)
        self.runs = 0

    def __call__(self) -> tuple[list[str], list[Any]]:
        self.runs += 1
        return ["a", "b"], self.rows


def results() -> Results:
    return Results(Cache([open_tier("memory", TierOptions())]), form("json"))


def test_a_second_look_runs_no_query() -> None:
    through, query = results(), Query((1, "x"))
    assert through.fetch("k", query) == through.fetch("k", query) == (("a", "b"), [(1, "x")])
    assert query.runs == 1


def test_what_one_does_to_its_rows_reaches_nobody() -> None:
    through, query = results(), Query((1, "x"))
    through.fetch("k", query)[1].clear()
    assert through.fetch("k", query)[1] == [(1, "x")]


def test_what_cannot_be_kept_is_given_out_each_time() -> None:
    odd = object()
    through, query = results(), Query((1, odd))
    assert through.fetch("k", query)[1] == through.fetch("k", query)[1] == [(1, odd)]
    assert (query.runs, through.not_kept) == (2, 2)


def test_what_nobody_can_read_is_dropped_and_computed() -> None:
    through, query = results(), Query((1, "x"))
    through.cache.fetch("k", lambda: b"Jx")
    assert through.fetch("k", query)[1] == [(1, "x")]
    assert through.refused == 1
    through.fetch("k", query)
    assert through.fetch("k", query)[1] == [(1, "x")]
    assert query.runs == 2
