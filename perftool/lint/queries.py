"""The shape of a query for rules: what it reads, how sources are joined, what its conditions compare.

Everything here looks at sqlglot's trees and at nothing else. "Known" columns are those that the text decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.names import alike, identifier, table_name
from perftool.lint.sources import Source, SourceKind, common_table, output_columns, sources
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
PATTERNS: Final = (exp.Like, exp.ILike)
QUERIES: Final = (exp.Select, exp.SetOperation)
#: Text with it may be a pipe of operators, for which the parser makes up common tables that nobody wrote.
PIPE: Final = "|>"
_KEPT: Final = "perftool.columns"
# What holds no column of a query itself: queries within it, names and constants, and values that are no nodes.
_PASSED: Final[frozenset[type]] = frozenset(
    (exp.Select, exp.Union, exp.Except, exp.Intersect, exp.SetOperation, exp.With, exp.Identifier, exp.Literal,
     exp.Null, exp.Boolean, exp.Var, str, bool)
)  # fmt: skip

__all__ = [
    "COMPARISONS", "PATTERNS", "PIPE", "QUERIES", "Source", "SourceKind", "alike", "common_table", "conditions",
    "conjuncts", "disjuncts", "enclosing", "identifier", "is_constant", "only_column", "output_columns",
    "output_names", "query_of", "reading", "source_of", "sources", "table_name", "tests", "unwrapped", "within",
]  # fmt: skip


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


def conjuncts(condition: Node | None) -> list[Node]:
    """Return the parts of a condition that must all hold, looking through AND and brackets."""
    return _parts(condition, exp.And) if condition is not None else []


def disjuncts(condition: Node) -> list[Node]:
    """Return the parts of a condition of which one must hold, looking through OR and brackets."""
    return _parts(condition, exp.Or)


def _parts(condition: Node, joining: type[Node]) -> list[Node]:
    found: list[Node] = []
    stack = [condition]
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind is joining:
            stack += (node.expression, node.this)
        elif kind is exp.Paren:
            stack.append(node.this)
        else:
            found.append(node)
    return found


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


def conditions(query: Node) -> list[Node]:
    """Return what WHERE and the ON of inner joins of ``query`` must all fulfil."""
    args = query.args
    where = args.get("where")
    found = conjuncts(where.this) if where is not None else []
    for join in args.get("joins") or ():
        if not join.side and join.kind != "ANTI" and join.args.get("on") is not None:
            found += conjuncts(join.args["on"])
    return found


def is_constant(node: Node) -> bool:
    """Say whether ``node`` has one value for the whole statement: literals, parameters, functions of these."""
    if node.__class__ is exp.Literal:
        return True
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


def output_names(query: Node) -> frozenset[str]:
    """Return the aliases that a SELECT gives its columns, in lower case: ORDER BY and others may use them."""
    return frozenset(one.alias.lower() for one in query.expressions if isinstance(one, exp.Alias))


def own_columns(query: Node) -> tuple[Node, ...]:
    """Return the columns in the clauses of ``query`` itself, in the order of the text, not those of queries inside.

    cost: one walk over these clauses the first time, then they are kept with the node.
    """
    kept: tuple[Node, ...] | None = query.meta_get(_KEPT)
    if kept is None:
        kept = query.meta[_KEPT] = tuple(_own_columns(query))
    return kept


def _own_columns(query: Node) -> Iterator[Node]:
    stack = [query]
    while stack:
        node = stack.pop()
        if node.__class__ is exp.Column:
            yield node
            continue
        # Written out, because a generator for each node costs more than all the rest.
        for value in reversed(node.args.values()):
            if value:
                kind = value.__class__
                if kind is list:
                    stack += [one for one in reversed(value) if one.__class__ not in _PASSED and isinstance(one, Node)]
                elif kind not in _PASSED and isinstance(value, Node):
                    stack.append(value)


def outer_of(query: Node) -> Node | None:
    """Return the query whose row ``query`` may refer to: it is a subquery of that one, or joined to it by LATERAL."""
    below, above = query, query.parent
    hidden = False
    while above is not None:
        if isinstance(above, exp.CTE):
            return None
        if isinstance(above, (exp.From, exp.Join)) and not isinstance(below, exp.Lateral) and below.arg_key == "this":
            hidden = True
        elif isinstance(above, (exp.Select, exp.Update, exp.Delete, exp.Merge)):
            if not hidden:
                return above
            hidden = False
        below, above = above, above.parent
    return None
