"""Databases beside the numbers, and conclusions as tables and sentences."""

from __future__ import annotations

from typing import Any

import pytest

from perftool.model.bench import Conclusion
from perftool.model.database import DatabaseFacts
from perftool.render import document as doc
from perftool.render.databases import concluded, parameters, used


def told(group: str, subject: str, ratio: float | None = None, *bounds: float, **more: Any) -> Conclusion:
    lo, hi = bounds or (None, None)
    return Conclusion(suite="db", group=group, subject=subject, ratio=ratio, lo=lo, hi=hi, **more)


def cells(table: doc.Block) -> list[list[str]]:
    assert isinstance(table, doc.Table)
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_ratios_to_one_subject_are_a_table() -> None:
    (table,) = concluded(
        [
            told("join", "sqlite", 1), told("join", "duckdb", 0.123, 0.11, 0.14), told("scan", "sqlite", 1),
            told("scan", "duckdb", 1234.0), told("scan", "mysql", 24.4, 20.0, 30.1),
        ]
    )  # fmt: skip
    assert isinstance(table, doc.Table)
    assert table.title == "db: time relative to sqlite, below 1 is less"
    assert [column.title for column in table.columns] == ["", "sqlite", "duckdb", "mysql"]
    assert cells(table) == [
        ["join", "1", "0.12 [0.11, 0.14]", ""], ["scan", "1", "1,200 (too few blocks)", "24 [20, 30]"],
    ]  # fmt: skip
    assert [cell.tone for cell in table.rows[0].cells] == ["plain", "muted", "good", "muted"]


def test_ratios_to_one_group_are_a_table_and_quantities_stand_apart() -> None:
    rows = [
        told(group, "sqlite", ratio, *([ratio, ratio] if ratio < 1 else []), quantity=quantity)
        for quantity in ("rows per second", "memory")
        for group, ratio in (("one by one", 1.0), ("batch", 0.1))
    ]
    first, second = concluded(rows)
    assert isinstance(first, doc.Table)
    assert isinstance(second, doc.Table)
    assert (first.title, second.title) == (
        "db: rows per second relative to one by one, above 1 is more",
        "db: memory relative to one by one, below 1 is less",
    )
    assert cells(first) == [["one by one", "1"], ["batch", "0.1 [0.1, 0.1]"]]


def test_other_conclusions_are_sentences_with_their_mark() -> None:
    (items,) = concluded(
        [
            told("reuse", "a", 12.0, 11.0, 13.0, claimed=10.0, holds=True, text="12 times, 10 claimed"),
            told("cache", "b", claimed=2.0, text="unclear"), told("knee", "c", text="500 rows"), told("x", "y"),
        ]
    )  # fmt: skip
    assert isinstance(items, doc.Items)
    assert [(one.mark, one.text) for one in items.items] == [
        ("✓", "12 times, 10 claimed"), ("?", "unclear"), ("", "500 rows"), ("", "x: y"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([{"backend": "a", "read": "x"}, {"backend": "b", "read": "x"}], ["backend"]),
        ([{"backend": "a", "read": "x"}, {"backend": "b", "read": "y"}], ["backend", "read"]),
        ([{"backend": "a", "read": "x"}, {"backend": "b"}], ["backend"]),
        ([{"n": "1"}, {"n": "2"}], []),
        ([], []),
    ],
)
def test_parameters_that_differ_are_columns(given: list[dict[str, str]], expected: list[str]) -> None:
    assert parameters(given) == expected


def test_durability_stands_with_the_database() -> None:
    facts = DatabaseFacts(
        label="sqlite:shop.db", system="SQLite", version="3.40", driver="sqlite3",
        durability={"synchronous": "full"}, settings={"cache_size": "-2000"},
    )  # fmt: skip
    first, second = used([facts])
    assert isinstance(first, doc.Items)
    assert first.items == (doc.Item("SQLite 3.40, sqlite3; durability: synchronous full", "sqlite:shop.db"),)
    assert isinstance(second, doc.Section)
    assert second.detail
    assert used([]) == []
