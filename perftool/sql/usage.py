"""The tables and columns that a statement uses, read from its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

Sources = dict[str, str | None]


class Usage(NamedTuple):
    """Names of the tables and columns used, sorted, each once, as they are written.

    Tables carry their schema where the text gives one; names of common tables (WITH) are left out. Columns carry
    their table where the text or a single source decides it, its real name in place of an alias.
    """

    tables: tuple[str, ...]
    columns: tuple[str, ...]


def usage(tree: Expr) -> Usage:
    """Return the tables and columns that ``tree`` uses.

    cost: two passes over the tree.
    """
    from sqlglot import exp

    tables: set[str] = set()
    columns: list[exp.Column] = []
    # The sources of each query by the name it knows them by; None where a source is no table.
    sources: dict[int, Sources] = {}
    for node in tree.walk():
        if isinstance(node, exp.Table):
            full = _full_name(node)
            if not full:
                continue
            real = None if "." not in full and _is_common(node) else full
            if real:
                tables.add(real)
            _sources_of(node, sources)[node.alias or node.name] = real
        elif isinstance(node, (exp.Subquery, exp.Lateral, exp.Unnest)):
            if isinstance(node.parent, (exp.From, exp.Join)):
                _sources_of(node, sources)[node.alias or f"#{id(node)}"] = None
        elif isinstance(node, exp.Column):
            columns.append(node)
    names = {_column_name(column, sources) for column in columns if column.name}
    names |= _inserted(tree)
    return Usage(tuple(sorted(tables)), tuple(sorted(names)))


def _full_name(table: Expr) -> str:
    return ".".join(filter(None, (_part(table, part) for part in ("catalog", "db", "this"))))


def _part(node: Expr, part: str) -> str:
    """Return one part of a name; sqlglot keeps some of them as plain text."""
    found = node.args.get(part)
    return found if isinstance(found, str) else str(getattr(found, "name", ""))


def _is_common(table: Expr) -> bool:
    """Say whether an unqualified table name means a common table visible where it stands."""
    from sqlglot import exp

    name = table.name.lower()
    below, node = table, table.parent
    inside_with = False
    while node is not None:
        if isinstance(node, exp.With):
            inside_with = True
            for common in node.expressions:
                if common is below and not node.args.get("recursive"):
                    break
                if common.alias.lower() == name:
                    return True
        else:
            owned = node.args.get("with_")
            if owned is not None and not inside_with and any(c.alias.lower() == name for c in owned.expressions):
                return True
            inside_with = False
        below, node = node, node.parent
    return False


def _owner(node: Expr | None) -> Expr | None:
    """Return the query that ``node`` stands in."""
    from sqlglot import exp

    while node is not None and not isinstance(node, (exp.Select, exp.Update, exp.Delete, exp.Insert, exp.Merge)):
        node = node.parent
    return node


def _sources_of(node: Expr, sources: dict[int, Sources]) -> Sources:
    return sources.setdefault(id(_owner(node.parent)), {})


def _column_name(column: Expr, sources: dict[int, Sources]) -> str:
    name = column.name
    owner = _owner(column.parent)
    written = ".".join(filter(None, (_part(column, part) for part in ("catalog", "db", "table"))))
    if not written:
        known = sources.get(id(owner), {})
        only = next(iter(known.values())) if len(known) == 1 else None
        return f"{only}.{name}" if only else name
    while owner is not None:
        known = sources.get(id(owner), {})
        if written in known:
            return f"{known[written] or written}.{name}"
        owner = _owner(owner.parent)
    return f"{written}.{name}"


def _inserted(tree: Expr) -> set[str]:
    """Return the columns that an INSERT names for its values."""
    from sqlglot import exp

    if not isinstance(tree, exp.Insert) or not isinstance(tree.this, exp.Schema):
        return set()
    table = _full_name(tree.this.this)
    return {f"{table}.{c.name}" for c in tree.this.expressions if isinstance(c, exp.Identifier)}
