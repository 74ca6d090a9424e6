"""Find renames of what an application reads by name.

Why: the version that runs while the migration does still asks for the old name, and fails until the next one is out
everywhere; rolling that back breaks it again.
Bad: ALTER TABLE users RENAME COLUMN name TO full_name
Good: ALTER TABLE users ADD COLUMN full_name text
Limits: tables, columns, views, schemas and values of enumerations; indexes, constraints and types are seldom asked for
by name. Silent in SQLite, whose file is the application's own, in tests, where a file takes a migration back, for what
the same file made, for a name that the same statement gives to another table at once, and for names that say that the
thing is put away (users_old) or not yet in use (users_new).
Source: PostgreSQL manual, ALTER TABLE, RENAME; MySQL manual, RENAME TABLE
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint.api import Finding, Rule
from perftool.lint.locks import in_use
from perftool.sql.actions import Action, AddColumn, AlterColumn, AlterOther, CreateOther, Rename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.sql.actions import Name

_READ_BY_NAME: Final = frozenset({"table", "column", "view", "materialized view", "schema"})
_PUT_AWAY: Final = re.compile(
    r"(?:^|_)(?:old|unused|deprecated|obsolete|backup|bak|archived?|deleted|drop(?:ped)?|legacy)(?:_|\d|$)"
)
_UNUSED: Final = re.compile(_PUT_AWAY.pattern.replace("old|", "old|new|next|tmp|temp|temporary|shadow|"))


def _own(place: Place) -> set[tuple[str, str]]:
    known = place.memory.setdefault("made", set())
    assert isinstance(known, set)
    return known


def _made(action: Action, place: Place) -> Iterator[Finding]:
    if isinstance(action, AddColumn):
        _own(place).add((f"column of {action.table.name}", action.column.name))
    elif isinstance(action, CreateOther) and action.name is not None:
        _own(place).add((action.kind, action.name.name))
    return iter(())


def _rename(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Rename)
    kind, old, new = action.kind, action.old, action.new
    if (
        place.file.down
        or place.is_seed
        or kind not in _READ_BY_NAME
        or old == new
        or not old
        or not new
        or _PUT_AWAY.search(new)
    ):
        return
    if place.dialect == "sqlite":
        return
    table = action.table
    if kind in ("table", "column") and table is not None and not in_use(table, place):
        return
    made = _own(place)
    if kind == "column" and table is not None and (f"column of {table.name}", old) in made:
        return
    if kind != "column" and ((kind, old) in made or _UNUSED.search(old) or _is_swapped(action, place)):
        return
    yield _finding(action, kind, old, new, table)


def _is_swapped(action: Rename, place: Place) -> bool:
    """Say whether the statement gives the old name to another table at once, or took the new name from one."""
    return any(
        isinstance(other, Rename) and other.kind == "table" and (other.new == action.old or other.old == action.new)
        for other in place.actions
    )


def _change(action: Action, place: Place) -> Iterator[Finding]:
    """MySQL: CHANGE old new definition."""
    assert isinstance(action, AlterColumn)
    old, new = action.column.name, action.new_name
    if not new or new == old or place.file.down or not in_use(action.table, place) or _PUT_AWAY.search(new):
        return
    if (f"column of {action.table.name}", old) not in _own(place):
        yield _finding(action, "column", old, new, action.table)


def _value(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterOther)
    if place.file.down or place.is_seed:
        return
    if action.kind == "type" and action.clause.startswith("rename value"):
        name = action.name or "the type"
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"code that still writes or compares the old value of {name} fails until its next release",
            help="add the new value, move readers and writers to it, and leave the old one",
        )


def _finding(action: Action, kind: str, old: str, new: str, table: Name | None) -> Finding:
    what = f"{table}.{old}" if kind == "column" and table is not None else f"{kind} {old}"
    if kind == "column":
        help_ = f"add {new}, write both, move the readers, and drop {old} in a later release"
    elif kind == "table":
        help_ = f"in the same transaction, keep the old name as a view: CREATE VIEW {old} over {new}"
    else:
        help_ = f"make {new} beside {old}, move the readers, and drop {old} in a later release"
    return Finding(
        start=action.start,
        end=action.end,
        message=f"code that still asks for {what} fails until its next release is out everywhere",
        help=help_,
    )


RULE = Rule(
    code="MIG009",
    name="breaking-rename",
    severity="warning",
    sets=frozenset({"migration"}),
    fix="none",
    needs="project",
    actions={Rename: _rename, AlterColumn: _change, AlterOther: _value, AddColumn: _made, CreateOther: _made},
)
