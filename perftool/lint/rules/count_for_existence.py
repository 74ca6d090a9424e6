"""Find counts that only ask whether there is any row.

Why: count(*) reads every row that fits before it is compared with 0; EXISTS stops at the first.
Bad: SELECT u.id FROM users u WHERE (SELECT count(*) FROM orders o WHERE o.user_id = u.id) > 0
Good: SELECT u.id FROM users u WHERE EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)
Limits: only count(*) and count(1), and only against 0 or 1 where that asks for existence. Silent for subqueries with
GROUP BY, HAVING, DISTINCT or LIMIT, which somebody thought about, in tests, and in warehouses for what is counted once:
they count columns without reading rows. SELECT count(*) > 0 FROM t gets advice without a fix.
Source: PostgreSQL manual, "Subquery Expressions", EXISTS
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import WAREHOUSES, Edit, Rule
from perftool.lint.clauses import cut, has_any
from perftool.lint.place import outside_tests
from perftool.lint.queries import identifier, sources
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.statement import Statement

_ASKS: Final[dict[tuple[type[Node], str], str]] = {
    (exp.GT, "0"): "EXISTS",
    (exp.GTE, "1"): "EXISTS",
    (exp.NEQ, "0"): "EXISTS",
    (exp.EQ, "0"): "NOT EXISTS",
    (exp.LT, "1"): "NOT EXISTS",
    (exp.LTE, "0"): "NOT EXISTS",
}
_MIRRORED: Final[dict[type[Node], type[Node]]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}
_OPERATORS: Final = frozenset({">", ">=", "<", "<=", "=", "==", "<>", "!="})
_SETTLING: Final = frozenset(
    {"group", "having", "limit", "offset", "distinct", "qualify", "connect", "with_", "pivots", "into", "locks", "for_"}
)
_TAKES_A_TEST: Final = (exp.Where, exp.And, exp.Or, exp.Paren, exp.Having, exp.If, exp.Join, exp.Alias, exp.Select)
_LONGEST_HELP: Final = 120
_ANY_ROW: Final = "(SELECT 1 FROM …)"


def _comparison(node: Node, at: Statement) -> Iterable[Finding]:
    args = node.args
    left, right = args["this"], args["expression"]
    if right.__class__ is exp.Literal:
        counted, number, operator = left, right, node.__class__
    elif left.__class__ is exp.Literal:
        counted, number, operator = right, left, _MIRRORED[node.__class__]
    else:
        return ()
    if counted.__class__ is exp.Subquery:
        test = _ASKS.get((operator, number.name))
        if test and not number.is_string and _counts_rows(counted.this) and _is_dear(counted.this, at):
            return _in_subquery(node, counted, number, test, at)
    elif counted.__class__ is exp.Count:
        test = _ASKS.get((operator, number.name))
        if test and not number.is_string and _is_whole_answer(node, counted) and at.dialect not in WAREHOUSES:
            return (
                at.found(
                    node,
                    "counts every row to learn whether there is one",
                    help=f"SELECT {test} {_ANY_ROW}",
                ),
            )
    return ()


def _counts_rows(select: Node) -> bool:
    """Say whether a query gives nothing but the number of rows that it reads."""
    if select.__class__ is not exp.Select or len(select.expressions) != 1 or not _is_row_count(select.expressions[0]):
        return False
    start = select.args.get("from_")
    if start is None or has_any(select, _SETTLING):
        return False
    # FROM (SELECT … LIMIT 1): the count stops early already.
    return not (isinstance(start.this, exp.Subquery) and has_any(start.this.this, ("limit",)))


def _is_dear(select: Node, at: Statement) -> bool:
    """Say whether counting costs more than a look: always in a row store, else for each row of an outer query."""
    if at.dialect not in WAREHOUSES:
        return True
    own = {one.name for one in sources(select)}
    qualifiers = (column.args.get("table") for column in select.find_all(exp.Column))
    return any(one is not None and identifier(one) not in own for one in qualifiers)


def _is_row_count(node: Node) -> bool:
    counted = node.this if isinstance(node, exp.Alias) else node
    if counted.__class__ is not exp.Count or counted.args.get("expressions"):
        return False
    what = counted.this
    return isinstance(what, exp.Star) or (isinstance(what, exp.Literal) and not what.is_string)


def _is_whole_answer(node: Node, counted: Node) -> bool:
    """Say whether a comparison of count(*) is all that its query answers."""
    holder = node.parent if isinstance(node.parent, exp.Alias) else node
    select = holder.parent
    return (
        isinstance(select, exp.Select)
        and len(select.expressions) == 1
        and holder is select.expressions[0]
        and _is_row_count(counted)
        and select.args.get("from_") is not None
        and not has_any(select, _SETTLING)
    )


def _in_subquery(node: Node, counted: Node, number: Node, test: str, at: Statement) -> Iterable[Finding]:
    start, end = at.span(counted)
    tokens = at.tokens
    first, last = at.token_at(start), at.token_at(end - 1)
    opening = [token.text.lower() for token in tokens[first : first + 6]]
    message = f"counts every row to learn whether there is {'one' if test == 'EXISTS' else 'none'}"
    plain = opening[:4] == ["(", "select", "count", "("] and opening[5:] == [")"] and tokens[last].text == ")"
    mirrored = number is node.this
    near = (first - 2, first - 1) if mirrored else (last + 2, last + 1)
    if not plain or near[0] < 0 or max(near) >= len(tokens):
        return (at.found(node, message, help=f"{test} {_ANY_ROW}"),)
    digit, operator = tokens[near[0]], tokens[near[1]]
    if digit.text != number.name or operator.text not in _OPERATORS:
        return (at.found(node, message, help=f"{test} {_ANY_ROW}"),)
    word = test if tokens[first + 1].text.isupper() else test.lower()
    inner = f"{word} {at.text[start : tokens[first + 2].start]}1{at.text[tokens[first + 5].end : end]}"
    helped = inner if len(inner) <= _LONGEST_HELP and "\n" not in inner else f"{test} {_ANY_ROW}"
    edits: tuple[Edit, ...] = ()
    if isinstance(node.parent, _TAKES_A_TEST) or (test == "EXISTS" and isinstance(node.parent, exp.Not)):
        count = Edit(tokens[first + 2].start, tokens[first + 5].end, "1")
        gone = cut(at, operator.start, digit.end)
        if not mirrored and gone:
            edits = (Edit(start, start, f"{word} "), count, *gone)
        elif mirrored and "".join(at.text[digit.start : start].split()) == digit.text + operator.text:
            edits = (Edit(digit.start, start, f"{word} "), count)
    span = (min(start, digit.start), max(end, digit.end))
    return (at.found(node, message, help=helped, edits=edits, span=span),)


RULE = Rule(
    code="PERF031",
    name="count-for-existence",
    severity="warning",
    sets=frozenset({"all"}),
    fix="safe",
    queries=True,
    nodes=dict.fromkeys(_MIRRORED, _comparison),
    judge=outside_tests,
)
