from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.errors import UsageError
from perftool.sql.files import find

if TYPE_CHECKING:
    from pathlib import Path


def names(paths: list[Path], base: Path | None = None) -> list[str]:
    return [file.name for file in find(paths, base=base)]


def test_sorted_and_without_the_rest(tmp_path: Path) -> None:
    for name in ["b.sql", "a.SQL", "c.txt", ".hidden.sql", "d/z.sql", "d/y.sql", ".git/x.sql", "node_modules/x.sql"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert names([tmp_path], base=tmp_path) == ["a.SQL", "b.sql", "d/y.sql", "d/z.sql"]
    assert names([tmp_path]) == ["a.SQL", "b.sql", "d/y.sql", "d/z.sql"], "no absolute path in a report"
    elsewhere = tmp_path / "d"
    assert names([tmp_path], base=elsewhere) == ["a.SQL", "b.sql", "y.sql", "z.sql"]
    assert names([tmp_path], base=tmp_path / "other") == ["a.SQL", "b.sql", "d/y.sql", "d/z.sql"]


def test_a_named_file_counts_whatever_its_suffix_and_once(tmp_path: Path) -> None:
    path = tmp_path / "query.txt"
    path.touch()
    assert names([path, path]) == ["query.txt"]


def test_a_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        names([tmp_path / "missing"])


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a.sql").touch()
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert names([tmp_path]) == ["a.sql"]


def test_a_folder_that_cannot_be_listed_is_an_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.sql").touch()
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = list(find([tmp_path], base=tmp_path))
    assert [(f.name, f.reason) for f in found] == [("a.sql", ""), ("closed", "Permission denied")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_dead_link_in_a_folder_is_an_outcome(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.sql")
    (tmp_path / "b.sql").symlink_to(tmp_path / "gone")
    found = list(find([tmp_path], base=tmp_path))
    assert [(f.name, bool(f.reason)) for f in found] == [("a.sql", True), ("b.sql", True)]
