"""The suite ``db-claims``: both ways of each claim do the same, and only a sure interval is a verdict."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.api import SuiteOptions
from perftool.bench.databases import claims, claims_log
from perftool.bench.suites import db_claims
from perftool.bench.suites.db_claims import SUITE, hit_share, less_memory, times_faster
from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.bench.api import Case

SCALE = 0.02


@pytest.fixture
def cases(tmp_path: Path) -> Iterator[list[Case]]:
    """Return the cases, their databases filled with little."""
    options = SuiteOptions(scratch=tmp_path, scale=SCALE)
    assert SUITE.prepared is not None
    with SUITE.prepared(options) as found:
        assert not found.refused
        assert [one.system for one in found.databases] == ["SQLite", "DuckDB"]
        yield list(SUITE.cases(options))


def test_both_ways_of_each_claim_do_the_same(cases: list[Case]) -> None:
    counts = Counter((one.parameters["backend"], one.case) for one in cases)
    assert counts["sqlite", "memory"] == counts["duckdb", "memory"] == 3
    for backend in ("sqlite", "duckdb"):
        looked_up = [done(one) for one in cases if (one.parameters["backend"], one.case) == (backend, "lookups")]
        single, batched = ([row for rows in looked_up[0] for row in rows], looked_up[1])
        assert sorted(single) == sorted(batched)
        assert len(batched) == claims.MANY
        for one in cases:
            if (one.parameters["backend"], one.case) == (backend, "inserts"):
                done(one)
                given = claims.connect(one.arguments["url"], {}, write=False)  # type: ignore[arg-type]
                with closing(given["connection"]) as connection:
                    assert connection.execute(f"SELECT COUNT(*) FROM {claims.INTO}").rows == [(0,)], "rolled back"
        sizes = [done(one) for one in cases if (one.parameters["backend"], one.case) == (backend, "memory")]
        assert sizes[1] == sizes[2] > 100


def done(case: Case) -> Any:
    """Run a case as a measuring process does."""
    arguments: Any = case.arguments
    given = claims.connect(arguments["url"], arguments["settings"], write=arguments["write"])
    try:
        return claims.operation(**arguments, **given)()
    finally:
        claims.disconnect(given["connection"])


def test_the_process_that_forks_connects_to_nothing(tmp_path: Path) -> None:
    case = next(iter(SUITE.cases(SuiteOptions(scratch=tmp_path))))
    claims.operation(**case.arguments)()  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("ratio", "holds"),
    [((12.0, 10.0, 14.0), True), ((12.0, 9.9, 14.0), None), ((8.0, 7.0, 9.9), False), ((12.0, None, None), None),
     ((None, None, None), None)],
)  # fmt: skip
def test_only_an_interval_on_one_side_decides(ratio: Any, holds: bool | None) -> None:
    found = times_faster("sqlite", "connection", "reusing a connection", 10.0, ratio)
    assert found.holds is holds
    assert found.claimed == 10.0
    assert {True: "holds", False: "does not hold", None: "undecided"}[holds] in found.text


def peaks(*extra: float) -> list[Measurement]:
    """Return peaks in six blocks of processes that take so many MiB more than one that reads nothing."""
    return [
        Measurement(
            suite="db-claims",
            case="memory",
            unit="peak-RSS-B",
            better="lower",
            values=tuple((50 + mib + block / 100) * (1 << 20) for block in range(6)),
            blocks=tuple(range(6)),
        )
        for mib in (0.0, *extra)
    ]


@pytest.mark.parametrize(("buffered", "streamed", "holds"), [(50, 1, True), (50, 25, False), (50, 0, True)])
def test_memory_is_compared_above_that_of_a_process_that_reads_nothing(
    buffered: float, streamed: float, holds: bool
) -> None:
    found = less_memory("sqlite", peaks(buffered, streamed), 0.95)
    assert found.holds is holds
    assert found.ratio == pytest.approx(streamed / buffered, abs=1e-3)


def test_the_generated_log_is_the_same_every_time_and_of_zipf() -> None:
    log = claims_log.generated()
    assert log == claims_log.generated()
    counts = Counter(log)
    assert len(log) == claims_log.QUERIES
    # The first of them is asked for twice as often as the second, four times as often as the fourth.
    assert counts["statement 0"] / counts["statement 1"] == pytest.approx(2, rel=0.2)
    assert counts["statement 0"] / counts["statement 3"] == pytest.approx(4, rel=0.3)


def test_a_log_of_the_users_own_is_replayed_in_order(tmp_path: Path) -> None:
    file = tmp_path / "log.sql"
    file.write_text("SELECT 1; SELECT 2; SELECT 1; SELECT 1;")
    assert claims_log.counters(str(file)) == {"lookups/op": 4.0, "misses/op": 2.0}
    assert claims_log.replay(str(file))() == 2
    found = hit_share("yours", 4, 2)
    assert (found.ratio, found.holds) == (0.5, False)
    assert "your log" in found.text


def test_a_cache_holds_what_it_says() -> None:
    held = [f"statement {number}" for number in range(claims_log.HELD)]
    assert claims_log.misses([*held, *held]) == claims_log.HELD
    assert claims_log.misses([*held, "one more", *held]) == 2 * claims_log.HELD + 1


def test_concludes_from_what_was_measured(tmp_path: Path) -> None:
    def times(case: str, backend: str, way: str, centre: float, unit: str = "sec/op") -> Measurement:
        return Measurement(
            suite="db-claims", case=case, unit=unit, better="lower", parameters={"backend": backend, "way": way},
            values=tuple(centre * (1 + block / 1000) for block in range(6)), blocks=tuple(range(6)),
        )  # fmt: skip

    measured = [
        times("connection", "sqlite", "new", 20e-3),
        times("connection", "sqlite", "reused", 1e-3),
        times("lookups", "sqlite", "single", 3e-3),
        times("lookups", "sqlite", "batched", 1e-3),
        times("replayed-log", "cache", "generated", 10_000, "lookups/op"),
        times("replayed-log", "cache", "generated", 3_900, "misses/op"),
    ]
    assert SUITE.conclude is not None
    found = {one.subject: one for one in SUITE.conclude(measured, 0.95)}
    assert {name: one.holds for name, one in found.items()} == {"connection": True, "lookups": False, "generated": True}
    assert found["connection"].ratio == pytest.approx(20, rel=1e-6)
    assert "Zipf" in found["generated"].text


def test_databases_of_others_need_write(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    sqlite3.connect(path).close()
    from perftool.errors import UsageError

    with pytest.raises(UsageError):
        list(SUITE.cases(SuiteOptions(urls=(str(path),), scratch=tmp_path)))
    assert SUITE.name == db_claims.NAME
