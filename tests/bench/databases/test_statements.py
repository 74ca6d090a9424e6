"""Statements of files, and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perftool.bench.databases.statements import MOST, queries
from perftool.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_comment_names_a_statement_and_others_are_called_after_their_file(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(
        "-- name: top_customers^\n-- the best\nSELECT 1;\n\nSELECT 2;\n"
        "/* name: third */ WITH x AS (SELECT 3) DELETE FROM t;"
    )
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "alone.sql").write_text("VALUES (1)")
    found = queries(tmp_path)
    assert [one.name for one in found] == ["top_customers", "a.sql#2", "third", "b/alone.sql"]
    assert [one.source for one in found] == ["a.sql:3", "a.sql:5", "a.sql:6", "b/alone.sql:1"]
    assert [one.reads for one in found] == [True, True, False, True]


def test_a_name_given_twice_is_numbered(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- name: x\nSELECT 1;\n-- name: x\nSELECT 2;")
    assert [one.name for one in queries(tmp_path / "a.sql")] == ["x", "x#2"]


@pytest.mark.parametrize(
    ("kind", "reads", "undoable"),
    [("SELECT 1", True, True), ("UPDATE t SET a = 1", False, True), ("CREATE TABLE t (a INT)", False, False)],
)
def test_what_can_be_measured(tmp_path: Path, kind: str, reads: bool, undoable: bool) -> None:
    (tmp_path / "a.sql").write_text(kind)
    (one,) = queries(tmp_path)
    assert (one.reads, one.undoable) == (reads, undoable)


@pytest.mark.parametrize("text", ["", "-- nothing\n", "SELECT '\xff'".encode("latin-1"), "SELECT 1;" * (MOST + 1)])
def test_nothing_to_measure_is_said(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "a.sql").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError):
        queries(tmp_path)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["", "-- name: one\n", "-- name: two\n", "# plain\n"]), min_size=1, max_size=8))
def test_names_are_different_and_texts_are_kept(tmp_path: Path, comments: list[str]) -> None:
    texts = [f"SELECT {number}" for number in range(len(comments))]
    (tmp_path / "a.sql").write_text(";\n".join(c + t for c, t in zip(comments, texts, strict=True)))
    found = queries(tmp_path)
    assert [one.sql.removeprefix("# plain\n") for one in found] == texts
    assert len({one.name for one in found}) == len(found)
