"""Find DISTINCT that only takes back the rows which a join repeated.

Why: the join makes one row for each match, then all of them are sorted or hashed to leave one each. EXISTS stops at the
first match and repeats nothing.
Bad: SELECT DISTINCT c.id FROM customer c JOIN orders o ON o.customer_id = c.id
Good: SELECT c.id FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
Limits: only where every selected column comes from one table, and its key is among them (its primary key where it is
defined, else a column id, or all by *), so that its rows would not repeat by themselves. Silent with aggregates and
GROUP BY, and for joins by the joined table's id alone, which repeat nothing.
Source: PostgreSQL manual, 9.24, "Subquery Expressions"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import Rule
from perftool.lint.comparisons import table_of
from perftool.lint.queries import Source, conjuncts, identifier, sources
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement


def _distinct(node: Node, at: Statement) -> Iterator[Finding]:
    query = node.parent
    if (
        not isinstance(query, exp.Select)
        or not query.args.get("joins")
        or node.args.get("on")
        or query.args.get("group")
    ):
        return
    names: list[str] = []
    qualifiers: set[str] = set()
    for one in query.expressions:
        column = one.this if isinstance(one, exp.Alias) else one
        if not isinstance(column, exp.Column):
            return
        names.append("*" if isinstance(column.this, exp.Star) else identifier(column.this))
        qualifiers.add(identifier(column.args.get("table")))
    if len(qualifiers) != 1 or "" in qualifiers:
        return
    found = sources(query)
    source = next((one for one in found if one.name in qualifiers), None)
    others = [one for one in found if one is not source and one.join is not None and _repeats(one)]
    if source is None or source.table is None or source.optional or not others:
        return
    name = others[0].table or others[0].name or "the joined query"
    word = at.word_before(_first(query), "distinct")
    yield at.found(
        node,
        f"repeats rows of {source.table} for each match in {name}, and takes the repeated ones out again",
        help=f"read {source.table} alone, and test for a match in {name} with EXISTS",
        facts={"table": (source.table.name, source.table.schema), "names": tuple(names)},
        span=(word.start, word.end) if word is not None else None,
    )


def _first(query: Node) -> int:
    """Return the offset of the first thing in the list of a SELECT."""
    return min((below.meta["start"] for below in query.expressions[0].walk() if "start" in below.meta), default=0)


def _repeats(source: Source) -> bool:
    """Say whether a joined source may match several times: not when it is joined by its id."""
    if source.kind not in ("table", "cte", "derived") or source.join is None:
        return False
    kind, on = source.join.args.get("kind"), source.join.args.get("on")
    if on is None or kind in ("SEMI", "ANTI", "CROSS"):
        return False
    for test in conjuncts(on):
        if isinstance(test, exp.EQ):
            for side in (test.this, test.expression):
                of_source = isinstance(side, exp.Column) and identifier(side.args.get("table")) == source.name
                if of_source and identifier(side.this) == "id":
                    return False
    return True


def _judge(finding: Finding, place: Place) -> Finding | None:
    names = finding.facts["names"]
    assert isinstance(names, tuple)
    if place.is_seed:
        return None
    table = place.project.table(table_of(finding))
    key = table.primary_key if table is not None and table.primary_key else ("id",)
    return finding if "*" in names or set(key) <= set(names) else None


RULE = Rule(
    code="PERF022",
    name="distinct-over-join",
    severity="info",
    sets=frozenset({"all"}),
    fix="hint",
    queries=True,
    nodes={exp.Distinct: _distinct},
    judge=_judge,
)
