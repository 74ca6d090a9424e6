"""Find new columns that must not be NULL and give the rows that are there no value.

Why: ADD COLUMN … NOT NULL without a DEFAULT fails as soon as the table holds one row. MySQL does not fail: it writes
its own zero value into every row, and refuses every INSERT that does not name the column, as those of the version that
still runs do not.
Bad: ALTER TABLE users ADD COLUMN age int NOT NULL
Good: ALTER TABLE users ADD COLUMN age int NOT NULL DEFAULT 0
Limits: silent for tables made or emptied in the same file; a table that happens to be empty cannot be seen. On MySQL
only a warning, and silent for TEXT, BLOB, JSON and spatial types, which took no DEFAULT for long.
Source: PostgreSQL manual, ALTER TABLE, ADD COLUMN; MySQL manual, Data Type Default Values
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import MYSQL, POSTGRES, Finding, Rule
from perftool.lint.locks import fails, in_use, same
from perftool.sql.actions import Action, AddColumn, Name, Truncate, Write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

_WITHOUT_DEFAULT: Final = ("text", "blob", "json", "geometry", "point", "linestring", "polygon", "multi")


def _emptied(place: Place) -> set[Name]:
    known = place.memory.setdefault("emptied", set())
    assert isinstance(known, set)
    return known


def _empties(action: Action, place: Place) -> Iterator[Finding]:
    if isinstance(action, Truncate):
        _emptied(place).update(action.tables)
    elif isinstance(action, Write):
        if action.verb == "delete" and not action.where:
            _emptied(place).add(action.table)
        elif action.verb != "delete":
            _emptied(place).discard(action.table)
    return iter(())


def _column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    column, table = action.column, action.table
    if not fails(column) or not in_use(table, place):
        return
    if any(same(table, name) for name in _emptied(place)):
        return
    name = column.name
    if place.dialect == "mysql":
        if not column.type or any(word in column.type for word in _WITHOUT_DEFAULT):
            return
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"gives every row of {table} a zero {name}, and inserts that do not name {name} fail from here on",
            help=f"give {name} a DEFAULT, or let it be NULL until all writers know it",
            severity="warning",
        )
        return
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"fails if {table} holds any row: {name} is NOT NULL, and nothing gives it a value",
        help=f"give {name} a DEFAULT; or add it without NOT NULL, fill it, and then set NOT NULL",
    )


RULE = Rule(
    code="MIG005",
    name="required-column",
    severity="error",
    sets=frozenset({"migration"}),
    dialects=POSTGRES | MYSQL,
    fix="hint",
    needs="project",
    actions={AddColumn: _column, Truncate: _empties, Write: _empties},
)
