"""Find OR over several columns as the only filter, which no single index can serve.

Why: an index begins with one column. For an OR over two, the engine must join two searches by bitmaps or read the whole
table, and where the OR spans two tables it can filter only what is joined already.
Bad: SELECT id FROM m WHERE sender_id = 7 OR receiver_id = 7
Good: SELECT id FROM m WHERE sender_id = 7 UNION SELECT id FROM m WHERE receiver_id = 7
Limits: info, as many engines can merge two indexes; a warning where the OR spans two tables. Silent where another test
narrows the rows, where one branch is more than a column equal to something (which nothing would help), for tests of one
column (that is IN), for flags, where every column leads an index of its own, and in migrations and seeds.
Source: PostgreSQL manual, 11.5, "Combining Multiple Indexes"; MySQL manual, 10.2.1.3, "Index Merge Optimization"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.comparisons import first_part, fixed_columns, is_catalog, runs_once, searches_anywhere, table_of
from perftool.lint.indexes import leading_columns
from perftool.lint.queries import (
    PATTERNS,
    conjuncts,
    disjuncts,
    identifier,
    is_constant,
    source_of,
    unwrapped,
)
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_EQUALITIES: Final = (exp.EQ, exp.NullSafeEQ, *PATTERNS)
_ORDERS: Final = (exp.GT, exp.GTE, exp.LT, exp.LTE)


def _or(node: Node, at: Statement) -> Iterator[Finding]:
    above = node.parent
    while isinstance(above, (exp.Paren, exp.And)):
        above = above.parent
    if not isinstance(above, exp.Where) or not isinstance(above.parent, (exp.Select, exp.Update, exp.Delete)):
        return
    columns: dict[str, Node] = {}
    for branch in disjuncts(node):
        column = _tested(branch)
        if column is None:
            return
        columns.setdefault(f"{identifier(column.args.get('table'))}.{identifier(column.this)}", column)
    if len(columns) < 2 or any(_narrows(test, node) for test in conjuncts(above.this)):
        return
    query = above.parent
    if next(fixed_columns(query), None) is not None:
        return
    tables = []
    for column in columns.values():
        source = source_of(column, query)
        if source is None or source.table is None or source.optional or is_catalog(source.table):
            return
        tables.append(source.table)
    names = tuple(identifier(column.this) for column in columns.values())
    facts = {"table": (tables[0].name, tables[0].schema), "columns": names}
    others = [table for table in tables if table != tables[0]]
    if others:
        yield at.found(
            node,
            f"can only be tested on joined rows of {tables[0]} and {others[0]}: it narrows neither of them first",
            help="one query for each branch, joined by UNION",
            severity="warning",
            facts=facts | {"columns": ()},
        )
        return
    yield at.found(
        node,
        f"no single index of {tables[0]} serves tests of {' or '.join(names)}",
        help="one query for each branch, joined by UNION, if the engine does not merge their indexes",
        facts=facts,
    )


def _tested(branch: Node, equalities: tuple[type[Node], ...] = _EQUALITIES) -> Node | None:
    """Return the column that a branch compares with constants, as an index on it could serve."""
    if isinstance(branch, (exp.In, exp.Between)):
        left = unwrapped(branch.this)
        if branch.args.get("query") or branch.args.get("unnest") or branch.args.get("field"):
            return None
        others: list[Node] = [one for one in branch.args.values() if isinstance(one, Node) and one is not branch.this]
        others += branch.args.get("expressions") or ()
    elif isinstance(branch, equalities):
        left, right = unwrapped(branch.this), unwrapped(branch.expression)
        if isinstance(right, exp.Column) and not isinstance(branch, PATTERNS):
            left, right = right, left
        others = [right]
    else:
        return None
    if not isinstance(left, exp.Column) or (isinstance(branch, PATTERNS) and not _is_anchored(branch)):
        return None
    return left if all(is_constant(one) and not isinstance(one, exp.Boolean) for one in others) else None


def _is_anchored(pattern: Node) -> bool:
    """Say whether a pattern surely begins with a letter; what a parameter holds is not known."""
    return isinstance(first_part(pattern.expression), exp.Literal) and not searches_anywhere(pattern)


def _narrows(test: Node, branches: Node) -> bool:
    """Say whether ``test``, another one than the OR, leaves few enough rows that the OR does not matter."""
    return test is not branches and _tested(test, (*_EQUALITIES, *_ORDERS)) is not None


def _judge(finding: Finding, place: Place) -> Finding | None:
    name = table_of(finding)
    if place.is_seed or place.is_temporary(name) or runs_once(place):
        return None
    table, columns = place.project.table(name), finding.facts["columns"]
    assert isinstance(columns, tuple)
    if table is not None and columns and set(columns) <= set(leading_columns(table)):
        return None
    return finding


RULE = Rule(
    code="PERF015",
    name="or-over-columns",
    severity="info",
    sets=frozenset({"oltp"}),
    dialects=ROW_STORES,
    fix="hint",
    queries=True,
    nodes={exp.Or: _or},
    judge=_judge,
)
