"""Without room on the disk, files stay as they were, and the exit code says that something was not written."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NoReturn

import pytest

from perftool.lint import spill
from perftool.lint.cache import Cache
from perftool.store import atomic
from tests.lint.faults.kit import NULLS, lint

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    (tmp_path / "a.sql").write_text(NULLS)
    return tmp_path


def _full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_fix_that_cannot_be_written_leaves_the_file_and_nothing_else(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic.os, "fsync", _full)
    came = lint(capfd, "--no-cache", "--fix", "--fail-on", "never")
    assert came.code == 5
    assert "a.sql: no space left on device" in came.told
    assert (project / "a.sql").read_text() == NULLS
    assert sorted(os.listdir(project)) == ["a.sql", "perftool.toml"]


@pytest.mark.parametrize("words", [("-o", "r.json"), ("--baseline", "b.json", "--save-baseline")])
def test_reports_and_baselines_are_written_whole_or_not_at_all(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(atomic.os, "fsync", _full)
    came = lint(capfd, "--no-cache", *words)
    assert came.code == 5
    assert "no space left on device" in came.told
    assert sorted(os.listdir(project)) == ["a.sql", "perftool.toml"]


def test_a_full_place_for_temporary_files_is_told(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        write = seek = _full

        def close(self) -> None:
            pass

    monkeypatch.setattr(spill.tempfile, "TemporaryFile", lambda **_: Full())
    came = lint(capfd, "--no-cache")
    assert came.code == 5
    assert "cannot write a temporary file: no space left on device" in came.told


def test_a_cache_without_room_costs_the_cache_only(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Cache._prepared

    def small(cache: Cache, path: Path) -> sqlite3.Connection:
        connection = prepared(cache, path)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(Cache, "_prepared", small)
    for number in range(40):
        (project / f"b{number}.sql").write_text(f"CREATE TABLE t{number} (a int);\n{NULLS}")
    came = lint(capfd)
    assert came.code == 1
    assert len([code for _, code, _ in came.places if code == "COR001"]) == 41
    assert "the cache failed during the run (database or disk is full)" in came.told
