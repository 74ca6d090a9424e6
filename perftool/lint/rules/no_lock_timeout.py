"""Find migrations that wait for a lock without a limit.

Why: a statement that needs a strong lock waits behind the longest query on its table, and everybody who comes after it
waits behind the statement: a table that is only read stands still. With lock_timeout it gives up, and is tried again.
Bad: ALTER TABLE users ADD COLUMN age int
Good: SET lock_timeout = '2s';
    ALTER TABLE users ADD COLUMN age int
Limits: one finding for each file, at the first statement with such a lock on a table that the file did not make. Silent
after SET lock_timeout or statement_timeout, where the configuration says that the runner sets it, and where a file
takes a migration back. The locks of CREATE INDEX and DROP INDEX, for which CONCURRENTLY is the better remedy, and
the one that the foreign key of a new table takes on the table it points to, are not counted.
Source: PostgreSQL manual, "Client Connection Defaults", lock_timeout; "Explicit Locking"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import POSTGRES, Edit, Finding, Rule
from perftool.lint.locks import ACCESS_EXCLUSIVE, in_use, taken
from perftool.sql.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    Drop,
    DropColumn,
    DropConstraint,
    Maintain,
    Rename,
    Truncate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

_LOCKING: Final[tuple[type[Action], ...]] = (
    AddColumn, AddConstraint, AlterColumn, AlterTable, Drop, DropColumn, DropConstraint, Maintain, Rename,
    Truncate,
)  # fmt: skip
_NO_LIMIT: Final = frozenset({"", "0", "0ms", "0s", "default"})


def _strong_lock(action: Action, place: Place) -> Iterator[Finding]:
    if place.memory.get("told") or place.file.down or _is_limited(place):
        return
    for table, mode in taken(action):
        if in_use(table, place):
            place.memory["told"] = True
            scope = "SET LOCAL" if place.file.in_transaction else "SET"
            limit = f"{scope} lock_timeout = '2s'"
            article = "a" if mode.startswith("SHARE") else "an"
            behind = "reads and writes" if mode == ACCESS_EXCLUSIVE else "writes"
            yield Finding(
                start=action.start,
                end=action.end,
                message=(
                    f"waits without a limit for {article} {mode} lock on {table}, and all later {behind} of {table} "
                    "wait behind it"
                ),
                help=f"{limit} at the top of the file, and try again when it gives up",
                edits=(Edit(0, 0, f"{limit};\n"),),
            )
            return


def _is_limited(place: Place) -> bool:
    if place.runner.get("lock_timeout") == "runner":
        return True
    options = place.file.options
    return any(options.get(name, "").lower() not in _NO_LIMIT for name in ("lock_timeout", "statement_timeout"))


RULE = Rule(
    code="MIG010",
    name="no-lock-timeout",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="safe",
    needs="project",
    actions=dict.fromkeys(_LOCKING, _strong_lock),
)
