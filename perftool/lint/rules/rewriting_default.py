"""Find new columns whose value differs from row to row, so that the whole table is written anew.

Why: a default that is one value for all rows is only noted (PostgreSQL 11 and later). One that is computed for each row
(random(), gen_random_uuid(), a sequence, a stored generated column) writes every row under an ACCESS EXCLUSIVE lock.
Bad: ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()
Good: ALTER TABLE users ADD COLUMN token uuid;
    ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid()
Limits: silent for tables made in the same file and in down migrations. now() and current_timestamp are one value for
the whole statement, and fine. Functions of your own are taken for fine: whether they are volatile is not known here.
Source: PostgreSQL manual, ALTER TABLE, Notes on ADD COLUMN and volatile defaults
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import POSTGRES, Finding, Rule
from perftool.lint.locks import held_up, volatile_call, written
from perftool.sql.actions import Action, AddColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place


def _column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    column, table = action.column, action.table
    called = volatile_call(column.default or "")
    if not (called or column.generated in ("stored", "identity")) or not held_up(table, place):
        return
    if called:
        reason = f"{called}() gives each row a value of its own"
        name = written(column.name)
        without, end = ("it and NOT NULL", ", and SET NOT NULL") if column.not_null else ("it", "")
        fill = "fill the old ones in batches" if end else "and fill the old ones in batches"
        help_ = (
            f"add {column.name} without {without}, then ALTER COLUMN {name} SET DEFAULT {column.default} for new rows, "
            f"{fill}{end}"
        )
    elif column.generated == "identity":
        reason = f"each row gets a number in {column.name}"
        plain = "a plain integer without NOT NULL" if column.not_null else "a plain integer"
        help_ = f"add {column.name} as {plain}, fill it in batches, then give it the sequence as its DEFAULT"
    else:
        reason = f"{column.name} is computed and stored for each row"
        help_ = "compute it in the queries, or in a plain column that a trigger keeps and that is filled in batches"
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"writes all of {table} anew under an ACCESS EXCLUSIVE lock: {reason}",
        help=help_,
    )


RULE = Rule(
    code="MIG006",
    name="rewriting-default",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="hint",
    needs="project",
    actions={AddColumn: _column},
)
