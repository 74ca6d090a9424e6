"""The suite ``db-backends``: data and work are the same everywhere, and results are compared."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.api import BACKEND, SuiteOptions
from perftool.bench.databases import workload
from perftool.bench.suites.db_backends import OPERATIONS, SUITE

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.bench.api import Case
    from tests.servers.mariadb import MariaDB
    from tests.servers.postgresql import PostgreSQL


def run_each(cases: list[Case]) -> dict[tuple[str, str], Any]:
    """Run an operation of every case as the harness does, in this process."""
    found = {}
    for case in cases:
        told: dict[str, Any] = dict(case.arguments)
        given = workload.connect(told["url"], told["settings"], told["name"], write=told["write"])
        try:
            found[case.case, case.parameters[BACKEND]] = workload.operation(**told, **given)()
        finally:
            workload.disconnect(**given)
    return found


def prepared(options: SuiteOptions, labels: list[str]) -> None:
    """Fill all databases, run every operation on each, and leave nothing behind in those of others."""
    assert SUITE.prepared is not None
    with SUITE.prepared(options) as found:
        assert not found.refused
        assert not found.doubts
        assert [one.label for one in found.databases] == labels
        cases = list(SUITE.cases(options))
        assert {(one.case, one.parameters[BACKEND]) for one in cases} == {
            (operation, label) for operation in OPERATIONS for label in labels
        }
        done = run_each(cases)
    for name in (*workload.READS, "point-lookup"):
        first, *others = (done[name, label].rows for label in labels)
        assert first
        assert all(workload.agree(first, rows) for rows in others)


def test_the_embedded_pair_agrees(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'perftool[duckdb]'")
    prepared(SuiteOptions(scratch=tmp_path, scale=0.05), ["sqlite", "duckdb"])


@pytest.mark.xdist_group("postgresql")
def test_postgresql_agrees_and_is_left_as_it_was(
    tmp_path: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql.fresh_database() as name:
        monkeypatch.setenv("PLACE", postgresql.url(name))
        options = SuiteOptions(scratch=tmp_path, scale=0.05, urls=("env:PLACE",), write=True)
        prepared(options, ["sqlite", "duckdb", f"postgresql:{name}"])
        assert postgresql.execute("SELECT relname FROM pg_class WHERE relname LIKE 'perftool%'", name) == []


@pytest.mark.xdist_group("mariadb")
def test_mariadb_agrees_and_is_left_as_it_was(
    tmp_path: Path, mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mariadb.fresh_database() as name:
        monkeypatch.setenv("PLACE", mariadb.url(name))
        options = SuiteOptions(scratch=tmp_path, scale=0.05, urls=("env:PLACE",), write=True)
        prepared(options, ["sqlite", "duckdb", f"{mariadb.url(name).partition(':')[0]}:{name}"])
        assert mariadb.execute("SHOW TABLES", name) == []


def test_results_are_the_same_up_to_how_numbers_are_added() -> None:
    assert workload.agree([("a", 0.1 + 0.2, None)], [("a", Decimal("0.3"), None)])
    assert not workload.agree([("a", 1)], [("a", 1.001)])
    assert not workload.agree([("a",)], [("b",)])
    assert not workload.agree([(None,)], [(0,)])
    assert not workload.agree([(1,)], [])


def test_a_difference_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'perftool[duckdb]'")
    monkeypatch.setattr(workload, "READS", {"version": "SELECT typeof(1)"})
    assert SUITE.prepared is not None
    with SUITE.prepared(SuiteOptions(scratch=tmp_path, scale=0.01)) as found:
        assert [doubt.code for doubt in found.doubts] == ["results-differ"]
