"""Find new columns that must not be NULL and give the rows that are there no value.

Why: ADD COLUMN … NOT NULL without a DEFAULT fails as soon as the table holds one row. MySQL does not fail: it writes
its own zero value into every row, and refuses every INSERT that does not name the column, as those of the version that
still runs do not.
Bad: ALTER TABLE users ADD COLUMN age int NOT NULL
Good: ALTER TABLE users ADD COLUMN age int NOT NULL DEFAULT 0
Limits: silent for tables made or emptied in the same file; a table that happens to be empty cannot be seen. One finding
for each statement, and none for what follows on the same table, since it would not be reached. On MySQL only a warning,
and silent for TEXT, BLOB, JSON and spatial types, which took no DEFAULT for long.
Source: PostgreSQL manual, ALTER TABLE, ADD COLUMN; MySQL manual, Data Type Default Values
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import MYSQL, POSTGRES, Finding, Rule
from perftool.lint.locks import in_use
from perftool.lint.new_columns import fails
from perftool.sql.actions import Action, AddColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

_WITHOUT_DEFAULT: Final = ("text", "blob", "json", "geometry", "point", "linestring", "polygon", "multi")


def _column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    table = action.table
    if not fails(action.column) or not in_use(table, place) or place.is_empty(table):
        return
    refused = [one for one in place.actions if isinstance(one, AddColumn) and one.table == table and fails(one.column)]
    if place.dialect == "mysql":
        refused = [one for one in refused if not any(word in one.column.type for word in _WITHOUT_DEFAULT)]
        refused = [one for one in refused if one.column.type]
    if not refused or refused[0] is not action:
        # The statement fails once, whatever the number of its columns.
        return
    name = action.column.name
    more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
    if place.dialect == "mysql":
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"gives every row of {table} a zero {name}{more}, and inserts without it fail from here on",
            help=f"give {name} a DEFAULT, or let it be NULL until all writers know it",
            severity="warning",
        )
        return
    subject = f"{name}{more} are" if more else f"{name} is"
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"fails if {table} holds any row: {subject} NOT NULL, and nothing gives a value",
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
    actions={AddColumn: _column},
)
