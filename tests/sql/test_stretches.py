"""A file that is cut while it is read gives what it gives when it is held, and notices when it changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError
from perftool.sql import stretches
from perftool.sql.source import Source, Statement
from perftool.sql.stretches import Stretched

if TYPE_CHECKING:
    from pathlib import Path

PARTS = [
    "select 1;\n",
    "select 'a;b', 'it''s';",
    'SELECT "é😀"\r\n;',
    "\n\n",
    " ",
    "-- a; b\n",
    "/* c; d */",
    "/* e /* f */ */",
    "select $$a;b$$;\n",
    "select $x$ ; $x$;",
    "\nGO\n",
    "\ngo 5 -- x\n",
    "\n/\n",
    "select 2\\g\n",
    "\\i f.sql\n",
    "\\copy t from stdin\n1\n\\.\n",
    "COPY t FROM stdin;\n1;\t2\n'\n\\.\n",
    "COPY t FROM stdin;  \n",
    "DELIMITER //\n",
    "select 3//\n",
    "DELIMITER ;\n",
    ".mode csv\n",
    "create procedure p() begin select 1; if x then select 2; end if; end;\n",
    "begin;\n",
    "begin select 1; end;",
    "declare x int;",
    "CREATE FUNCTION f() RETURNS int AS 'select 1;' LANGUAGE sql;\n",
    "q'[a;']'",
    "'",
    "`a;b`;",
    "[c;d];",
    "\r",
    "\\'",
    "#x;\n",
    "//y;\n",
    ";",
    "goal",
    "select /",
    "/",
    "insert into t values (1, 2), (3, 4)",
    "\0",
    "prompt x;\n",
]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "_STRETCH", 512)
    monkeypatch.setattr(stretches, "_AHEAD", 128)


def found(path: Path, dialect: str = "", **options: int) -> list[Statement]:
    with path.open("rb") as file:
        return list(Stretched(file).statements(dialect, **options))


@given(
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=120),
    st.sampled_from(["", "postgres", "mysql", "tsql", "oracle", "bigquery", "snowflake", "sqlite"]),
    st.integers(160, 700),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_stretches_give_what_the_whole_gives(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], dialect: str, stretch: int, mark: bool
) -> None:
    data = ("\ufeff" * mark + "".join(parts)).encode()
    path = tmp_path_factory.getbasetemp() / "stretched.sql"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "_STRETCH", stretch)
        patch.setattr(stretches, "_AHEAD", 128)
        assert found(path, dialect) == list(Source(data).statements(dialect))


@pytest.mark.usefixtures("small")
def test_what_is_longer_than_a_stretch_is_found_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"select 1;\nselect '" + b"x;" * 5000 + b"';\nselect 2;\n/*" + b"-" * 3000 + b"*/select 3")
    first, long, second, third = found(path, max_statement=100)
    assert (first.text, long.text, second.text, third.text) == ("select 1", None, "select 2", "select 3")
    assert (long.end - long.start, second.line, third.line) == (10_009, 3, 4)


@pytest.mark.usefixtures("small")
def test_data_and_comments_of_any_length_are_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "LONGEST", 512)
    path = tmp_path / "a.sql"
    lines = b"-- select 0;\n" * 500
    path.write_bytes(lines + b"COPY t FROM stdin;\n" + b"1\t;\n" * 1000 + b"\\.\nselect 1;\n" + lines + b"select 2;")
    assert [(one.text, one.line) for one in found(path, "postgres")] == [
        ("COPY t FROM stdin", 501),
        ("select 1", 1503),
        ("select 2", 2004),
    ]


@pytest.mark.usefixtures("small")
def test_what_never_ends_is_told_by_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "LONGEST", 4096)
    path = tmp_path / "a.sql"
    path.write_bytes(b"select 1;\n\nselect '" + b"x" * 10_000)
    with path.open("rb") as file:
        walk = Stretched(file).statements()
        assert next(walk).text == "select 1"
        with pytest.raises(InputError, match="line 3"):
            next(walk)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: os.truncate(path, 100), "cut short"),
        (lambda path: os.truncate(path, 0), "cut short"),
        (lambda path: os.truncate(path, 20_000), "grown"),
        (lambda path: os.utime(path, ns=(1, 1)), "written to"),
    ],
)
def test_a_file_that_changes_ends_its_own_walk(tmp_path: Path, change: object, told: str) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"SELECT 1;\n" * 1000)
    with path.open("rb") as file:
        walk = Stretched(file).statements()
        assert next(walk).line == 1
        change(path)  # type: ignore[operator]
        with pytest.raises(InputError, match=told):
            list(walk)


@pytest.mark.usefixtures("small")
def test_a_file_that_changes_after_its_last_stretch_was_read_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"SELECT 1;\nSELECT 2;\n")
    with path.open("rb") as file:
        walk = Stretched(file).statements()
        next(walk)
        with path.open("ab") as more:
            more.write(b"SELECT 3;\n")
        assert next(walk).text == "SELECT 2"
        with pytest.raises(InputError, match="grown"):
            next(walk)
