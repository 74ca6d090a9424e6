"""Find groups by columns of the optional side of an outer join.

Why: every row without a match has NULL there, so all of these fall into one group whose sum belongs to nobody.
Bad: SELECT o.c_id, sum(p.amount) AS s FROM payments p LEFT JOIN orders o ON o.id = p.o_id GROUP BY o.c_id
Good: SELECT p.o_id, sum(p.amount) AS s FROM payments p LEFT JOIN orders o ON o.id = p.o_id GROUP BY p.o_id
Limits: info, since a group of the rest may be wanted. Silent where another key comes from the side that is kept, where
the key is an expression such as COALESCE, here or in the select list, where WHERE or HAVING drops the NULLs, or a
template may, for calendars (by their name), which have every day, so that only rows without a day are in that group,
and in tests.
Source: ISO/IEC 9075-2, 7.9 <group by clause>, null values form one group
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.lint.place import outside_tests
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.queries import Source
    from perftool.lint.statement import Statement

_CALENDAR: Final = re.compile(r"(?:^|_)(?:calendar|dates?|days?|weeks?|months?|years?|hours?)(?:_|$)", re.IGNORECASE)


def _group(node: Node, at: Statement) -> Iterator[Finding]:
    query = node.parent
    if not isinstance(query, exp.Select):
        return
    joins = query.args.get("joins")
    if not joins or not any(join.args.get("side") for join in joins) or not node.expressions:
        return
    if any(node.args.get(one) for one in ("grouping_sets", "cube", "rollup", "all")):
        return
    keys = [_key(one, query) for one in node.expressions]
    found: list[tuple[Node, Source]] = []
    for key in keys:
        source = queries.source_of(key, query) if isinstance(key, exp.Column) else None
        if source is None or not source.optional or source.kind == "function":
            return
        found.append((key, source))
    kept = [source for source in queries.sources(query) if not source.optional]
    key, source = found[0]
    if not kept or any(_is_calendar(owner) or _is_handled(one, owner, query) for one, owner in found):
        return
    if at.replaced and _is_made_up_between(joins[-1], node, at):
        return
    text = at.source(key)
    yield at.found(
        node.expressions[0],
        f"puts all rows of {kept[0].name} without a match in {source.name} into one group, with {text} NULL",
        help=f"group by a column of {kept[0].name}, or name the group: coalesce({text}, …)",
        severity="info",
    )


def _is_calendar(source: Source) -> bool:
    """Say whether a source is a table of days by its name, or a common table over one and nothing else."""
    if source.kind == "cte":
        common = queries.common_table(source.node)
        inner = queries.sources(common.this) if common is not None and isinstance(common.this, exp.Select) else ()
        return len(inner) == 1 and inner[0].table is not None and bool(_CALENDAR.search(inner[0].table.name))
    return source.table is not None and bool(_CALENDAR.search(source.table.name))


def _is_made_up_between(join: Node, group: Node, at: Statement) -> bool:
    """Say whether a template stands where WHERE is, which may drop the NULLs."""
    return at.is_made_up(at.span(join)[1], at.span(group)[0])


def _key(node: Node, query: Node) -> Node:
    """Return what a key stands for: GROUP BY 1 is the first column of the select list."""
    if isinstance(node, exp.Literal) and node.is_int and 0 < int(node.this) <= len(query.expressions):
        chosen = query.expressions[int(node.this) - 1]
        return chosen.unalias() if isinstance(chosen, Node) else node
    return node


def _is_handled(key: Node, source: Source, query: Node) -> bool:
    """Say whether the query shows that its writer thought of NULL in that key, or drops such rows."""
    having = query.args.get("having")
    conditions = [*queries.conditions(query), *(queries.conjuncts(having.this) if having is not None else ())]
    for condition in conditions:
        for column in condition.find_all(exp.Column):
            if queries.source_of(column, query) is source:
                return True
    for one in query.expressions:
        for column in one.find_all(exp.Column):
            if column.name == key.name and isinstance(column.parent, (exp.Coalesce, exp.Is, exp.If, exp.Case)):
                return True
    return False


RULE = Rule(
    code="COR016",
    name="nullable-group-key",
    severity="info",
    sets=frozenset({"all"}),
    queries=True,
    nodes={exp.Group: _group},
    judge=outside_tests,
)
