"""Files that change, go or become something else while they are looked at cost themselves and nothing more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.lint.found import Found
from perftool.lint.reading import files
from tests.lint.faults.kit import NULLS, lint

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes in folders")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    for name in "abc":
        (tmp_path / f"{name}.sql").write_text(NULLS)
    return tmp_path


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _nothing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_pipe, "no longer a file"),
        (_folder, "is a directory"),
        (_device, "no longer a file"),
        (_nothing, "no such file or directory"),
    ],
)
def test_a_file_that_becomes_something_else_is_told(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, change: object, reason: str
) -> None:
    found = files.find

    def late(*arguments: object, **options: object) -> object:
        for one in found(*arguments, **options):  # type: ignore[arg-type]
            yield one
            if one.name == "b.sql":
                change(one.path)  # type: ignore[operator]

    monkeypatch.setattr(files, "find", late)
    came = lint(capfd, "--no-cache")
    assert came.places == [("a.sql", "COR001", 1), ("c.sql", "COR001", 1)]
    assert came.skipped == {"b.sql": reason}
    assert came.code == 1


def test_a_fix_does_not_touch_what_changed_since_it_was_looked_at(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Found.read
    seen: list[str] = []

    def grows(found: Found) -> bytes:
        data = read(found)
        if found.name == "b.sql" and not seen:
            seen.append(found.name)
            found.path.write_text(NULLS * 2)
        return data

    monkeypatch.setattr(Found, "read", grows)
    came = lint(capfd, "--no-cache", "--fix")
    assert "cannot fix b.sql: it changed while it was checked" in came.told
    assert (project / "a.sql").read_text() == NULLS.replace("= NULL", "IS NULL")
    assert (project / "b.sql").read_text() == NULLS * 2
