"""Queries that give one row at most, whatever the tables hold."""

from __future__ import annotations

from typing import Final

from perftool.lint import queries
from perftool.sql.nodes import Node, exp

_MOST_DERIVED: Final = 8


def is_one_row(query: Node, depth: int = 0) -> bool:
    """Say whether a query gives one row, or rows that are written out: an aggregate, LIMIT 1, no table, VALUES."""
    while isinstance(query, exp.Subquery):
        query = query.this
    if not isinstance(query, exp.Select) or depth > _MOST_DERIVED:
        return isinstance(query, exp.Values)
    start = query.args.get("from_")
    if start is None:
        return True
    limit = query.args.get("limit")
    if limit is not None:
        count = limit.args.get("expression") or limit.args.get("count")
        if count is None or (isinstance(count, exp.Literal) and count.this == "1"):
            return True
    if query.args.get("group") is None and any(_aggregates(one) for one in query.expressions):
        return True
    # SELECT … FROM (VALUES …), or a selection of what is one row itself.
    return all(
        source.kind in ("values", "function")
        or (source.kind == "derived" and is_one_row(source.node.this, depth + 1))
        or (source.kind == "cte" and _is_one_row_table(source.node, depth))
        for source in queries.sources(query)
    )


def _is_one_row_table(table: Node, depth: int) -> bool:
    common = queries.common_table(table)
    return common is not None and common is not table.find_ancestor(exp.CTE) and is_one_row(common.this, depth + 1)


def _aggregates(node: Node) -> bool:
    return any(
        isinstance(below, exp.AggFunc) and not isinstance(below.parent, exp.Window)
        for below in queries.within(node, node)
    )
