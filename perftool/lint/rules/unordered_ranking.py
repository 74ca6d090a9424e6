"""Find ranking window functions over rows that have no order.

Why: row_number, lag, first_value and the like take rows as they come: which row is first may change from run to run,
so a filter on the first one keeps an arbitrary row.
Bad: SELECT row_number() OVER (PARTITION BY a) AS n FROM t
Good: SELECT row_number() OVER (PARTITION BY a ORDER BY ts) AS n FROM t
Limits: row_number() OVER () merely numbers rows and is fine, and so is choosing among rows of which only the columns of
the group are returned. ORDER BY (SELECT NULL) or a constant says that any order will do. A named window is looked up.
Silent in tests.
Source: ISO/IEC 9075-2, 6.10 <window function>; PostgreSQL manual, 9.22 "Window Functions"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.lint.place import outside_tests
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.statement import Statement

_RANKING: Final = {
    exp.RowNumber: "row_number", exp.Rank: "rank", exp.DenseRank: "dense_rank", exp.PercentRank: "percent_rank",
    exp.CumeDist: "cume_dist", exp.Lag: "lag", exp.Lead: "lead", exp.FirstValue: "first_value",
    exp.LastValue: "last_value", exp.NthValue: "nth_value",
}  # fmt: skip
_MOST_NAMED: Final = 8


def _window(node: Node, at: Statement) -> Iterator[Finding]:
    args = node.args
    if args.get("order") is not None:
        return
    function = node.this
    while isinstance(function, (exp.IgnoreNulls, exp.RespectNulls, exp.Filter)):
        function = function.this
    name = _RANKING.get(function.__class__)
    if name is None or _is_ordered(node):
        return
    if name == "row_number" and ((not args.get("partition_by") and args.get("alias") is None) or _is_of_equals(node)):
        return
    if name == "row_number":
        message = "numbers the rows of a group in whatever order they come: which one is first changes from run to run"
    else:
        message = f"{name} has no order to go by: what it returns changes from run to run"
    yield at.found(node, message, help="add ORDER BY to the window, down to a unique key")


def _is_of_equals(window: Node) -> bool:
    """Say whether all that the query returns is the same for each row of a group, so that any of them will do."""
    query = queries.query_of(window)
    partition = window.args.get("partition_by")
    if not isinstance(query, exp.Select) or not partition:
        return False
    for one in query.expressions:
        value = one.unalias()
        if value is window or value in partition:
            continue
        if not isinstance(value, exp.Window) or value.args.get("order") or value.args.get("partition_by") != partition:
            return False
    return len(query.expressions) > 1


def _is_ordered(window: Node) -> bool:
    """Say whether the window that it names, or builds on, has an order; also where that one is not found."""
    query: Node | None = queries.query_of(window)
    node = window
    for _ in range(_MOST_NAMED):
        if node is not window and node.args.get("order") is not None:
            return True
        named = node.args.get("alias")
        if named is None:
            return False
        wanted = queries.identifier(named)
        windows = query.args.get("windows") if query is not None else None
        found = [one for one in windows or () if queries.identifier(one.this) == wanted]
        if len(found) != 1 or found[0] is node:
            return True
        node = found[0]
    return True


RULE = Rule(
    code="COR012",
    name="unordered-ranking",
    severity="warning",
    sets=frozenset({"all"}),
    fix="none",
    queries=True,
    nodes={exp.Window: _window},
    judge=outside_tests,
)
