"""The suite ``db-settings``: each setting beside what is in use, on the user's statements or on generated ones."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench.api import SuiteOptions
from perftool.bench.databases import running
from perftool.bench.databases.settings_grid import grid, own, stored
from perftool.bench.suites.db_settings import SUITE
from perftool.errors import UsageError
from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE orders (id INTEGER)")
    raw.close()
    (tmp_path / "q.sql").write_text("-- name: all\nSELECT * FROM orders")
    return path


def test_cases_of_ones_own_statements(shop: Path) -> None:
    found = list(SUITE.cases(SuiteOptions(urls=(str(shop),), queries=shop.parent / "q.sql")))
    settings = [one.parameters["setting"] for one in found]
    assert settings[0] == "as it is"
    assert "temp_store=2" in settings
    assert not any("synchronous" in one for one in settings), "what risks commits is for tune settings"
    arguments: Any = found[settings.index("temp_store=2")].arguments
    given = running.connect(arguments["url"], arguments["settings"], write=False)
    try:
        assert given["connection"].execute("PRAGMA temp_store").rows == [(2,)]
        assert running.read(**arguments, **given)().rows == []  # type: ignore[attr-defined]
    finally:
        running.disconnect(given["connection"])
    assert SUITE.prepared is not None
    with SUITE.prepared(SuiteOptions(urls=(str(shop),), queries=shop.parent / "q.sql")) as prepared:
        assert [one.label for one in prepared.databases] == ["sqlite:shop.db"]


def test_settings_that_are_named_take_the_place_of_the_usual_ones(shop: Path) -> None:
    variants = ({"cache_size": "10"}, {"cache_size": "20", "temp_store": "1"})
    options = SuiteOptions(urls=(str(shop),), queries=shop.parent / "q.sql", variants=variants)
    settings = [one.parameters["setting"] for one in SUITE.cases(options)]
    assert settings == ["as it is", "cache_size=10", "cache_size=20 temp_store=1"]


def test_generated_statements_run_on_generated_data(tmp_path: Path) -> None:
    options = SuiteOptions(scratch=tmp_path, scale=0.01)
    assert SUITE.prepared is not None
    with SUITE.prepared(options) as prepared:
        assert [one.system for one in prepared.databases] == ["SQLite", "DuckDB"]
        cases = list(SUITE.cases(options))
        assert {one.case for one in cases} == {"aggregation", "join"}
        assert {one.parameters["backend"] for one in cases} == {"sqlite", "duckdb"}


def test_what_writes_is_refused(shop: Path) -> None:
    (shop.parent / "w.sql").write_text("DELETE FROM orders")
    with pytest.raises(UsageError) as caught:
        list(SUITE.cases(SuiteOptions(urls=(str(shop),), queries=shop.parent / "w.sql")))
    assert "tune settings" in (caught.value.hint or "")
    with pytest.raises(UsageError):
        list(SUITE.cases(SuiteOptions(queries=shop.parent / "q.sql")))


def test_concludes_for_each_database_beside_what_is_in_use() -> None:
    def times(backend: str, setting: str, centre: float) -> Measurement:
        return Measurement(
            suite="db-settings", case="q", unit="sec/op", better="lower",
            parameters={"backend": backend, "setting": setting},
            values=tuple(centre * (1 + block / 1000) for block in range(6)), blocks=tuple(range(6)),
        )  # fmt: skip

    measured = [
        times("sqlite", "as it is", 1.0),
        times("sqlite", "temp_store=2", 2.0),
        times("duckdb", "as it is", 0.1),
        times("duckdb", "threads=1", 0.05),
    ]
    assert SUITE.conclude is not None
    found = {(one.quantity, one.group): one.ratio for one in SUITE.conclude(measured, 0.95)}
    assert found["time on sqlite", "temp_store=2"] == pytest.approx(2.0)
    assert found["time on duckdb", "threads=1"] == pytest.approx(0.5)


def test_candidates_are_named_once_and_say_what_they_risk() -> None:
    for driver in ("sqlite", "duckdb", "postgresql", "mysql"):
        found = grid(driver, cores=4)
        names = [one.name for one in found]
        assert found
        assert len(names) == len(set(names))
        assert all(one.about for one in found)
    assert {one.name for one in grid("postgresql", cores=4) if one.risk} == {"synchronous_commit=off"}
    assert grid("flightsql", cores=4) == []


def test_a_page_size_leaves_the_journal_as_it_was() -> None:
    wal = next(one for one in stored("sqlite", "wal", durability=True) if one.name == "page_size=8192")
    assert (wal.file[0], wal.file[-1]) == ("PRAGMA journal_mode = delete", "PRAGMA journal_mode = wal")
    assert not any(one.about == "journal_mode" for one in stored("sqlite", "wal", durability=True))
    assert not any(one.risk for one in stored("sqlite", "delete", durability=False))
    assert stored("postgresql", "", durability=True) == []


@pytest.mark.parametrize("text", ["fast", "=1", "jit=", " = "])
def test_a_candidate_needs_a_name_and_a_value(text: str) -> None:
    with pytest.raises(UsageError):
        own(text)
