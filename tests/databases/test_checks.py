"""What ``perftool doctor database`` tries, on databases that lack something."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from perftool.clock import SystemClock
from perftool.databases import open_database
from perftool.databases.checks import checks, nothing_works
from perftool.databases.drivers.sqlite import SQLite
from perftool.errors import UnavailableError, missing_extra

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as raw:
        raw.execute("CREATE TABLE t (i)")
    return str(tmp_path / "shop.db")


def states(url: str, *, write: bool = False) -> dict[str, str]:
    with open_database(url, write=write) as database:
        return {one.name: one.state for one in checks(database, SystemClock())}


def test_a_session_that_may_write_is_told(path: str) -> None:
    assert states(path)["read-only"] == "ok"
    assert states(path, write=True)["read-only"] == "limited"


def test_what_is_missing_for_arrow_can_be_installed(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(error: UnavailableError) -> None:
        def batches(*_: object) -> None:
            raise error

        monkeypatch.setattr(SQLite, "batches", batches)

    raising(missing_extra("pyarrow", "arrow"))
    assert states(path)["Arrow"] == "missing"
    raising(UnavailableError("not now"))
    assert states(path)["Arrow"] == "limited"


def test_counters_that_move_are_limited(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter(range(10))
    monkeypatch.setattr(SQLite, "counters", lambda *_: {"vm-steps/op": next(counts)})
    assert states(path)["exact counters"] == "limited"


def test_without_a_connection_nothing_more_is_tried(tmp_path: Path) -> None:
    with open_database(str(tmp_path / "nowhere.db")) as database:
        found = checks(database, SystemClock())
    assert [(one.name, one.state) for one in found] == [("connecting", "failed")]
    assert "--write" in found[0].fix
    assert nothing_works(found)
