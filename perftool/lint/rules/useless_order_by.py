"""Find ORDER BY inside a query whose order nothing outside has to keep.

Why: a table expression has no order: the engine may sort for nothing, or leave the sort out and surprise whoever
trusted it. Only an ORDER BY of the outermost query orders the result.
Bad: SELECT s.a FROM (SELECT a FROM t ORDER BY a) s
Good: SELECT s.a FROM (SELECT a FROM t) s
Limits: silent where people rely on the order: LIMIT, OFFSET, TOP or FETCH inside or in a query that reads from it,
DISTINCT ON, string_agg, array_agg, json_agg and their like, window functions without an order, ROWNUM, MySQL's and
SQLite's columns outside GROUP BY, locking reads, INSERT and CREATE TABLE from a query; in scalar subqueries and ARRAY.
Silent in tests, and for Trino and Athena, which leave such a sort out by themselves.
The fix is safe where another ORDER BY, an aggregate or a predicate loses the order anyway, else it has to be asked for.
Source: ISO/IEC 9075-2, 7.17 <query expression>: the order of rows of a derived table is implementation-dependent; Trino
documentation, SELECT, "ORDER BY clause"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from perftool.lint.api import Rule
from perftool.lint.clauses import cut, has_any, order_by
from perftool.lint.place import outside_tests
from perftool.lint.queries import common_table, identifier, within
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.statement import Statement

#: What becomes of a query's order: it is lost, it may show in the result, or somebody relies on it.
Fate: TypeAlias = Literal["lost", "shows", "relied on"]

_RANKS: Final[tuple[Fate, ...]] = ("lost", "shows", "relied on")
_PICKING: Final = frozenset(
    {
        "limit",
        "offset",
        "locks",
        "for_",
        "sample",
        "match",
        "connect",
        "options",
        "settings",
        "format",
        "into",
        "pivots",
    }
)
_BLIND_AGGREGATES: Final = (
    exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Stddev, exp.StddevPop, exp.StddevSamp,
    exp.Variance, exp.VariancePop, exp.LogicalAnd, exp.LogicalOr, exp.Median, exp.ApproxDistinct,
)  # fmt: skip
_ORDERED_CALL: Final = re.compile(
    r"agg|list|concat|array|first|last|collect|any|xml|group|nextval|rownum|row_number|running|neighbor", re.IGNORECASE
)
_LOOSE_GROUPS: Final = frozenset({"", "mysql", "sqlite", "singlestore", "doris", "starrocks"})
_LEAVING_OUT: Final = frozenset({"trino", "athena"})
_DEEPEST: Final = 20
#: BigQuery's pipe syntax, which the parser turns into common tables that nobody wrote.
_PIPE: Final = "|>"


def _order(node: Node, at: Statement) -> Iterable[Finding]:
    query = node.parent
    if node.arg_key != "order" or not isinstance(query, (exp.Select, exp.SetOperation)) or query.parent is None:
        return ()
    if at.dialect in _LEAVING_OUT:
        return ()
    if has_any(query, _PICKING) or node.args.get("siblings"):
        return ()
    distinct = query.args.get("distinct")
    if isinstance(distinct, exp.Distinct) and distinct.args.get("on") is not None:
        return ()
    if any(key.args.get("with_fill") for key in node.expressions):
        return ()
    fate: Fate = "relied on" if _PIPE in at.text else _fate(query, at, 0)
    if fate == "relied on" or (fate == "shows" and at.dialect == "duckdb"):
        return ()
    span = order_by(at, node)
    if fate == "lost":
        message, advice = "sorts for nothing: no query outside can see this order", "leave ORDER BY out here"
    else:
        message = "costs a sort and promises nothing: only the outermost ORDER BY orders the result"
        advice = "move ORDER BY to the outermost query if its order matters, else leave it out"
    edits = cut(at, *span) if span else ()
    return (at.found(node, message, help=advice, edits=edits, safe=fate == "lost", span=span),)


def _fate(query: Node, at: Statement, depth: int) -> Fate:
    """Return what becomes of the order of ``query`` in the queries around it."""
    inner, holder = query, query.parent
    while isinstance(holder, exp.Subquery):
        if has_any(holder, _PICKING):
            return "relied on"
        if holder.args.get("order") is not None:
            return "lost"
        inner, holder = holder, holder.parent
    if holder is None:
        return "shows" if depth and inner is query else "relied on"
    if depth > _DEEPEST:
        return "relied on"
    if isinstance(holder, (exp.In, exp.Exists, exp.Any, exp.All)):
        return "lost" if inner.arg_key in ("query", "this") else "relied on"
    if isinstance(holder, exp.SetOperation):
        if has_any(holder, _PICKING):
            return "relied on" if holder.args.get("order") is None else "lost"
        if holder.args.get("distinct") or holder.args.get("order") is not None:
            return "lost"
        return _fate(holder, at, depth + 1)
    if isinstance(holder, (exp.From, exp.Join)):
        return _read_by(holder.parent, at, depth)
    if isinstance(holder, exp.CTE):
        return _read_as(holder, at, depth)
    return "relied on"


def _read_as(common: Node, at: Statement, depth: int) -> Fate:
    """Return the worst that becomes of a common table's order where it is read."""
    clause = common.parent
    if clause is None or clause.parent is None or clause.args.get("recursive"):
        return "relied on"
    name = identifier(common.args["alias"].this)
    fates = [
        _read_by(table.parent.parent, at, depth) if isinstance(table.parent, (exp.From, exp.Join)) else _RANKS[-1]
        for table in clause.parent.find_all(exp.Table)
        if identifier(table.this) == name and not table.args.get("db") and common_table(table) is common
    ]
    return max(fates, key=_RANKS.index, default="relied on")


def _read_by(select: Node | None, at: Statement, depth: int) -> Fate:
    """Return what becomes of an order that ``select`` reads from."""
    if not isinstance(select, exp.Select) or has_any(select, ("match", "connect", "locks", "into", "pivots")):
        return "relied on"
    if any(_minds_order(part, at) for part in within(select, select)):
        return "relied on"
    sorted_again = select.args.get("order") is not None
    distinct = select.args.get("distinct")
    if not sorted_again and (
        has_any(select, ("limit", "offset", "sample"))
        or (isinstance(distinct, exp.Distinct) and distinct.args.get("on") is not None)
    ):
        return "relied on"
    group = select.args.get("group")
    if group is not None:
        loose = at.dialect in _LOOSE_GROUPS and not _is_strictly_grouped(select, group)
        return "relied on" if loose else "lost"
    if sorted_again or any(isinstance(_unaliased(one), _BLIND_AGGREGATES) for one in select.expressions):
        return "lost"
    return _fate(select, at, depth + 1)


def _minds_order(part: Node, at: Statement) -> bool:
    """Say whether what ``part`` gives depends on the order of the rows that it reads."""
    if isinstance(part, exp.Window):
        return part.args.get("order") is None
    if isinstance(part, exp.Anonymous):
        return at.dialect == "clickhouse" or _ORDERED_CALL.search(part.name) is not None
    if isinstance(part, exp.AggFunc):
        return not isinstance(part, _BLIND_AGGREGATES) and part.find(exp.Order) is None
    if isinstance(part, exp.Column):
        return isinstance(part, exp.Pseudocolumn) or part.name.lower() == "rownum"
    if isinstance(part, (exp.Parameter, exp.SessionParameter)):
        return at.dialect in ("", "mysql")
    if isinstance(part, exp.Func):
        # JSON and XML aggregates are no AggFunc in every dialect.
        return _ORDERED_CALL.search(part.key) is not None and "agg" in part.key
    return isinstance(part, exp.NextValueFor)


def _is_strictly_grouped(select: Node, group: Node) -> bool:
    """Say whether everything that ``select`` gives is a group's key or an aggregate."""
    keys = {one.name.lower() for one in group.expressions if isinstance(one, (exp.Column, exp.Identifier))}
    ordinals = {one.name for one in group.expressions if isinstance(one, exp.Literal)}
    for number, one in enumerate(select.expressions, 1):
        given = _unaliased(one)
        known = one.alias_or_name.lower() in keys or given.name.lower() in keys or str(number) in ordinals
        if not known and given.find(exp.AggFunc) is None and not isinstance(given, exp.Literal):
            return False
    return True


def _unaliased(node: Node) -> Node:
    return node.this if isinstance(node, exp.Alias) else node


RULE = Rule(
    code="PERF032",
    name="useless-order-by",
    severity="info",
    sets=frozenset({"all"}),
    fix="safe",
    queries=True,
    nodes={exp.Order: _order},
    judge=outside_tests,
)
