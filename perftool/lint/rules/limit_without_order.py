"""Find LIMIT without ORDER BY where it decides which rows are kept.

Why: without an order the engine may return any rows, and others next time: pages repeat and miss rows, and a table or
a view made this way changes from run to run.
Bad: SELECT id, total FROM orders WHERE status = 'new' LIMIT 10 OFFSET 20
Good: SELECT id, total FROM orders WHERE status = 'new' ORDER BY id LIMIT 10 OFFSET 20
Limits: info where a plain query is cut off, warning with OFFSET and where the rows are stored or read by more of the
query. Silent for LIMIT 0 and 1, for SELECT * (a look at the data), in EXISTS and IN, in batches of UPDATE and DELETE,
with FOR UPDATE, TABLESAMPLE or LIMIT BY, for one row of aggregates, where no column is returned, for a count up to a
bound, over a source that is ordered itself, over functions and VALUES, and in seeds and tests.
Source: PostgreSQL manual, 7.6 "LIMIT and OFFSET"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_SAMPLE: Final = re.compile(r"sample|test|tmp|temp|demo|debug|preview", re.IGNORECASE)
_ORDERS: Final = ("order", "sort", "cluster", "distribute", "connect", "locks", "sample", "match")


def _limit(node: Node, at: Statement) -> Iterator[Finding]:
    query = node.parent
    if query is None or not isinstance(query, queries.QUERIES) or node.arg_key != "limit":
        return
    args = query.args
    if any(args.get(order) for order in _ORDERS) or node.expressions or _is_small(node):
        return
    offset = args.get("offset")
    if offset is not None and (offset.expressions or _is_number(offset.args.get("expression"), ("0",))):
        offset = None
    if isinstance(query, exp.Select):
        if _is_fixed(query) or (offset is None and _is_star(query)):
            return
    elif offset is None and any(_is_star(one) for one in query.find_all(exp.Select)):
        return
    use = _use(query)
    if use is None or any(isinstance(one, (exp.Update, exp.Delete, exp.Merge)) for one in (at.tree, at.tree.this)):
        return
    yield from _found(node, use, at, offset=offset is not None)


def _found(node: Node, use: str, at: Statement, *, offset: bool) -> Iterator[Finding]:
    word = at.word_before(at.span(node)[0] + 1, "limit", "top", "fetch")
    start, end = at.span(node)
    end += at.text[end : end + 1] == ")" and "(" in at.text[word.end if word else start : start]
    span = (word.start, end if end > word.start else word.end) if word is not None and word.start <= start else None
    if offset:
        message = "pages without an order: the next page may repeat rows and miss others"
    elif use == "query":
        message = "returns whichever rows come first: without an order they may be others next time"
    else:
        message = f"keeps whichever rows come first in {use}: without an order they may be others next time"
    info = use == "query" and not offset
    yield at.found(node, message, help="ORDER BY a unique key before it", severity="info" if info else None, span=span)


def _is_small(limit: Node) -> bool:
    """Say whether LIMIT takes no row or one, or all."""
    if isinstance(limit, exp.Fetch) and limit.args.get("count") is None:
        return True
    count = limit.args.get("expression") or limit.args.get("count")
    return isinstance(count, (exp.Var, exp.Null)) or _is_number(count, ("0", "1"))


def _is_number(node: Node | None, numbers: tuple[str, ...]) -> bool:
    while isinstance(node, exp.Paren):
        node = node.this
    return isinstance(node, exp.Literal) and node.this in numbers


def _is_star(query: Node) -> bool:
    return any(one.is_star for one in query.expressions)


def _is_fixed(query: Node) -> bool:
    """Say whether the rows or their order are given without ORDER BY."""
    if query.args.get("group") is None and any(
        one.find(exp.AggFunc) and not one.find(exp.Window) for one in query.expressions
    ):
        return True
    if not any(
        one.find(exp.Column, exp.Star) for one in query.expressions if not isinstance(one.unalias(), exp.Window)
    ):
        # Nothing of the rows is returned but how many there are: any table serves to make numbers.
        return True
    found = queries.sources(query)
    if all(source.kind in ("function", "values") for source in found):
        return True
    for source in found:
        node: Node | None = source.node
        if node is not None and node.args.get("sample"):
            return True
        if len(found) == 1 and source.kind in ("cte", "derived"):
            node = queries.common_table(source.node) if source.kind == "cte" else node
            inner = node.this if node is not None else None
            while isinstance(inner, exp.Subquery):
                inner = inner.this
            if inner is not None and (inner.args.get("order") or isinstance(inner, exp.Values)):
                return True
    return False


def _use(query: Node) -> str | None:
    """Return what becomes of the rows: "query" where they are returned, else a description; None where any will do."""
    above = query.parent
    while isinstance(above, (exp.Subquery, exp.Paren)) and above.arg_key not in ("from_", "joins"):
        if isinstance(above.parent, (exp.From, exp.Join)):
            break
        above = above.parent
    if above is None:
        return "query"
    if isinstance(above, exp.Subquery):
        outer = above.find_ancestor(exp.Select)
        if (
            outer is not None
            and outer.expressions
            and all(isinstance(one.unalias(), exp.Count) for one in outer.expressions)
        ):
            return None
        return "a subquery"
    if isinstance(above, exp.CTE):
        clause = above.parent
        owner = clause.parent if clause is not None else None
        if isinstance(owner, (exp.Update, exp.Delete, exp.Merge)) or (
            clause and clause.find(exp.Update, exp.Delete, exp.Insert)
        ):
            return None
        return f"{above.alias}" if above.alias and not _SAMPLE.search(above.alias) else None
    if isinstance(above, exp.Insert):
        return _stored(above.this)
    if isinstance(above, exp.Create):
        return _stored(above.this) if str(above.args.get("kind")).upper() in ("TABLE", "VIEW") else None
    return "a set operation" if isinstance(above, exp.SetOperation) else None


def _stored(target: Node | None) -> str | None:
    table = target.this if isinstance(target, exp.Schema) else target
    name = table.name if isinstance(table, exp.Table) else ""
    return name if name and not _SAMPLE.search(name) else None


def _judge(finding: Finding, place: Place) -> Finding | None:
    return None if place.is_seed else finding


RULE = Rule(
    code="COR006",
    name="limit-without-order",
    severity="warning",
    sets=frozenset({"all"}),
    fix="none",
    queries=True,
    nodes={exp.Limit: _limit, exp.Fetch: _limit},
    judge=_judge,
)
