"""The suite ``db-cache``: hits give what the query gave, and the hit rate from which a cache pays."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.api import SuiteOptions
from perftool.bench.databases import caching
from perftool.bench.suites import db_cache
from perftool.bench.suites.db_cache import SUITE, break_even, share

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.bench.api import Case

pytest.importorskip("diskcache")
pytest.importorskip("pyarrow")
positive = st.floats(1e-6, 10)


def prepared(tmp_path: Path) -> Iterator[list[Case]]:
    options = SuiteOptions(scratch=tmp_path, scale=0.02)
    assert SUITE.prepared is not None
    with SUITE.prepared(options) as found:
        assert not found.refused
        yield list(SUITE.cases(options))


def run(case: Case, way: str) -> Any:
    """Run a case as a measuring process does."""
    arguments: Any = dict(case.arguments)
    if way == "query":
        given = caching.connect(arguments["url"], arguments["settings"])
        try:
            return caching.query(**arguments, **given)()
        finally:
            caching.disconnect(**given)
    filled = {name: value for name, value in arguments.items() if name != "step"}
    given = caching.open_filled(**filled)
    try:
        return caching.step(**arguments, **given)()
    finally:
        caching.close(given["opened"], given["name"])


def compared(cases: list[Case], tiers: set[str]) -> None:
    queries = {
        (one.case, one.parameters["form"]): run(one, "query")
        for one in cases
        if one.parameters["step"] == "query" and one.parameters["backend"] == "duckdb"
    }
    hits = [one for one in cases if one.parameters["step"] == "hit"]
    assert {one.parameters["backend"] for one in hits} == tiers
    assert {one.parameters["form"] for one in hits} == set(caching.FORMS)
    for one in hits:
        got = run(one, "hit")
        if one.parameters["form"] == "arrow-table":
            assert got.num_rows == queries[one.case, "table"].num_rows
        else:
            columns, rows = got
            assert len(columns) == len(rows[0])
            assert len(rows) == len(queries[one.case, "rows"].rows)


def test_hits_give_what_the_query_gave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(db_cache.REDIS, raising=False)
    for cases in prepared(tmp_path):
        compared(cases, {"memory", "disk"})
        for one in cases:
            if one.parameters["step"] == "miss":
                assert run(one, "miss") is None


@pytest.mark.xdist_group("redis")
def test_redis_is_measured_where_a_server_is_named(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import redis

    monkeypatch.setenv(db_cache.REDIS, redis_url)
    for cases in prepared(tmp_path):
        assert not any(redis_url in str(one.arguments) for one in cases), "the password stays in the environment"
        compared([one for one in cases if one.parameters["backend"] in ("redis", "duckdb")], {"redis"})
    with redis.Redis.from_url(redis_url) as client:
        assert not client.keys("perftool:*"), "what was kept is taken out again"


def test_a_server_that_is_gone_skips_its_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(db_cache.REDIS, "redis://:hunter2@127.0.0.1:1/0")
    options = SuiteOptions(scratch=tmp_path, scale=0.01)
    assert SUITE.prepared is not None
    with SUITE.prepared(options) as found:
        assert found.refused == {"redis": "does not answer: ConnectionError"}


def test_says_that_redis_was_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(db_cache.REDIS, raising=False)
    assert [one.code for one in db_cache._unnamed()] == ["redis-not-named"]


def test_the_process_that_forks_opens_nothing(tmp_path: Path) -> None:
    for case in SUITE.cases(SuiteOptions(scratch=tmp_path)):
        factory: Any = getattr(caching, case.factory)
        factory(**case.arguments)()
    assert not list(tmp_path.iterdir())


@given(positive, positive, positive)
def test_above_the_share_a_cache_is_cheaper_and_below_it_is_not(query: float, hit: float, miss: float) -> None:
    found = share(query, hit, miss)

    def cost(of_hits: float) -> float:
        return of_hits * hit + (1 - of_hits) * (query + miss)

    assert 0 <= found <= 1
    if hit < query:
        assert cost(found) == pytest.approx(query)
        assert cost(min(1.0, found + 0.01)) <= query * (1 + 1e-9)
    else:
        assert found == 1
        assert cost(1.0) >= query


@pytest.mark.parametrize(
    ("query", "hit", "miss", "figure"),
    [(10e-3, 1e-3, 1e-3, "10% [10%, 10%]"), (1e-3, 2e-3, 1e-3, "never"), (1.0, 1e-6, 1e-6, "0% [0%, 0%]")],
)
def test_a_cell_says_when_it_pays(query: float, hit: float, miss: float, figure: str) -> None:
    chance = random.Random(1)

    def blocks(centre: float) -> dict[int, float]:
        return {number: centre * chance.uniform(0.999, 1.001) for number in range(6)}

    found = break_even("sqlite", "10-rows", "memory json", blocks(query), blocks(hit), blocks(miss), 0.95)
    assert found.figure == figure
    assert "sqlite" in found.text


def test_too_few_blocks_decide_nothing() -> None:
    one = {0: 10e-3}
    assert break_even("sqlite", "r", "memory json", one, {0: 1e-3}, {0: 1e-3}, 0.95).figure == "10%?"
    assert break_even("sqlite", "r", "memory json", one, {1: 1e-3}, {0: 1e-3}, 0.95).figure == "?"
