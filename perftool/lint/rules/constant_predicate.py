"""Find conditions whose outcome is known before any row is read.

Why: a column compared with itself, two constants that differ, or two equalities that exclude each other: the condition
filters nothing or everything, and was most likely meant to say something else.
Bad: SELECT id FROM t WHERE a = a AND 'state' = 'open'
Good: SELECT id FROM t WHERE a IS NOT NULL
Limits: WHERE 1 = 1 and TRUE as query builders write them are fine, and so is a condition that is false as a whole
(WHERE 1 = 0 makes an empty copy), and two numbers joined to others by AND: 1 = 2 is a switch, nobody writes it by
mistake. Strings that look like placeholders are left alone. a <> a outside of WHERE, ON and
HAVING may be a test for NaN. Silent in tests, which try out such conditions.
Source: CWE-570 and CWE-571, expression is always false, always true
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.lint.place import outside_tests
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.statement import Statement

_FILLED_IN: Final = re.compile(r"[${}%@#<>&:?]|^__|^[A-Z][A-Z0-9]*_[A-Z0-9_]+$")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_ORDERED: Final = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_CLAUSES: Final = (exp.Where, exp.Having, exp.Qualify, exp.Join)


def _comparison(node: Node, at: Statement) -> Iterable[Finding]:
    args = node.args
    left, right = args["this"], args["expression"]
    kind = left.__class__
    if kind is not right.__class__:
        return ()
    if kind is exp.Column:
        if left.name == right.name and left == right and _condition_of(node) is not None:
            return (_with_itself(node, at),)
    elif kind is exp.Literal:
        outcome = _outcome(node, left, right)
        clause = _condition_of(node) if outcome is not None else None
        if clause is not None and not _is_meant(node, clause, outcome=bool(outcome)):
            message = f"is always {'true' if outcome else 'false'}: two constants are compared"
            return (at.found(node, message, help="remove it, or compare the column that was meant"),)
    return ()


def _with_itself(node: Node, at: Statement) -> Finding:
    text = at.source(node.this)
    if isinstance(node, (exp.EQ, exp.GTE, exp.LTE)):
        message = f"is true whatever {text} is, unless it is NULL: a column is compared with itself"
        return at.found(node, message, help=f"{text} IS NOT NULL, or the other column that was meant")
    message = f"is never true, whatever {text} is: a column is compared with itself"
    return at.found(node, message, help="compare it with the other column that was meant")


def _condition_of(node: Node) -> Node | None:
    """Return the WHERE, ON, HAVING or QUALIFY that ``node`` is a test of, through AND, OR, NOT and brackets."""
    above = node.parent
    while isinstance(above, (exp.And, exp.Or, exp.Not, exp.Paren)):
        above = above.parent
    return above if isinstance(above, _CLAUSES) else None


def _outcome(node: Node, left: Node, right: Node) -> bool | None:
    """Return what a comparison of two literals gives; None where engines differ or it cannot be told."""
    if left.args.get("is_string") != right.args.get("is_string"):
        return None
    one, other = str(left.this), str(right.this)
    if left.args.get("is_string"):
        if _FILLED_IN.search(one) or _FILLED_IN.search(other) or isinstance(node, _ORDERED):
            return None
        if one != other and one.strip().casefold() == other.strip().casefold():
            return None
        return (one == other) == isinstance(node, exp.EQ)
    try:
        first, second = Decimal(one), Decimal(other)
    except InvalidOperation:
        return None
    outcomes: dict[type[Node], bool] = {
        exp.EQ: first == second,
        exp.NEQ: first != second,
        exp.GT: first > second,
        exp.GTE: first >= second,
        exp.LT: first < second,
        exp.LTE: first <= second,
    }
    return outcomes.get(node.__class__)


def _is_meant(node: Node, clause: Node, *, outcome: bool) -> bool:
    """Say whether builders write it, or it empties the query as a whole."""
    if isinstance(clause, exp.Join) or queries.unwrapped(clause.this) is node:
        return True
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    # AND 1 = 1 and OR 1 = 0 change nothing: something to append to. AND 1 = 0 turns the query off.
    if isinstance(above, exp.And):
        return outcome or not node.this.args.get("is_string")
    return not outcome


def _between(node: Node, at: Statement) -> Iterator[Finding]:
    low, high = node.args.get("low"), node.args.get("high")
    if not isinstance(low, exp.Literal) or not isinstance(high, exp.Literal) or node.args.get("symmetric"):
        return
    if low.args.get("is_string") != high.args.get("is_string"):
        return
    if low.args.get("is_string"):
        reversed_ = bool(_DATE.match(low.this) and _DATE.match(high.this)) and low.this[:10] > high.this[:10]
    else:
        try:
            reversed_ = Decimal(low.this) > Decimal(high.this)
        except InvalidOperation:
            return
    if reversed_:
        low_text, high_text = at.source(low), at.source(high)
        message = f"is never true: {low_text} comes after {high_text}"
        yield at.found(node, message, help=f"BETWEEN {high_text} AND {low_text}")


def _where(node: Node, at: Statement) -> Iterable[Finding]:
    if node.args["this"].__class__ is not exp.And:
        return ()
    equal: list[Node] = []
    for one in queries.conjuncts(node.this):
        if one.__class__ is exp.EQ:
            args = one.args
            if args["this"].__class__ is exp.Column and args["expression"].__class__ is exp.Literal:
                equal.append(one)
    return _excluding(equal, at) if len(equal) > 1 and len({one.this.name for one in equal}) < len(equal) else ()


def _excluding(equal: list[Node], at: Statement) -> Iterator[Finding]:
    """Yield what is wrong with tests for equality that must all hold."""
    first: dict[Node, Node] = {}
    for condition in equal:
        value = condition.expression
        if value.args.get("is_string") and _FILLED_IN.search(value.this):
            continue
        before = first.setdefault(condition.this, condition)
        if before is not condition and _outcome(exp.EQ(), before.expression, value) is False:
            text = " ".join(at.source(before).split())
            yield at.found(condition, f"excludes {text}, so that no row is left", help=f"OR, or one of the two: {text}")


RULE = Rule(
    code="COR010",
    name="constant-predicate",
    severity="warning",
    sets=frozenset({"all"}),
    fix="none",
    nodes={
        exp.EQ: _comparison,
        exp.NEQ: _comparison,
        exp.GT: _comparison,
        exp.GTE: _comparison,
        exp.LT: _comparison,
        exp.LTE: _comparison,
        exp.Between: _between,
        exp.Where: _where,
    },
    judge=outside_tests,
)
