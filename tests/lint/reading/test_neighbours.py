"""A file that is named alone is told its dialect by the same files as in a run over its folder, a few of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.lint.found import Found
from perftool.lint.reading import neighbours
from perftool.lint.reading.files import find
from perftool.lint.reading.neighbours import Neighbours

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.chdir(tmp_path)

    def made(*names: str) -> None:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("SELECT 1")

    return made


def around(name: str, told: dict[str, str]) -> tuple[str, list[str]]:
    """Return the vote for a file named alone, and which files were asked for it."""
    asked: list[str] = []

    def spoken_by(one: Found) -> str:
        asked.append(one.name)
        return told.get(one.name, "")

    found = Found(Path(name), name)
    beside = Neighbours([Path(name)], lambda folder: find([folder], base=Path()))
    assert beside.are_asked(found)
    return beside.vote(found, spoken_by), asked


def test_the_files_before_one_in_its_folder_are_asked(write: Callable[..., None]) -> None:
    write("db/a.sql", "db/b.sql", "db/c.sql", "db/m.sql", "db/z.sql", "db/below/a.sql", "a.sql")
    told = {"db/a.sql": "mysql", "db/b.sql": "postgres", "db/c.sql": "postgres", "db/z.sql": "tsql"}
    assert around("db/m.sql", told) == ("postgres", ["db/a.sql", "db/b.sql", "db/c.sql"])
    assert around("db/a.sql", told) == ("", [])
    assert around("a.sql", told) == ("", [])


def test_migrations_with_a_folder_each_ask_those_before_them(write: Callable[..., None]) -> None:
    write("app/migrations/1/up.sql", "app/migrations/2/up.sql", "app/migrations/3/up.sql", "app/other.sql")
    told = {"app/migrations/1/up.sql": "postgres", "app/migrations/3/up.sql": "mysql", "app/other.sql": "tsql"}
    asked = ["app/migrations/1/up.sql"]
    assert around("app/migrations/2/up.sql", told) == ("postgres", asked)


def test_few_are_asked_and_each_once(write: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "MOST", 3)
    write(*(f"db/{number}.sql" for number in range(9)))
    asked: list[str] = []
    beside = Neighbours([], lambda folder: find([folder], base=Path()))
    for name in ("db/7.sql", "db/8.sql"):
        assert beside.vote(Found(Path(name), name), lambda one: asked.append(one.name) or "") == ""  # type: ignore[func-returns-value]
    assert asked == ["db/0.sql", "db/1.sql", "db/2.sql"]
    assert [Path(one).name for one in beside.looked_for] == ["db", "0.sql", "1.sql", "2.sql"]


def test_only_files_that_were_named_ask(write: Callable[..., None]) -> None:
    write("db/a.sql")
    beside = Neighbours([Path("db")], lambda folder: find([folder]))
    assert not beside.are_asked(Found(Path("db/a.sql"), "db/a.sql"))
