"""Read DROP, TRUNCATE and RENAME."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.sql import actions as act

if TYPE_CHECKING:
    from perftool.sql.actions import AnyAction
    from perftool.sql.ddl.cursor import Cursor


def object_kind(cursor: Cursor) -> str:
    """Pass what kind of object is altered or dropped, and return it."""
    kind = cursor.word
    cursor.skip()
    if kind == "materialized" and cursor.take("view"):
        return "materialized view"
    return kind


def last_name(cursor: Cursor) -> str:
    """Pass a name, and return its last part; "" if none comes next."""
    name = cursor.name()
    return name.name if name else ""


def drop(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read a DROP statement."""
    start = cursor.start
    cursor.take("drop")
    # Neither a temporary table nor one that is stored elsewhere takes rows with it.
    before = cursor.take_any(("temporary", "foreign", "external", "public"))
    kind = object_kind(cursor)
    if kind == "table" and before:
        kind = f"{before} table"
    keyword_end = cursor.before
    concurrently = cursor.take("concurrently")
    if_exists = cursor.take("if", "exists")
    names = cursor.names()
    table = None
    if cursor.take("on"):
        table = cursor.name()
    cascade = "cascade" in cursor.words[cursor.index :]
    cursor.take_any(("cascade", "restrict"))
    found = act.Drop(
        kind=kind,
        names=names,
        table=table,
        concurrently=concurrently,
        if_exists=if_exists,
        cascade=cascade,
        keyword_end=keyword_end,
        start=start,
        end=cursor.before,
    )
    return (found,)


def truncate(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read a TRUNCATE statement."""
    start = cursor.start
    cursor.take("truncate")
    cursor.take("table")
    cursor.take("if", "exists")
    names = cursor.names()
    if not names:
        return ()
    return (act.Truncate(tables=names, cascade="cascade" in cursor.words, start=start, end=cursor.before),)


def rename(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read MySQL's and ClickHouse's RENAME TABLE a TO b, c TO d."""
    cursor.take("rename")
    if not cursor.take("table"):
        return ()
    found: list[AnyAction] = []
    for item in cursor.parts():
        start = item.start
        old = item.name()
        item.take("to")
        if old is not None:
            found.append(
                act.Rename(kind="table", table=old, old=old.name, new=last_name(item), start=start, end=item.before)
            )
    return tuple(found)
