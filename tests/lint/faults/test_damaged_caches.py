"""Whatever has become of the cache, the findings are the same, and the next run has a cache again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.lint.faults.kit import NULLS, Came, lint

if TYPE_CHECKING:
    from pathlib import Path

CACHE = ".perftool/lint.sqlite"
TABLE = "CREATE TABLE t (a int NOT NULL, b int);\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    (tmp_path / "a.sql").write_text("SELECT 1;\n" + NULLS)
    (tmp_path / "b.sql").write_text(TABLE + NULLS)
    return tmp_path


def changed(project: Path, *statements: str) -> None:
    with closing(sqlite3.connect(project / CACHE)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
        connection.commit()


DAMAGE = {
    "findings cut": ["UPDATE files SET judged = substr(judged, 1, length(judged) / 2)"],
    "findings of another type": ["UPDATE files SET judged = 'text'"],
    "findings cut, records gone": ["UPDATE files SET judged = x'00', record = x''"],
    "records cut": ["UPDATE files SET state = NULL, record = substr(record, 1, length(record) - 9)"],
    "records of numbers": ["UPDATE files SET state = NULL, record = 7"],
    "statements cut": ["DELETE FROM files", "UPDATE statements SET record = substr(record, 2)"],
    "statements empty": ["DELETE FROM files", "UPDATE statements SET record = x''"],
    "statements longer": ["DELETE FROM files", "UPDATE statements SET record = record || x'00'"],
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_records_that_are_damaged_are_made_again(
    project: Path, capfd: pytest.CaptureFixture[str], damage: list[str]
) -> None:
    first = lint(capfd)
    assert [place[:2] for place in first.places].count(("a.sql", "COR001")) == 1
    changed(project, *damage)
    _same(lint(capfd), first)
    again = lint(capfd)
    _same(again, first)
    assert again.report["payload"]["unchanged_files"] == 2


def _same(came: Came, first: Came) -> None:
    assert (came.code, came.places, came.skipped) == (first.code, first.places, {})


@pytest.mark.parametrize("cut", range(9))
def test_a_file_cut_anywhere_is_made_again(project: Path, capfd: pytest.CaptureFixture[str], cut: int) -> None:
    first = lint(capfd)
    data = (project / CACHE).read_bytes()
    (project / CACHE).write_bytes(data[: len(data) * cut // 9])
    _same(lint(capfd), first)
    _same(lint(capfd), first)


@pytest.mark.parametrize("page", range(4))
def test_pages_of_noise_cost_the_cache_only(project: Path, capfd: pytest.CaptureFixture[str], page: int) -> None:
    first = lint(capfd)
    data = bytearray((project / CACHE).read_bytes())
    start = min(page * 8192 + 100, len(data))
    data[start : start + 4096] = bytes(range(256)) * 16
    (project / CACHE).write_bytes(data)
    _same(lint(capfd), first)


def test_a_cache_that_another_process_holds_is_waited_for_and_then_left_alone(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lint(capfd)
    monkeypatch.setattr("perftool.lint.cache._BUSY_MS", 20)
    with closing(sqlite3.connect(project / CACHE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        (project / "a.sql").write_text(NULLS)
        held = lint(capfd)
    assert held.code == first.code
    assert ("a.sql", "COR001", 1) in held.places


def test_a_folder_in_the_place_of_the_cache(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / CACHE).mkdir(parents=True)
    came = lint(capfd)
    assert ("a.sql", "COR001", 2) in came.places
    assert "cannot use the cache lint.sqlite" in came.told
    assert (project / CACHE).is_dir()


def test_a_cache_that_turns_out_to_be_damaged_is_told_and_made_again(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(60):
        (project / f"c{number}.sql").write_text(TABLE.replace(" t ", f" t{number} ") + NULLS)
    first = lint(capfd)
    # From the second page on nothing is what it was; opening alone does not find that out.
    with closing(sqlite3.connect(project / CACHE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = (project / CACHE).read_bytes()
    (project / CACHE).write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
    second = lint(capfd)
    _same(second, first)
    assert "cache" in second.told
    third = lint(capfd)
    _same(third, first)
    assert "cache" not in third.told
    assert lint(capfd).report["payload"]["unchanged_files"] == 62
