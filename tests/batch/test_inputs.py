from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perftool.batch.api import ReadOptions, Record
from perftool.batch.reading import load, places, records
from perftool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def found(path: Path, data: bytes, form: str = "", **options: object) -> list[Record]:
    path.write_bytes(data)
    return list(records(places([path], path.parent), ReadOptions(**options), form))  # type: ignore[arg-type]


def test_sql_is_cut_at_its_statements(tmp_path: Path) -> None:
    given = found(tmp_path / "a.sql", b"-- one\nSELECT 1;\n\nSELECT ';';\n", dialect="postgres")
    assert given == [Record("SELECT 1", "a.sql", 2), Record("SELECT ';'", "a.sql", 4)]
    [long] = found(tmp_path / "a.sql", b"SELECT 123456", max_statement=5)
    assert (long.text, long.problem) == (None, "is longer than 5 bytes")


def test_folders_give_their_sql_files_and_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "b.sql").write_text("SELECT 2")
    (tmp_path / "c.sql").symlink_to(tmp_path / "nowhere")
    (tmp_path / "d.csv").write_text("x")
    both = list(records(places([tmp_path], tmp_path), ReadOptions()))
    assert [(one.path, one.text) for one in both] == [("b.sql", "SELECT 2"), ("c.sql", None)]
    assert both[1].problem
    with pytest.raises(UsageError, match="nowhere"):
        list(places([tmp_path / "nowhere"], tmp_path))


def test_a_large_file_that_changes_while_it_is_read_costs_its_own_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perftool.sql.opening.LARGE", 1000)
    monkeypatch.setattr("perftool.sql.stretches._STRETCH", 16_384)
    (tmp_path / "a.sql").write_bytes(b"SELECT 1;\n" * 5000)
    (tmp_path / "b.sql").write_text("SELECT 2")
    walk = records(places([tmp_path], tmp_path), ReadOptions())
    first = next(walk)
    os.truncate(tmp_path / "a.sql", 4096)
    *kept, told, last = walk
    assert (first.line, {one.text for one in kept}, last.text) == (1, {"SELECT 1"}, "SELECT 2")
    assert (told.text, told.path, told.problem) == (None, "a.sql", "it was cut short while it was read")


def test_ndjson_gives_fields_ids_and_bad_lines(tmp_path: Path) -> None:
    data = b'{"q": "SELECT 1", "n": 7}\n\n{"n": "x"}\n"SELECT 2"\n'
    data += b'{"q": 3}\n[1]\nno\n{"q":"\\ud800"}\n\xff\n{"q": "SELECT 3"'
    given = found(tmp_path / "a.ndjson", data, field="q", id="n")
    assert given[0] == Record("SELECT 1", "a.ndjson", 1, 7)
    assert given[1] == Record(None, "a.ndjson", 3, "x", "has no field 'q'")
    assert given[2].text == "SELECT 2"
    assert [one.text for one in given[3:5]] == [None, None]
    assert [one.line for one in given] == [1, 3, 4, 5, 6, 7, 8, 9, 10]
    assert given[-1].problem.startswith("is no JSON")


def test_a_line_too_long_costs_only_itself(tmp_path: Path) -> None:
    data = b'{"sql": "' + b"x" * 200_000 + b'"}\n{"sql": "SELECT 1"}\n'
    long, good = found(tmp_path / "a.jsonl", data, max_statement=100)
    assert "more than" in long.problem
    assert (good.text, good.line) == ("SELECT 1", 2)


def test_csv_gives_a_column_over_several_lines(tmp_path: Path) -> None:
    data = '\ufeffid,query\nA,"SELECT 1,\n2"\nB\n\nC,"SELECT ""x"""\n'.encode()
    given = found(tmp_path / "a.csv", data, column="query")
    assert given == [
        Record("SELECT 1,\n2", "a.csv", 2, "A"),
        Record(None, "a.csv", 4, "B", "is a row that ends before the column"),
        Record('SELECT "x"', "a.csv", 6, "C"),
    ]
    assert found(tmp_path / "a.tsv", b"sql\tid\nSELECT 1, 2\t5\n")[0] == Record("SELECT 1, 2", "a.tsv", 2, "5")


def test_a_missing_column_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column 'sql'") as told:
        found(tmp_path / "a.csv", b"id,query\n1,2\n")
    assert told.value.hint == "--column, one of: id, query"


def test_the_form_is_told_by_the_name_or_by_the_user(tmp_path: Path) -> None:
    assert found(tmp_path / "a.txt", b'"SELECT 1"\n', "ndjson")[0].text == "SELECT 1"
    assert found(tmp_path / "a.txt", b"SELECT 1")[0].text == "SELECT 1"
    with pytest.raises(UsageError, match="no input format"):
        load("cvs")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), form=st.sampled_from(["sql", "ndjson", "csv"]))
def test_no_bytes_break_a_reader(tmp_path: Path, data: bytes, form: str) -> None:
    prefix = b"id,sql\n" if form == "csv" else b""
    for record in found(tmp_path / "any", prefix + data, form, max_statement=40):
        assert (record.text is None) == bool(record.problem)


def test_a_quote_that_is_never_closed_in_csv_is_told(tmp_path: Path) -> None:
    first, rest = found(tmp_path / "a.csv", b'id,sql\n1,SELECT 1\n2,"SELECT 2\n3,SELECT 3\n')
    assert (first.text, rest.text) == ("SELECT 1", None)
    assert "is no CSV: unexpected end of data" in rest.problem
