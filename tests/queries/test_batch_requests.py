"""Queries of a batch as people write them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.errors import InputError, UsageError
from perftool.queries.batch_requests import Query, Reading, form_of, of_table

if TYPE_CHECKING:
    from pathlib import Path


def read(text: bytes, form: str = "ndjson") -> list[Query]:
    return list(Reading(lambda: "sqlite").stream(io.BytesIO(text), "in", form))  # type: ignore[arg-type]


def test_entries() -> None:
    found = read(
        b'\xef\xbb\xbf{"query": "SELECT 1", "owner": "me"}\n\n'
        b'{"id": 7, "table": "orders", "source": "shop", "timeout": "500ms"}\n'
        b'{"id": "p", "query": "SELECT ?", "parameters": [null, 1.5], "timeout": 2}\n'
    )
    assert found == [
        Query(1, "in:1", sql="SELECT 1"),
        Query(2, "7", source="shop", table="orders", timeout_s=0.5),
        Query(3, "p", sql="SELECT ?", parameters=(None, 1.5), timeout_s=2.0),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "is no query"),
        ('"SELECT 1"', "is no query"),
        ('{"query": 7}', "is no query"),
        ('{"query": " "}', "neither query nor table"),
        ('{"query": "SELECT 1", "table": "t"}', "both query and table"),
        ('{"query": "SELECT 1", "timeout": "soon"}', "timeout"),
        ('{"query": "SELECT 1", "timeout": 0}', "timeout"),
        ('{"query": "SELECT \\u0000"}', "NUL"),
    ],
)
def test_a_bad_entry_costs_itself_alone(line: str, problem: str) -> None:
    bad, good = read(f'{line}\n{{"query": "SELECT 2"}}\n'.encode())
    assert problem in bad.problem
    assert (good.number, good.sql, good.problem) == (2, "SELECT 2", "")


def test_lists_and_sql(tmp_path: Path) -> None:
    entries = [{"id": "a", "query": "SELECT 1"}, 5]
    for data in (entries, {"queries": entries, "version": 1}):
        first, second = read(json.dumps(data).encode(), "json")
        assert (first.id, first.sql, bool(second.problem)) == ("a", "SELECT 1", True)
    with pytest.raises(InputError, match="neither a JSON list"):
        read(b'{"entries": []}', "json")
    file = tmp_path / "x.sql"
    file.write_text("SELECT 1;\n-- two\nSELECT ';';\n")
    found = list(Reading(lambda: "sqlite").file(file, "x.sql", "sql"))
    assert [(one.id, one.sql) for one in found] == [("x.sql:1", "SELECT 1"), ("x.sql:3", "SELECT ';'")]


def test_forms() -> None:
    assert [form_of(name) for name in ("a.json", "b.NDJSON", "c.jsonl", "d.sql")] == ["json", "ndjson", "ndjson", "sql"]
    with pytest.raises(UsageError, match="neither"):
        form_of("queries.txt")


@given(st.binary(max_size=80))
def test_any_line_is_read_or_refused(data: bytes) -> None:
    """No line ends the batch, and none is passed over but empty ones."""
    lines = [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    assert len(read(data)) == len(lines)


def test_names_of_tables_are_quoted() -> None:
    assert of_table('shop.or"ders', "postgres") == 'SELECT * FROM "shop"."or""ders"'
    assert of_table("o`s", "mysql") == "SELECT * FROM `o``s`"
