"""Find constraints that are checked against every row while nobody may write.

Why: ADD CONSTRAINT reads the whole table before it lets go of its lock. A foreign key holds SHARE ROW EXCLUSIVE on
both tables, so all writes to them wait; a CHECK holds ACCESS EXCLUSIVE, so reads wait as well. NOT VALID skips the
reading, and VALIDATE CONSTRAINT does it later under a lock that lets reads and writes pass.
Bad: ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id)
Good: ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk
Limits: silent in down migrations, for tables made in the same file, which hold no rows to read, for short ones by their
name (settings, allowlist), and for foreign keys of partitioned tables, which take NOT VALID only from PostgreSQL 18 on.
A REFERENCES of a new column without a default reads nothing, because every value is NULL, and is not reported, although
it locks the table that it points to for a moment; a CHECK of a new column is read for all rows. In one transaction with
its VALIDATE the lock of ADD lasts as long as without NOT VALID.
The fix leaves the VALIDATE to you, hence it is not a safe one.
Source: PostgreSQL manual, ALTER TABLE, ADD table_constraint [ NOT VALID ] and Notes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import POSTGRES, Edit, Finding, Rule
from perftool.lint.locks import ACCESS_EXCLUSIVE, held_up, in_use, rewrites, taken, written
from perftool.lint.new_columns import fails, has_default
from perftool.sql.actions import Action, AddColumn, AddConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.sql.actions import Name


def _constraint(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddConstraint)
    constraint, table = action.constraint, action.table
    if constraint.not_valid or constraint.kind not in ("foreign key", "check") or not held_up(table, place):
        return
    if constraint.kind == "check":
        message = f"keeps an ACCESS EXCLUSIVE lock on {table} while every row is checked: reads and writes wait"
    else:
        known = place.project.table(table)
        if known is not None and known.partition_by:
            return
        target = constraint.references.table if constraint.references else None
        # Nobody waits for what is made in the same file.
        other = target if target is not None and target != table and in_use(target, place) else None
        if _locks_readers(table, place):
            waiting = f"reads and writes of {table} wait" + (f", and writes to {other}" if other else "")
            message = f"keeps the ACCESS EXCLUSIVE lock of this ALTER TABLE while every row is checked: {waiting}"
        else:
            both = f"{table} and {other}" if other else str(table)
            message = f"keeps a SHARE ROW EXCLUSIVE lock while every row of {table} is checked: writes to {both} wait"
    name = written(constraint.name) if constraint.name else "…"
    yield Finding(
        start=action.start,
        end=action.end,
        message=message,
        help=f"add NOT VALID, and in a later transaction: ALTER TABLE {written(table)} VALIDATE CONSTRAINT {name}",
        edits=(Edit(action.end, action.end, " NOT VALID"),),
        # Until somebody validates it, rows that break the rule may be there.
        safe=False,
    )


def _locks_readers(table: Name, place: Place) -> bool:
    """Say whether another clause of the same ALTER TABLE locks readers out: the strongest lock is taken for all."""
    return any(mode == ACCESS_EXCLUSIVE and name == table for one in place.actions for name, mode in taken(one))


def _column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    column, table = action.column, action.table
    # A column that is written into every row takes its constraints along in the same pass.
    if not (column.check or column.references) or rewrites(column) or fails(column) or not held_up(table, place):
        return
    if column.references is not None and has_default(column):
        what, kind = f"that {column.references.table} has every default of {column.name}", "FOREIGN KEY"
    elif column.check:
        what, kind = f"the CHECK of {column.name} for every row", "CHECK"
    else:
        return
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"keeps an ACCESS EXCLUSIVE lock on {table} while it checks {what}: reads and writes wait",
        help=f"add the column alone, then the {kind} with NOT VALID, and validate it in a later transaction",
    )


RULE = Rule(
    code="MIG002",
    name="validating-constraint",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="unsafe",
    needs="project",
    actions={AddConstraint: _constraint, AddColumn: _column},
)
