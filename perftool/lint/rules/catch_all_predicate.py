"""Find filters that a parameter switches off, so that one plan must serve every combination.

Why: a plan that is kept must be right with and without the filter, so it reads the whole table either way.
Bad: SELECT id FROM t WHERE (a = $1 OR $1 IS NULL)
Good: SELECT id FROM t WHERE a = $1
Limits: silent with OPTION (RECOMPILE), which plans each run anew, where a key finds the rows, and in seeds. Several in
one statement are one finding. PostgreSQL plans the first five runs anew, and goes on so while the kept plan looks
dearer.
Source: Winand, SQL Performance Explained, chapter 2, "Smart Logic"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.comparisons import (
    filtered_by,
    fixed_columns,
    is_catalog,
    is_first,
    is_key_like,
    searches_anywhere,
)
from perftool.lint.queries import disjuncts, identifier, source_of, unwrapped
from perftool.lint.written import written
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_SERVED: Final = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In)


def _or(node: Node, at: Statement) -> Iterator[Finding]:
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if isinstance(above, exp.Or):
        return
    branches = disjuncts(node)
    for branch in branches:
        parameter = _switch(branch)
        if parameter is None:
            continue
        for test in branches:
            column = _tested_by(test, parameter)
            if column is not None:
                yield from _finding(node, column, at)
                return


def _default(node: Node, at: Statement) -> Iterator[Finding]:
    """Look at ``a = coalesce($1, a)``, which also loses the rows where a is NULL."""
    test = node.parent
    if not isinstance(test, exp.EQ) or _parameter(node.this) is None or len(node.expressions) != 1:
        return
    column = node.expressions[0]
    other = test.expression if node.arg_key == "this" else test.this
    if isinstance(column, exp.Column) and column == unwrapped(other):
        yield from _finding(test, column, at)


def _switch(branch: Node) -> str | None:
    """Return the parameter that a branch tests without a column: ``$1 IS NULL``, ``:x = ''``."""
    if isinstance(branch, exp.Is) and isinstance(branch.expression, exp.Null) and not branch.args.get("negate"):
        return _parameter(branch.this)
    if isinstance(branch, exp.EQ):
        for one, other in ((branch.this, branch.expression), (branch.expression, branch.this)):
            if isinstance(unwrapped(other), (exp.Literal, exp.Neg)):
                return _parameter(one)
    return None


def _parameter(node: Node) -> str | None:
    node = unwrapped(node)
    while isinstance(node, exp.Cast):
        node = unwrapped(node.this)
    return f"{node.__class__.__name__} {node.name}" if isinstance(node, (exp.Parameter, exp.Placeholder)) else None


def _tested_by(test: Node, parameter: str) -> Node | None:
    """Return the column that ``test`` compares with ``parameter``, as an index on it could serve."""
    if not isinstance(test, _SERVED) or searches_anywhere(test):
        return None
    sides = [unwrapped(side) for side in (test.this, test.args.get("expression")) if side is not None]
    column = next((side for side in sides if isinstance(side, exp.Column)), None)
    if column is None or (isinstance(test, exp.In) and column is not sides[0]):
        return None
    used = any(_parameter(below) == parameter for below in test.find_all(exp.Parameter, exp.Placeholder))
    return column if used else None


def _finding(node: Node, column: Node, at: Statement) -> Iterator[Finding]:
    query = filtered_by(node)
    source = source_of(column, query) if query is not None else None
    if query is None or source is None or source.table is None or source.optional or is_catalog(source.table):
        return
    if at.word_after(0, "recompile") is not None:
        return
    if any(is_key_like(identifier(one.this)) for one in fixed_columns(query) if one is not column):
        return
    how = written(at, node)
    advice = f"leave the test of {column.name} out of the text where the parameter is not given"
    if at.dialect == "tsql":
        advice += ", or add OPTION (RECOMPILE)"
    yield at.found(
        node,
        f"needs one plan that is right with and without the filter on {column.name}: it reads all of {source.table}",
        help=advice,
        span=(how.start, how.end),
    )


def _judge(finding: Finding, place: Place) -> Finding | None:
    return None if place.is_seed or not is_first(place, "") else finding


RULE = Rule(
    code="PERF017",
    name="catch-all-predicate",
    severity="warning",
    sets=frozenset({"oltp"}),
    dialects=ROW_STORES,
    fix="hint",
    queries=True,
    nodes={exp.Or: _or, exp.Coalesce: _default},
    judge=_judge,
)
