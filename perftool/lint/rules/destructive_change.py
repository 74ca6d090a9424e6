"""Find changes that throw data away.

Why: DROP TABLE, DROP COLUMN, DROP SCHEMA and TRUNCATE cannot be taken back once they are committed, and the version of
the application that still runs fails as soon as it asks for what is gone. CASCADE takes along whatever depends on it.
Bad: ALTER TABLE users DROP COLUMN nickname
Good: ALTER TABLE users RENAME COLUMN nickname TO nickname_unused
Limits: silent where a file takes a migration back, for tables and columns that the same file made, for temporary,
foreign and external tables, for seeds and tests, and for a table that was put aside under another name or whose rows
went to a table of a like name in the same file (new_users for users). In SQLite, where a change makes the table anew,
silent for one that the project's files make again. Silent for a schema of a row store that the project puts functions,
procedures or views into and no table: nothing in it holds rows. Columns that one statement drops are one finding.
Source: ISO/IEC 9075-2, 11.18 <drop column definition> and 11.21 <drop table statement>; PostgreSQL manual, "Dependency
Tracking", on CASCADE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Finding, Rule
from perftool.lint.locks import in_use
from perftool.sql.actions import (
    Action,
    AddColumn,
    CreateOther,
    CreateTable,
    Drop,
    DropColumn,
    Name,
    Rename,
    Truncate,
    Write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

# What is added to the name of a table for one that its rows went to.
_COPIES: Final = frozenset(
    {"new", "old", "tmp", "temp", "temporary", "backup", "bak", "copy", "next", "rebuilt", "migrated"}
)
_NAMED: Final = 3
_HOLDS_ALL: Final = frozenset({"schema", "database"})
# With these, CASCADE drops columns and defaults of tables; with views and functions nothing that holds data.
_HAS_DEPENDENTS: Final = frozenset({"type", "domain", "extension", "sequence"})


def _own(place: Place, kind: str) -> set[tuple[str, str]]:
    """What this file made or put aside, under the name that it has now."""
    known = place.memory.setdefault(kind, set())
    assert isinstance(known, set)
    return known


def _made(action: Action, place: Place) -> Iterator[Finding]:
    if isinstance(action, AddColumn):
        _own(place, "columns").add((action.table.name, action.column.name))
    elif isinstance(action, CreateOther) and action.name is not None:
        _own(place, "others").add((action.kind, action.name.name))
    elif isinstance(action, CreateTable):
        _own(place, "tables").add(("copied", _original(action.table.name)))
    elif isinstance(action, Rename) and action.kind == "table":
        _own(place, "tables").add(("table", action.new))
    return iter(())


def _is_ours(table: Name, place: Place) -> bool:
    """Say whether nothing is lost with ``table``: it is this file's, or the file keeps its rows elsewhere."""
    if not in_use(table, place) or ("table", table.name) in _own(place, "tables"):
        return True
    if place.dialect == "sqlite" and place.project.fewest_columns(table):
        return True
    return ("copied", table.name.lower().strip("_")) in _own(place, "tables")


def _original(copy: str) -> str:
    """Return the name of the table that one called ``copy`` seems to be a copy of; "" if it is called like none."""
    words = [word for word in copy.lower().split("_") if word]
    first = next((at for at, word in enumerate(words) if not _is_mark(word)), len(words))
    last = next((at for at in range(len(words), first, -1) if not _is_mark(words[at - 1])), first)
    return "_".join(words[first:last]) if last - first < len(words) else ""


def _is_mark(word: str) -> bool:
    return word in _COPIES or word.isdecimal()


def _is_meant(place: Place) -> bool:
    return place.file.down or place.is_seed


def _is_code(kind: str, name: Name, place: Place) -> bool:
    """Say whether a schema holds what the project's files make again at any time, and no rows."""
    return kind == "schema" and place.project.history.holds_code_only(name.name)


def _drop(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Drop)
    if _is_meant(place) or not action.names:
        return
    kind = action.kind
    names = ", ".join(str(name) for name in action.names)
    if kind == "table":
        lost = [str(name) for name in action.names if not _is_ours(name, place)]
        if not lost:
            return
        message = f"throws away all rows of {', '.join(lost)}, and whatever still reads them fails"
        if "moved" in place.memory:
            message = f"whatever still reads {', '.join(lost)} fails"
        help_ = "rename it first, and drop it when nothing has missed it for a release"
    elif all((kind, name.name) in _own(place, "others") or _is_code(kind, name, place) for name in action.names):
        return
    elif kind in _HOLDS_ALL:
        message, help_ = f"throws away everything in {kind} {names}", f"move what is still needed out of {names} first"
    elif action.cascade and kind in _HAS_DEPENDENTS:
        message = f"CASCADE drops whatever depends on {kind} {names}, without saying what"
        help_ = "name what is to go, and drop it without CASCADE"
    else:
        return
    yield Finding(start=action.start, end=action.end, message=message, help=help_)


def _drop_column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, DropColumn)
    if _is_meant(place):
        return
    lost = [
        one
        for one in place.actions
        if isinstance(one, DropColumn) and in_use(one.table, place) and not _is_own_column(one, place)
    ]
    # One ALTER TABLE is one finding, where the first column goes.
    if not lost or action is not lost[0]:
        return
    names = [one.column for one in lost]
    columns = _listed(names)
    also = ", and CASCADE whatever depends on it" if any(one.cascade for one in lost) else ""
    it = "it" if len(names) == 1 else "them"
    if "moved" in place.memory:
        message = f"whatever still reads {columns} of {action.table} fails"
    else:
        message = f"throws away every {columns} of {action.table}{also}; whatever still reads {it} fails"
    yield Finding(
        start=action.start,
        end=action.end,
        message=message,
        help=f"stop reading and writing {it} first, and drop {it} in a later release",
    )


def _is_own_column(action: DropColumn, place: Place) -> bool:
    return (action.table.name, action.column) in _own(place, "columns")


def _listed(names: list[str]) -> str:
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _moved(action: Action, place: Place) -> Iterator[Finding]:
    """Note that the file fills tables from others: what is dropped behind that may well have been copied."""
    assert isinstance(action, Write)
    if action.verb == "update" or (action.verb == "insert" and not action.rows):
        place.memory["moved"] = True
    return iter(())


def _truncate(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Truncate)
    lost = [str(name) for name in action.tables if in_use(name, place)]
    if _is_meant(place) or not lost:
        return
    also = " and of every table with a foreign key to them" if action.cascade else ""
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"throws away all rows of {', '.join(lost)}{also}",
        help="DELETE with a WHERE what is really to go, or keep a copy",
    )


RULE = Rule(
    code="MIG008",
    name="destructive-change",
    severity="warning",
    sets=frozenset({"migration"}),
    fix="none",
    needs="project",
    actions={
        Drop: _drop,
        DropColumn: _drop_column,
        Truncate: _truncate,
        AddColumn: _made,
        CreateOther: _made,
        CreateTable: _made,
        Rename: _made,
        Write: _moved,
    },
)
