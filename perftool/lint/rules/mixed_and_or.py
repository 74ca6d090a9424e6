"""Find OR mixed with AND without brackets, where one side of OR is a single test.

Why: AND binds tighter than OR, so `a OR b AND c` keeps every row with a, whatever c says: filters for a customer, a
period or deleted rows are passed by this way.
Bad: SELECT id FROM t WHERE a = 1 OR b = 2 AND c = 3
Good: SELECT id FROM t WHERE a = 1 OR (b = 2 AND c = 3)
Limits: only what WHERE, ON, HAVING and QUALIFY ask for as a whole: in brackets, in a CASE or a select list it filters
nothing by itself, and whoever has set brackets around it has thought of them. Silent where each side of OR is a list of
AND (alternatives that are written out), and where the tests joined by AND are the bounds of one column, all ask for
NULL, or settle a tie (`a < 1 OR a = 1 AND b < 2`). Brackets around either part say what is meant. Silent in tests.
Source: Celko, "SQL Programming Style"; GCC, -Wparentheses
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

_CLAUSES: Final = (exp.Where, exp.Having, exp.Qualify, exp.Join)
_LONGEST: Final = 200


def _or(node: Node, at: Statement) -> Iterator[Finding]:
    if not isinstance(node.parent, _CLAUSES):
        return
    arms = _arms(node)
    mixed = [arm for arm in arms if isinstance(arm, exp.And)]
    if not mixed or len(mixed) == len(arms):
        return
    mixed = [arm for arm in mixed if not _is_range(arm) and not _is_both_null(arm) and not _is_tie(arm, arms)]
    if not mixed:
        return
    text = at.source(node)
    if len(text) <= _LONGEST and "\n" not in text:
        base = at.span(node)[0]
        for start, end in sorted((at.span(arm) for arm in mixed), reverse=True):
            text = f"{text[: start - base]}({text[start - base : end - base]}){text[end - base :]}"
        help_ = f"{text}, or brackets around OR if that is meant"
    else:
        help_ = "put brackets around the tests that belong together"
    yield at.found(node, "mixes OR with AND: AND binds first, so the other tests are passed by through OR", help=help_)


def _arms(node: Node) -> list[Node]:
    """Return what OR connects without brackets, in the order of the text."""
    arms: list[Node] = []
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, exp.Or):
            stack += [one.expression, one.this]
        else:
            arms.append(one)
    return arms


def _is_both_null(arm: Node) -> bool:
    """Say whether an AND only tests for NULL: `a = b OR a IS NULL AND b IS NULL` is how equality is written."""
    return all(isinstance(test, exp.Is) for test in queries.conjuncts(arm))


def _is_tie(arm: Node, arms: list[Node]) -> bool:
    """Say whether an AND settles a tie: `a < 1 OR a = 1 AND b < 2` compares two columns in turn."""
    compared = [one.this for one in arms if isinstance(one, (exp.LT, exp.LTE, exp.GT, exp.GTE))]
    return any(isinstance(test, exp.EQ) and test.this in compared for test in queries.conjuncts(arm))


def _is_range(arm: Node) -> bool:
    """Say whether all tests of an AND are bounds of one column, which read as one test."""
    seen: set[str] = set()
    for test in queries.conjuncts(arm):
        column = test.this if isinstance(test, (*queries.COMPARISONS, exp.Between, exp.Is)) else None
        if not isinstance(column, exp.Column) or not queries.is_constant(test.args.get("expression") or exp.Null()):
            return False
        seen.add(f"{column.args.get('table') and column.table}.{column.name}".lower())
    return len(seen) == 1


RULE = Rule(
    code="COR011",
    name="mixed-and-or",
    severity="warning",
    sets=frozenset({"all"}),
    nodes={exp.Or: _or},
    judge=outside_tests,
)
