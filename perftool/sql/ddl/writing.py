"""Tell from its tree what a statement writes; COPY and LOAD DATA from their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.sql.actions import CreateTable, Name, Write

if TYPE_CHECKING:
    from perftool.sql.actions import AnyAction
    from perftool.sql.ddl.cursor import Cursor
    from perftool.sql.nodes import Node

_INTO: Final = frozenset({"into"})
VERBS: Final = frozenset({"insert", "update", "delete", "merge", "replace", "select"})


def of_tree(text: str, tree: Node) -> tuple[AnyAction, ...]:
    """Return what INSERT, UPDATE, DELETE, MERGE and SELECT … INTO write; () for a plain query."""
    into = tree.args.get("into")
    if into is None and type(tree).__name__ == "Select":
        return ()
    from perftool.sql.nodes import exp

    if isinstance(tree, exp.Select):
        if into is None or not isinstance(into.this, exp.Table):
            return ()
        name = _name(into.this)
        temporary = bool(into.args.get("temporary")) or name.name.startswith("#")
        return (CreateTable(table=name, temporary=temporary, from_query=True, start=0, end=len(text)),)
    if not isinstance(tree, (exp.Insert, exp.Update, exp.Delete, exp.Merge)):
        return ()
    target = tree.this
    named = isinstance(target, exp.Schema)
    target = target.this if isinstance(target, exp.Schema) else target
    if not isinstance(target, exp.Table):
        return ()
    values = tree.args.get("expression")
    rows = len(values.expressions) if isinstance(values, exp.Values) else 0
    limited = tree.args.get("where") is not None or tree.args.get("limit") is not None
    return (
        Write(
            verb=type(tree).__name__.lower(),  # type: ignore[arg-type]
            table=_name(target),
            where=limited or isinstance(tree, exp.Merge),
            rows=rows,
            columns=named,
            start=0,
            end=len(text),
        ),
    )


def _name(table: Node) -> Name:
    parts = [_part(table.args.get(part)) for part in ("catalog", "db", "this")]
    return Name(parts[-1], ".".join(part for part in parts[:-1] if part))


def _part(node: Node | str | None) -> str:
    if node is None or isinstance(node, str):
        return (node or "").lower()
    # The parser takes the marks of temporary tables off their names.
    mark = "#" if node.args.get("temporary") else "##" if node.args.get("global_") else ""
    return mark + (node.name if node.args.get("quoted") else node.name.lower())


def copy(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read COPY table FROM …; COPY … TO writes nothing."""
    start = cursor.start
    cursor.take("copy")
    cursor.take("into")
    table = cursor.name()
    if table is None:
        return ()
    named = bool(cursor.columns())
    if not cursor.take("from"):
        return ()
    return (Write(verb="copy", table=table, columns=named, start=start, end=cursor.before),)


def load(cursor: Cursor) -> tuple[AnyAction, ...]:
    """Read LOAD DATA … INTO TABLE table."""
    start = cursor.start
    cursor.take("load")
    if not cursor.take("data") or not cursor.skip_to(_INTO) or not cursor.take("into", "table"):
        return ()
    table = cursor.name()
    return (Write(verb="copy", table=table, start=start, end=cursor.before),) if table is not None else ()
