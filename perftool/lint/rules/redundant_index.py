"""Find indexes whose columns another index of the same table begins with.

Why: every INSERT and most UPDATEs write both, and both take memory and disk, while the longer one answers the same
look-ups.
Bad: CREATE INDEX i1 ON t (a); CREATE INDEX i2 ON t (a, b)
Good: CREATE INDEX i2 ON t (a, b)
Limits: looks at what all files of the project add up to, so that an index that is dropped later does not count. Same
method, B-trees only; silent for unique, partial and covering (INCLUDE) indexes, and where the other one is partial.
SQL Server's primary key is the table itself, so a narrow index beside it may be meant. Silent in tests.
Source: Markus Winand, Use The Index, Luke, "Concatenated Keys"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Finding, Rule
from perftool.sql.actions import Action, AlterTable, CreateIndex, CreateTable, Index, IndexColumn, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.project import Table

_TREES: Final = frozenset({"", "btree"})


def _create(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateTable)
    for index in action.indexes:
        yield from _index(action.table, index, action, place)


def _create_index(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateIndex)
    yield from _index(action.table, action.index, action, place)


def _alter(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterTable)
    if action.index is not None:
        yield from _index(action.table, action.index, action, place)


def _index(name: Name, index: Index, action: Action, place: Place) -> Iterator[Finding]:
    table = place.project.table(name)
    if table is None or place.file.down or place.is_seed or place.is_temporary(name) or not _is_plain(index):
        return
    if index not in table.indexes:
        return
    other = _covering(index, table, place.dialect)
    if other:
        columns = ", ".join(one.name or one.expression for one in index.columns)
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"every write to {name} keeps this index up to date, and {other} finds rows by {columns} as well",
            help=f"leave {index.name or 'this index'} out",
        )


def _is_plain(index: Index) -> bool:
    return bool(index.columns) and not (index.unique or index.where or index.include) and index.method in _TREES


def _covering(index: Index, table: Table, dialect: str) -> str:
    """Return what begins with the columns of ``index``, "" if nothing does."""
    seen = False
    for other in table.indexes:
        if other == index and not seen:
            seen = True
            continue
        if other.where or other.method not in _TREES or not _begins(other.columns, index.columns):
            continue
        # Of two that are alike the first may stay.
        if len(other.columns) > len(index.columns) or other.unique or not seen:
            columns = ", ".join(one.name or one.expression for one in other.columns)
            unnamed = "the unique key" if other.unique else "another one"
            return f"{other.name or unnamed} ({columns})"
    key = tuple(IndexColumn(column) for column in table.primary_key)
    if dialect != "tsql" and _begins(key, index.columns):
        return f"the primary key ({', '.join(table.primary_key)})"
    return ""


def _begins(longer: tuple[IndexColumn, ...], shorter: tuple[IndexColumn, ...]) -> bool:
    return longer[: len(shorter)] == shorter


RULE = Rule(
    code="IDX003",
    name="redundant-index",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=ROW_STORES - {"materialize"},
    needs="project",
    actions={CreateTable: _create, CreateIndex: _create_index, AlterTable: _alter},
)
