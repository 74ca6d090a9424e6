"""The suite ``db-read``: every way reads the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.api import BACKEND, SuiteOptions
from perftool.bench.databases import reading
from perftool.bench.suites.db_read import SUITE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.postgresql import PostgreSQL


def check(options: SuiteOptions) -> set[tuple[str, str]]:
    """Run an operation of every case; returns backends and ways."""
    assert SUITE.prepared is not None
    with SUITE.prepared(options) as found:
        assert not found.refused
        cases = list(SUITE.cases(options))
        for case in cases:
            told: dict[str, Any] = dict(case.arguments)
            given = reading.connect(told["url"], told["settings"])
            try:
                operation = reading.read(**told, **given)
                if case.case == "table":
                    assert operation() == case.work["rows"]
                else:
                    first, second = operation(), operation()
                    assert len(first.rows) == len(second.rows) == 1  # type: ignore[attr-defined]
                    assert first.rows != second.rows  # type: ignore[attr-defined]
            finally:
                reading.disconnect(**given)
    return {(case.parameters[BACKEND], case.parameters["way"]) for case in cases}


def test_every_way_reads_every_row(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'perftool[duckdb]'")
    found = check(SuiteOptions(scratch=tmp_path, scale=0.02))
    assert {("duckdb", "arrow"), ("sqlite", "buffered"), ("sqlite", "unprepared")} <= found


@pytest.mark.xdist_group("postgresql")
def test_postgresql_too(tmp_path: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'perftool[duckdb]'")
    with postgresql.fresh_database() as name:
        monkeypatch.setenv("PLACE", postgresql.url(name))
        found = check(SuiteOptions(scratch=tmp_path, scale=0.02, urls=("env:PLACE",), write=True))
        assert (f"postgresql:{name}", "streamed") in found
