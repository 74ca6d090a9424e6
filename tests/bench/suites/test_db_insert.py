"""The suite ``db-insert``: every way inserts what it says, and the knee is the smallest batch that is as good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from perftool.bench.api import BACKEND, SuiteOptions
from perftool.bench.databases import inserting
from perftool.bench.suites.db_insert import SUITE, knee
from perftool.databases.opening import driver_for
from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.postgresql import PostgreSQL


def check(options: SuiteOptions, backend: str) -> set[str]:
    """Run an operation of every way on ``backend`` and look at what is there; returns the ways."""
    cases = [one for one in SUITE.cases(options) if one.parameters[BACKEND] == backend]
    for case in cases:
        told: dict[str, Any] = dict(case.arguments) | {"rows": 7}
        given = inserting.connect(told["url"], told["settings"], told["indexes"])
        connection = given["connection"]
        try:
            inserting.insert(**told, **given)()
            assert connection.execute(f"SELECT COUNT(*) FROM {inserting.TABLE}").rows == [(7,)], case.case
        finally:
            inserting.disconnect(connection)
    return {case.case for case in cases}


def test_every_way_inserts_its_rows(tmp_path: Path) -> None:
    options = SuiteOptions(scratch=tmp_path)
    ways = {"row-per-commit", "one-transaction", "executemany-100", "executemany-500", "executemany-1000"}
    assert check(options, "sqlite") >= {*ways, "executemany-10000"}
    pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'perftool[duckdb]'")
    (native,) = check(options, "duckdb") - ways
    assert native == f"native-{driver_for('duckdb').capabilities.loads[0]}"


@pytest.mark.xdist_group("postgresql")
def test_postgresql_too(tmp_path: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgresql.fresh_database() as name:
        monkeypatch.setenv("PLACE", postgresql.url(name))
        options = SuiteOptions(scratch=tmp_path, urls=("env:PLACE",), write=True)
        assert any(way.startswith("native-copy") for way in check(options, f"postgresql:{name}"))


def test_indexes_are_there_before_the_rows(tmp_path: Path) -> None:
    options = SuiteOptions(scratch=tmp_path)
    (case,) = (
        one
        for one in SUITE.cases(options)
        if one.parameters == {BACKEND: "sqlite", "indexes": "5"} and one.case == "executemany-1000"
    )
    told: dict[str, Any] = dict(case.arguments)
    given = inserting.connect(told["url"], told["settings"], told["indexes"])
    try:
        found = given["connection"].execute("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'index'").rows
    finally:
        inserting.disconnect(**given)
    assert found == [(5,)]


def rate(rows: float) -> Measurement:
    values = tuple(rows * factor for factor in (1.0, 1.01, 0.99, 1.02, 0.98, 1.0))
    return Measurement(suite="db-insert", case="x", unit="rows/s", better="higher", values=values)


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ({100: 50.0, 500: 100.0, 1000: 101.0, 10_000: 100.0}, "500 rows"),
        ({100: 50.0, 500: 100.0, 1000: 90.0, 10_000: 200.0}, "10,000 rows"),
        ({100: 50.0, 500: 51.0}, "100 rows a commit; no larger batch is 5% faster"),
    ],
)
def test_the_knee_is_the_smallest_batch_that_no_larger_one_beats(rates: dict[int, float], said: str) -> None:
    assert said in knee("sqlite", {size: rate(value) for size, value in rates.items()}, 0.95).text


def test_a_batch_that_only_seems_faster_is_named() -> None:
    factors = (0.7, 1.6, 0.8, 1.7, 0.9, 1.5)
    wild = msgspec.structs.replace(rate(100.0), values=tuple(100.0 * factor for factor in factors))
    said = knee("sqlite", {100: rate(100.0), 500: wild}, 0.95).text
    assert said.startswith("sqlite: executemany wants 100 rows a commit; 500 may be faster")


def test_too_few_blocks_tell_no_knee() -> None:
    short = msgspec.structs.replace(rate(100.0), values=(1.0, 2.0))
    assert "too few blocks" in knee("sqlite", {100: short, 500: short}, 0.95).text
