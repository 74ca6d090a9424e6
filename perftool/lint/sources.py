"""What a query reads from: tables, common and derived tables, with the columns that the text tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from perftool.lint.names import identifier, table_name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from perftool.sql.actions import Name

_MOST_NESTED: Final = 200
_MOST_DERIVED: Final = 8
_MOST_FOLLOWED: Final = 20
_KEPT: Final = "perftool.sources"

SourceKind = Literal["table", "cte", "derived", "values", "function"]


class Source(msgspec.Struct, frozen=True, eq=False):
    """One thing that a query reads from.

    ``name`` is what its columns are qualified with (as ``identifier`` gives it), "" if it has none. ``function``
    stands for everything computed per row: UNNEST, LATERAL, FLATTEN, table functions. ``join`` is None in FROM.
    ``optional``: an outer join may fill it with NULLs. ``table`` is its name if it is a table. ``columns`` are the
    known names of its columns, None where they are not known.
    """

    name: str
    kind: SourceKind
    node: Node
    join: Node | None
    optional: bool
    table: Name | None = None
    columns: tuple[str, ...] | None = None


def sources(query: Node) -> tuple[Source, ...]:
    """Return what ``query`` reads, in the order of its text: FROM, joins, laterals; UPDATE and DELETE their table too.

    cost: the first time only, then it is kept with the node.
    """
    kept: tuple[Source, ...] | None = query.meta_get(_KEPT)
    if kept is None:
        kept = query.meta[_KEPT] = _sources(query)
    return kept


def _sources(query: Node) -> tuple[Source, ...]:
    found: list[Source] = []
    if isinstance(query, (exp.Update, exp.Delete, exp.Merge)) and isinstance(query.this, Node):
        _add(query.this, None, found)
    start = query.args.get("from_")
    if start is not None and isinstance(start.this, Node):
        _add(start.this, None, found)
    using = query.args.get("using")
    for one in using if isinstance(using, list) else [using] if isinstance(using, Node) else ():
        _add(one, None, found)
    for join in query.args.get("joins") or ():
        _joined(join, found)
    for lateral in query.args.get("laterals") or ():
        _add(lateral, lateral, found)
    return tuple(found)


def _joined(join: Node, found: list[Source]) -> None:
    side = str(join.args.get("side") or "").upper()
    if side in ("RIGHT", "FULL"):
        found[:] = [_optional(source) for source in found]
    _add(join.this, join, found, optional=side in ("LEFT", "FULL"))
    # ClickHouse joins several arrays at once.
    for more in join.expressions:
        _add(more, join, found)


def _optional(source: Source) -> Source:
    return msgspec.structs.replace(source, optional=True)


def _add(node: Node, join: Node | None, found: list[Source], *, optional: bool = False) -> None:
    alias = identifier(node.args["alias"].this) if _aliased(node) else ""
    # What is joined to this node alone, in brackets or before its own ON, is joined among itself first.
    group: list[Source] = []
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        name = table_name(node)
        common = common_table(node) if not name.schema else None
        columns = _as_renamed(node, _columns_of_common(common), known=True) if common is not None else None
        kind: SourceKind = "cte" if common is not None else "table"
        group.append(
            Source(
                alias or name.name, kind, node, join, optional=False, table=None if common else name, columns=columns
            )
        )
    elif isinstance(node, exp.Subquery) and _is_join(_unbracketed(node.this)):
        # Brackets around joined tables: a JOIN (b JOIN c ON …) ON …; an alias hides what is in them.
        if alias:
            group.append(Source(alias, "derived", node, join, optional=False))
        else:
            _add(_unbracketed(node.this), join, group)
    elif isinstance(node, exp.Subquery):
        columns = _as_renamed(node, output_columns(node.this), known=True)
        group.append(Source(alias, "derived", node, join, optional=False, table=None, columns=columns))
    elif isinstance(node, exp.Values):
        group.append(Source(alias, "values", node, join, optional=False, table=None, columns=_renamed(node)))
    else:
        columns = _renamed(node)
        if not alias and columns and len(columns) == 1:
            # BigQuery: UNNEST(a) AS x names the element, whose fields are columns as well.
            alias, columns = columns[0], None
        group.append(Source(alias, "function", node, join, optional=False, table=None, columns=columns))
    for inner in node.args.get("joins") or ():
        _joined(inner, group)
    for lateral in node.args.get("laterals") or ():
        _add(lateral, lateral, group)
    found += map(_optional, group) if optional else group


def _unbracketed(node: Node) -> Node:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _is_join(node: Node) -> bool:
    """Say whether what stands in brackets is a table or a join, and no query."""
    return isinstance(node, exp.Table) or (
        isinstance(node, exp.Subquery) and (_aliased(node) or bool(node.args.get("joins")))
    )


def _aliased(node: Node) -> bool:
    alias = node.args.get("alias")
    return isinstance(alias, exp.TableAlias) and alias.this is not None


def _renamed(node: Node) -> tuple[str, ...] | None:
    alias = node.args.get("alias")
    columns = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
    return tuple(identifier(c.this if isinstance(c, exp.ColumnDef) else c) for c in columns) if columns else None


def _as_renamed(node: Node, columns: tuple[str, ...] | None, *, known: bool) -> tuple[str, ...] | None:
    """Return the columns under the names that an alias gives them: the first ones, the others keep theirs."""
    join = node.parent
    if node.args.get("pivots") or (isinstance(join, exp.Join) and join.args.get("pivots")):
        return None
    renamed = _renamed(node)
    if renamed is None:
        return columns
    if columns is not None:
        return renamed + columns[len(renamed) :]
    return renamed if known else None


def common_table(table: Node) -> Node | None:
    """Return the CTE that an unqualified ``exp.Table`` names, if one is visible from where it stands.

    One sees those before it; with RECURSIVE it sees all of its clause, itself too. T-SQL and Oracle have no such
    word: there a table of the same name in a later arm of a UNION is the recursion.
    """
    name = identifier(table.this)
    arm: Node | None = None
    below: Node = table
    node: Node | None = table.parent
    for _ in range(_MOST_NESTED):
        if node is None:
            return None
        clause = node if isinstance(node, exp.With) else node.args.get("with_")
        if clause is not None and clause is not below:
            recursive = bool(clause.args.get("recursive"))
            for common in clause.expressions:
                here = identifier(common.args["alias"].this) == name
                if common is below and not recursive:
                    if here and arm is not None and not _reads(arm.this, name):
                        found: Node = common
                        return found
                    break
                if here and isinstance(common, Node):
                    return common
        if isinstance(node, exp.Union) and node.expression is below:
            arm = node
        below, node = node, node.parent
    return None


def _reads(query: Node, name: str) -> bool:
    return any(identifier(table.this) == name for table in query.find_all(exp.Table) if not table.args.get("db"))


def _columns_of_common(common: Node) -> tuple[str, ...] | None:
    clause = common.parent
    if clause is not None and clause.args.get("search") is not None:
        return None
    return _as_renamed(common, output_columns(common.this), known=True)


def output_columns(query: Node, depth: int = 0) -> tuple[str, ...] | None:
    """Return the names of the columns that a query gives, None where a star or the like hides them.

    A column without a name is "": engines name those each in their own way.
    """
    query = query.this if isinstance(query, exp.Subquery) else query
    while isinstance(query, exp.SetOperation):
        if query.args.get("by_name"):
            return None
        query = query.this
        query = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(query, exp.Select) or query.args.get("kind") or depth > _MOST_DERIVED:
        return None
    names: list[str] = []
    for one in query.expressions:
        if isinstance(one, exp.Star) or (isinstance(one, exp.Column) and isinstance(one.this, exp.Star)):
            return None
        if isinstance(one, exp.Alias):
            names.append(identifier(one.args.get("alias")))
        elif isinstance(one, (exp.Column, exp.Dot)):
            named = one.this if isinstance(one, exp.Column) else one.expression
            names.append(identifier(named) if isinstance(named, exp.Identifier) else "")
        elif isinstance(one, exp.Aliases):
            return None
        else:
            names.append("")
    return tuple(names)


def reads_stored(query: Node, depth: int = 0) -> bool:
    """Say whether a query reads a table in the end, and not only rows that are written out."""
    for table in query.find_all(exp.Table):
        common = common_table(table) if not table.args.get("db") else None
        if common is None or depth > _MOST_FOLLOWED or reads_stored(common.this, depth + 1):
            return isinstance(table.this, exp.Identifier)
    return False
