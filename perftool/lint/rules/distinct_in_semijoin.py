"""Find DISTINCT in subqueries that are only asked whether a value or a row is among theirs.

Why: IN, EXISTS, ANY and ALL give the same answer however often a row comes, so that removing duplicates is lost work.
Bad: SELECT id FROM a WHERE x IN (SELECT DISTINCT x FROM b)
Good: SELECT id FROM a WHERE x IN (SELECT x FROM b)
Limits: silent for DISTINCT ON, for subqueries with LIMIT, OFFSET or FETCH, where duplicates decide what is left, and
for ClickHouse's GLOBAL IN, which sends the rows over the network.
Source: ISO/IEC 9075-2, 8.4 <in predicate> and 8.10 <exists predicate>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Rule
from perftool.lint.clauses import cut, has_any, keyword_before
from perftool.lint.place import outside_tests
from perftool.lint.sources import reads_stored
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.statement import Statement

_CHOOSING: Final = frozenset({"limit", "offset", "locks", "for_", "sample"})
_PREDICATES: Final[dict[type[Node], str]] = {exp.In: "IN", exp.Exists: "EXISTS", exp.Any: "ANY", exp.All: "ALL"}


def _distinct(node: Node, at: Statement) -> Iterable[Finding]:
    select = node.parent
    if node.arg_key != "distinct" or node.args.get("on") is not None or not isinstance(select, exp.Select):
        return ()
    inner: Node = select
    outer = select.parent
    while isinstance(outer, exp.Subquery) and not has_any(outer, _CHOOSING):
        inner, outer = outer, outer.parent
    word = _PREDICATES.get(outer.__class__) if outer is not None else None
    if word is None or has_any(select, _CHOOSING) or not select.expressions:
        return ()
    if isinstance(outer, exp.In) and (inner.arg_key != "query" or outer.args.get("is_global")):
        return ()
    if not reads_stored(select):
        # Rows that are written out: there is nothing to spare.
        return ()
    message = f"removes duplicates for nothing: {word} gives the same answer with them"
    index = keyword_before(at, select.expressions[0], "select", "distinct")
    if index is None:
        return (at.found(select, message, help="leave DISTINCT out"),)
    start, end = at.tokens[index + 1].start, at.tokens[index + 1].end
    return (at.found(node, message, help="leave DISTINCT out", edits=cut(at, start, end), span=(start, end)),)


RULE = Rule(
    code="PERF033",
    name="distinct-in-semijoin",
    severity="info",
    sets=frozenset({"all"}),
    fix="safe",
    queries=True,
    nodes={exp.Distinct: _distinct},
    judge=outside_tests,
)
