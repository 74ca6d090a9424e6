"""The shape of a query for rules: what it reads, how sources are joined, what its conditions compare.

Everything here looks at sqlglot's trees and at nothing else. "Known" columns are those that the text decides.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final, Literal

from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
PATTERNS: Final = (exp.Like, exp.ILike)
QUERIES: Final = (exp.Select, exp.SetOperation)

_MOST_NESTED: Final = 200
_MOST_DERIVED: Final = 8
_KEPT: Final = "perftool.sources"

SourceKind = Literal["table", "cte", "derived", "values", "function"]


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
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


def identifier(node: Node | str | None) -> str:
    """Return an identifier as the engine compares it: in lower case unless it is quoted."""
    if node is None or isinstance(node, str):
        return (node or "").lower()
    args, name = node.args, node.name
    if args.get("temporary") or args.get("global_"):
        # The parser takes the marks of temporary tables off their names.
        name = f"#{name}" if args.get("temporary") else f"##{name}"
    return name if args.get("quoted") else name.lower()


def table_name(table: Node) -> Name:
    """Return the name of an ``exp.Table``."""
    parts = [identifier(table.args.get(part)) for part in ("catalog", "db")]
    return Name(identifier(table.this), ".".join(part for part in parts if part))


def enclosing(node: Node, *classes: type[Node]) -> Node | None:
    """Return the nearest node above ``node`` that is of one of ``classes``."""
    above = node.parent
    while above is not None and not isinstance(above, classes):
        above = above.parent
    return above


def query_of(node: Node) -> Node | None:
    """Return the SELECT, UPDATE, DELETE, INSERT or MERGE whose clause ``node`` stands in."""
    return enclosing(node, exp.Select, exp.Update, exp.Delete, exp.Insert, exp.Merge)


def within(node: Node, query: Node) -> Iterator[Node]:
    """Yield ``node`` and what is below it, but not what belongs to a query inside; ``query`` itself is looked into."""
    return node.walk(
        bfs=False, prune=lambda below: below is not query and isinstance(below, (exp.Select, exp.SetOperation))
    )


def unwrapped(node: Node) -> Node:
    """Return what stands within any number of brackets."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def conjuncts(condition: Node | None) -> Iterator[Node]:
    """Yield the parts of a condition that must all hold, looking through AND and brackets."""
    stack = [condition] if condition is not None else []
    while stack:
        node = unwrapped(stack.pop())
        if isinstance(node, exp.And):
            stack += [node.expression, node.this]
        else:
            yield node


def disjuncts(condition: Node) -> Iterator[Node]:
    """Yield the parts of a condition of which one must hold, looking through OR and brackets."""
    stack = [condition]
    while stack:
        node = unwrapped(stack.pop())
        if isinstance(node, exp.Or):
            stack += [node.expression, node.this]
        else:
            yield node


def tests(condition: Node | None) -> Iterator[Node]:
    """Yield the single tests of a condition, looking through AND, OR, NOT and brackets."""
    stack = [condition] if condition is not None else []
    while stack:
        node = unwrapped(stack.pop())
        if isinstance(node, (exp.And, exp.Or)):
            stack += [node.expression, node.this]
        elif isinstance(node, exp.Not):
            stack.append(node.this)
        else:
            yield node


def conditions(query: Node) -> Iterator[Node]:
    """Yield what WHERE and the ON of inner joins of ``query`` must all fulfil."""
    where = query.args.get("where")
    if where is not None:
        yield from conjuncts(where.this)
    for join in query.args.get("joins") or ():
        if not join.side and join.kind != "ANTI" and join.args.get("on") is not None:
            yield from conjuncts(join.args["on"])


def is_constant(node: Node) -> bool:
    """Say whether ``node`` has one value for the whole statement: literals, parameters, functions of these."""
    return not any(isinstance(below, (exp.Column, exp.Star, exp.Query, exp.AggFunc)) for below in node.walk())


def only_column(node: Node) -> Node | None:
    """Return the one column that ``node`` is computed from, None if there are several, none, or a query."""
    found: Node | None = None
    for below in node.walk():
        if isinstance(below, (exp.Query, exp.AggFunc, exp.Window)):
            return None
        if isinstance(below, exp.Column):
            if found is not None:
                return None
            found = below
    return found


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
    side = (join.side or "").upper()
    if side in ("RIGHT", "FULL"):
        found[:] = [_optional(source) for source in found]
    _add(join.this, join, found, optional=side in ("LEFT", "FULL"))
    # ClickHouse joins several arrays at once.
    for more in join.expressions:
        _add(more, join, found)


def _optional(source: Source) -> Source:
    return dataclasses.replace(source, optional=True)


def _add(node: Node, join: Node | None, found: list[Source], *, optional: bool = False) -> None:
    alias = identifier(node.args["alias"].this) if _aliased(node) else ""
    # What is joined to this node alone, in brackets or before its own ON, is joined among itself first.
    group: list[Source] = []
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        name = table_name(node)
        common = common_table(node) if not name.schema else None
        columns = _columns_of_common(common) if common is not None else None
        columns = _as_renamed(node, columns, known=common is not None)
        kind: SourceKind = "cte" if common is not None else "table"
        group.append(Source(alias or name.name, kind, node, join, False, None if common else name, columns))
    elif isinstance(node, exp.Subquery) and isinstance(unwrapped(node.this), exp.Table):
        # Brackets around joined tables: a JOIN (b JOIN c ON …) ON …
        _add(unwrapped(node.this), join, group)
    elif isinstance(node, exp.Subquery):
        columns = _as_renamed(node, output_columns(node.this), known=True)
        group.append(Source(alias, "derived", node, join, False, None, columns))
    elif isinstance(node, exp.Values):
        group.append(Source(alias, "values", node, join, False, None, _renamed(node)))
    else:
        columns = _renamed(node)
        if not alias and columns and len(columns) == 1:
            # BigQuery: UNNEST(a) AS x names the element, whose fields are columns as well.
            alias, columns = columns[0], None
        group.append(Source(alias, "function", node, join, False, None, columns))
    for inner in node.args.get("joins") or ():
        _joined(inner, group)
    for lateral in node.args.get("laterals") or ():
        _add(lateral, lateral, group)
    found += map(_optional, group) if optional else group


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
    below, node = table, table.parent
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
                        return common
                    break
                if here:
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


def source_of(column: Node, query: Node) -> Source | None:
    """Return the source of ``query`` that a column comes from, None where the text does not decide it.

    A column of an outer query is None too.
    """
    found = sources(query)
    qualifier = identifier(column.args.get("table"))
    if qualifier:
        fitting = [s for s in found if s.name == qualifier]
        return fitting[0] if len(fitting) == 1 else None
    if len(found) == 1:
        return found[0]
    name = identifier(column.this)
    holding = [s for s in found if s.columns is not None and name in s.columns]
    unknown = [s for s in found if s.columns is None]
    return holding[0] if len(holding) == 1 and not unknown else None


def reading(node: Node) -> Node | None:
    """Return the SELECT, UPDATE, DELETE or MERGE whose sources a column may come from.

    None where it stands in a clause of a set operation, which knows its own columns only, or outside of any query.
    """
    above = enclosing(node, exp.Select, exp.SetOperation, exp.Update, exp.Delete, exp.Insert, exp.Merge)
    return None if above is None or isinstance(above, (exp.SetOperation, exp.Insert)) else above


def alike(one: str, other: str) -> bool:
    """Say whether two identifiers may be the same in some engine: case is not looked at, quoted or not."""
    return one == other or one.lower() == other.lower()


def output_names(query: Node) -> frozenset[str]:
    """Return the aliases that a SELECT gives its columns, in lower case: ORDER BY and others may use them."""
    return frozenset(one.alias.lower() for one in query.expressions if isinstance(one, exp.Alias))
