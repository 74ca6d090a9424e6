"""Find filters on a sum or a product of a column, which an index on the column cannot serve.

Why: an index holds the values of the column itself. Compared after arithmetic, every row is read and computed; done to
the constant, the arithmetic happens once.
Bad: SELECT id FROM ev WHERE created_at + INTERVAL '7 days' > now()
Good: SELECT id FROM ev WHERE created_at > now() - INTERVAL '7 days'
Limits: silent for + 0, - 0 and * 1, which people write to keep an index out, where a key or another indexed column
finds the rows, and in migrations and seeds. Overflow, rounding and the ends of months differ, so the rewrite is never
applied.
Source: Winand, SQL Performance Explained, chapter 2, "Math"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.comparisons import Filter, filter_of, worth_saying
from perftool.lint.periods import turned
from perftool.lint.queries import unwrapped
from perftool.lint.written import Written, short, written
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.statement import Statement

_DATE_FUNCTIONS: Final = (
    exp.DateAdd, exp.DateSub, exp.TimestampAdd, exp.TimestampSub, exp.DatetimeAdd, exp.DatetimeSub, exp.TsOrDsAdd,
    exp.AddMonths,
)  # fmt: skip
_OPERATORS: Final = frozenset({"=", "<", "<=", ">", ">="})
_NEUTRAL: Final[dict[type, str]] = {exp.Add: "0", exp.Sub: "0", exp.Mul: "1", exp.Div: "1"}


def _operator(node: Node, at: Statement) -> Iterator[Finding]:
    found = filter_of(node)
    if found is None:
        return
    left, right = unwrapped(node.this), unwrapped(node.expression)
    if left is not found.column and right is not found.column:
        return
    constant = right if left is found.column else left
    if not _is_amount(constant) or _is_neutral(node, constant):
        return
    yield _finding(found, at, constant)


def _function(node: Node, at: Statement) -> Iterator[Finding]:
    found = filter_of(node)
    if found is not None and node.expression is not None and node.expression.find(exp.Column) is None:
        yield _finding(found, at, None)


def _finding(found: Filter, at: Statement, constant: Node | None) -> Finding:
    how = written(at, found.test)
    side = (how.right if found.turned else how.left) or at.source(found.side)
    moved = _moved(found, how, at, side, constant) if constant is not None else ""
    return at.found(
        found.side,
        f"computes {short(side)} for every row of {found.table}: an index on {found.column.name} cannot serve it",
        help=moved or f"compare {at.source(found.column)} itself, and do the arithmetic on the other side",
        facts=found.facts(side),
        span=(how.start, how.end),
    )


def _is_amount(node: Node) -> bool:
    """Say whether something may be added to a number or a time; what is taken from a document is a string."""
    return not (isinstance(node, exp.Literal) and node.args.get("is_string"))


def _is_neutral(node: Node, constant: Node) -> bool:
    return isinstance(constant, exp.Literal) and constant.name == _NEUTRAL[node.__class__]


def _moved(found: Filter, how: Written, at: Statement, side: str, constant: Node) -> str:
    """Return the test with the constant on the other side; "" where rounding might make it another one."""
    operator = turned(how.operator) if found.turned else how.operator
    other, other_node = how.right, found.test.args.get("expression")
    if found.turned:
        other, other_node = how.left, found.test.this
    side = side.removeprefix("(").removesuffix(")") if isinstance(found.side.parent, exp.Paren) else side
    column = at.source(found.column)
    if operator not in _OPERATORS or not isinstance(found.side, (exp.Add, exp.Sub)) or other_node is None:
        return ""
    sign, back = ("+", "-") if isinstance(found.side, exp.Add) else ("-", "+")
    if unwrapped(found.side.this) is found.column:
        amount = _without(side, column, sign)
        return f"{column} {operator} {other} {back} {_whole(amount, constant)}" if amount else ""
    amount = _before(side, column, sign)
    if not amount:
        return ""
    if sign == "+":
        return f"{column} {operator} {other} - {_whole(amount, constant)}"
    return f"{column} {turned(operator)} {_whole(amount, constant)} - {_whole(other, other_node)}"


def _without(side: str, column: str, sign: str) -> str:
    """Return what stands behind ``column`` and the sign in ``side``; "" if it is written in another way."""
    rest = side.removeprefix(column).lstrip()
    return rest[1:].lstrip() if rest != side and rest.startswith(sign) else ""


def _before(side: str, column: str, sign: str) -> str:
    rest = side.removesuffix(column).rstrip()
    return rest[:-1].rstrip() if rest != side and rest.endswith(sign) else ""


def _whole(text: str, node: Node) -> str:
    return f"({text})" if isinstance(node, (exp.Add, exp.Sub)) else text


RULE = Rule(
    code="PERF012",
    name="arithmetic-on-column",
    severity="warning",
    sets=frozenset({"oltp"}),
    dialects=ROW_STORES,
    fix="hint",
    queries=True,
    nodes={
        **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div), _operator),
        **dict.fromkeys(_DATE_FUNCTIONS, _function),
    },
    judge=worth_saying,
)
