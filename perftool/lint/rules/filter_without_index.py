"""Find columns that queries look rows up by and that no index begins with.

Why: each such query reads the whole table to find its rows.
Bad: CREATE TABLE t (id int PRIMARY KEY, a int); SELECT id FROM t WHERE a = 1
Good: CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX t_a ON t (a); SELECT id FROM t WHERE a = 1
Limits: only when selected (--extend IDX004), because nobody knows from the text how many rows a table has, or whether
another condition of the same query is served by an index. One finding per column, where its table is defined, with the
number of statements that compare it with a constant (=, <, >, BETWEEN, IN). Partial indexes do not count.
Source: Markus Winand, Use The Index, Luke, "The Where Clause"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import ROW_STORES, Finding, Rule
from perftool.lint.table import create_index
from perftool.sql.actions import Action, AddColumn, Column, CreateTable, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place


def _create(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateTable)
    if not action.temporary:
        for column in action.columns:
            yield from _column(action.table, column, place)


def _add_column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    yield from _column(action.table, action.column, place)


def _column(name: Name, column: Column, place: Place) -> Iterator[Finding]:
    count = place.project.filtered.get((name.name, column.name), 0)
    table = place.project.table(name) if count and not place.file.down else None
    if table is None or column.name not in table.columns or table.finds_by((column.name,)):
        return
    queries = "1 query looks" if count == 1 else f"{count} queries look"
    yield Finding(
        start=column.start,
        end=column.end,
        message=f"{queries} rows of {name} up by {column.name}, which no index begins with",
        help=create_index(name, (column.name,), place.dialect),
    )


RULE = Rule(
    code="IDX004",
    name="filter-without-index",
    severity="info",
    sets=frozenset({"extra"}),
    dialects=ROW_STORES,
    needs="schema",
    actions={CreateTable: _create, AddColumn: _add_column},
)
