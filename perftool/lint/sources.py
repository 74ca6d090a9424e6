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
_NUMBERS: Final = "perftool.numbers"
_COLUMNS: Final = "perftool.output"

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
    args = node.args
    given = args.get("alias")
    alias = identifier(given.this) if given.__class__ is exp.TableAlias and given.this is not None else ""
    # What is joined to this node alone, in brackets or before its own ON, is joined among itself first.
    group: list[Source] = []
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        name = table_name(node)
        common = _common_table(node, name.name) if not name.schema else None
        if common is None:
            group.append(Source(alias or name.name, "table", node, join, optional=False, table=name))
        else:
            columns = _as_renamed(node, _columns_of_common(common), known=True)
            group.append(Source(alias or name.name, "cte", node, join, optional=False, columns=columns))
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
    for inner in args.get("joins") or ():
        _joined(inner, group)
    for lateral in args.get("laterals") or ():
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
    return _common_table(table, identifier(table.this))


def _common_table(table: Node, name: str) -> Node | None:
    arm: Node | None = None
    below: Node = table
    node: Node | None = table.parent
    for _ in range(_MOST_NESTED):
        if node is None:
            return None
        clause = node if node.__class__ is exp.With else node.args.get("with_")
        if clause is not None and clause is not below:
            number = _numbers(clause).get(name)
            if number is not None:
                common: Node = clause.expressions[number]
                if _is_seen(number, clause, below):
                    return common
                if common is below and arm is not None and not _reads(arm.this, name):
                    return common
        if isinstance(node, exp.Union) and node.expression is below:
            arm = node
        below, node = node, node.parent
    return None


def _numbers(clause: Node) -> dict[str, int]:
    """Return the number of each common table of a WITH by its name, of the first where several have it."""
    kept: dict[str, int] | None = clause.meta_get(_NUMBERS)
    if kept is None:
        names = [identifier(common.args["alias"].this) for common in clause.expressions]
        kept = clause.meta[_NUMBERS] = {name: number for number, name in reversed(list(enumerate(names)))}
    return kept


def _is_seen(number: int, clause: Node, below: Node) -> bool:
    """Say whether ``below``, if it is a common table of the clause itself, comes after the one with that number."""
    if below.__class__ is not exp.CTE or below.parent is not clause or clause.args.get("recursive"):
        return True
    return any(one is below for one in clause.expressions[number + 1 :])


def _reads(query: Node, name: str) -> bool:
    return any(identifier(table.this) == name for table in query.find_all(exp.Table) if not table.args.get("db"))


def _columns_of_common(common: Node) -> tuple[str, ...] | None:
    meta = common.meta
    if _COLUMNS not in meta:
        clause = common.parent
        searched = clause is not None and clause.args.get("search") is not None
        meta[_COLUMNS] = None if searched else _as_renamed(common, output_columns(common.this), known=True)
    kept: tuple[str, ...] | None = meta[_COLUMNS]
    return kept


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
        if isinstance(one, exp.Alias):
            names.append(identifier(one.args.get("alias")))
        elif isinstance(one, (exp.Column, exp.Dot)):
            named = one.this if isinstance(one, exp.Column) else one.expression
            if isinstance(named, exp.Star) and isinstance(one, exp.Column):
                return None
            names.append(identifier(named) if isinstance(named, exp.Identifier) else "")
        elif isinstance(one, (exp.Star, exp.Aliases)):
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
