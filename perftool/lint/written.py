"""How a test stands in the text: where it begins and ends, its sides, its operator.

sqlglot places names, literals and most functions only, so ``CAST(``, ``::date``, ``?`` and INTERVAL units at the edge
of a test are found by their tokens: a test reaches from one keyword or open bracket around it to the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from perftool.lint.statement import Statement
    from perftool.sql.tokens import Lexeme

_EDGES: Final = frozenset(
    {"and", "or", "not", "where", "on", "having", "qualify", "when", "then", "else", "end", "case", "select", "from",
     "join", "left", "right", "inner", "outer", "full", "cross", "natural", "straight_join", "group", "order", "limit",
     "offset", "fetch", "union", "intersect", "except", "minus", "for", "window", "returning", "option", "connect",
     "start", "update", "insert", "delete", "set", "begin", "go", "declare", "exec", "as", ",", ";"}
)  # fmt: skip
_OPERATORS: Final = frozenset({"=", "==", "<", ">", "<=", ">=", "<=>", "in", "between", "like", "ilike", "~~", "~~*"})
_STEPS: Final = {"(": 1, "[": 1, ")": -1, "]": -1}
_LONGEST: Final = 60

_QUALIFIER: Final = re.compile(r"[\w\"`\]$#]+\.(?=[\w\"`\[])")
_TO_TEXT: Final = re.compile(r"::(?:text|bpchar|varchar|charactervarying)")
_LOOSE: Final = re.compile(r"[()\"`\[\]]+")


class Written(NamedTuple):
    """A test in the text: half-open offsets, and its sides as they are written; "" where its operator is not clear."""

    start: int
    end: int
    left: str = ""
    operator: str = ""
    right: str = ""


def written(at: Statement, test: Node) -> Written:
    """Return how ``test``, a comparison or an OR of some, stands in the text of its statement."""
    tokens = at.tokens
    if not tokens:
        return Written(0, len(at.text))
    start, end = at.span(test)
    last = min(at.token_at(end - 1), len(tokens) - 1)
    first, last = _balanced(tokens, at.token_at(start), last)
    edges = _EDGES - {"or"} if isinstance(test, exp.Or) else _EDGES
    first = _back(tokens, first, edges)
    last = _on(tokens, first, last, edges, between=isinstance(test, exp.Between))
    start, end = tokens[first].start, tokens[last].end
    found = _operators(tokens, first, last)
    if len(found) != 1 or not first < found[0] < last:
        return Written(start, end)
    middle = found[0]
    left, right = at.text[start : tokens[middle - 1].end], at.text[tokens[middle + 1].start : end]
    return Written(start, end, left, tokens[middle].text.lower(), right)


def noted(*nodes: Node) -> tuple[int, int] | None:
    """Return where columns, stars and literals stand, from what the parser noted alone; None if one has no place.

    cost: next to nothing, where ``written`` and ``Statement.span`` need the tokens of the whole text.
    """
    starts: list[int] = []
    ends: list[int] = []
    for node in nodes:
        for part in node.parts if isinstance(node, exp.Column) else (node,):
            start, end = part.meta_get("start"), part.meta_get("end")
            if start is None or end is None:
                return None
            starts.append(start)
            ends.append(end)
    return min(starts), max(ends) + 1


def short(text: str) -> str:
    """Return ``text`` on one line, with its middle left out where it is long: for messages."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 20]}…{line[-19:]}"


def canonical(expression: str) -> str:
    """Return an expression so that the same one has the same text in a query and in an index."""
    bare = _QUALIFIER.sub("", re.sub(r"\s+", "", expression.lower()))
    return _LOOSE.sub("", _TO_TEXT.sub("", bare))


def _balanced(tokens: Sequence[Lexeme], first: int, last: int) -> tuple[int, int]:
    """Widen a range of tokens until every bracket in it has its partner."""
    depth = lowest = 0
    for index in range(first, last + 1):
        depth += _step(tokens[index])
        lowest = min(lowest, depth)
    missing = -lowest
    depth += missing
    while missing > 0 and first > 0:
        first -= 1
        missing -= _step(tokens[first])
    while depth > 0 and last + 1 < len(tokens):
        last += 1
        depth += _step(tokens[last])
    return first, last


def _back(tokens: Sequence[Lexeme], first: int, edges: Set[str]) -> int:
    """Return the first token of the test that the one at ``first`` belongs to."""
    depth = 0
    while first > 0:
        before = tokens[first - 1]
        depth -= _step(before)
        if depth < 0 or (depth == 0 and _is_one_of(before, edges)):
            return first
        first -= 1
    return first


def _on(tokens: Sequence[Lexeme], first: int, last: int, edges: Set[str], *, between: bool) -> int:
    """Return the last token of the test that those from ``first`` to ``last`` belong to."""
    words = [token.text.lower() for token in tokens[first : last + 1]]
    # The AND of BETWEEN is no edge.
    passed = not between or ("between" in words and "and" in words[words.index("between") :])
    depth = 0
    while last + 1 < len(tokens):
        following = tokens[last + 1]
        depth += _step(following)
        if depth < 0:
            return last
        if depth == 0 and _is_one_of(following, edges):
            if passed or following.text.lower() != "and":
                return last
            passed = True
        last += 1
    return last


def _operators(tokens: Sequence[Lexeme], first: int, last: int) -> list[int]:
    found: list[int] = []
    depth = 0
    for index in range(first, last + 1):
        token = tokens[index]
        depth += _step(token)
        if depth == 0 and _is_one_of(token, _OPERATORS):
            found.append(index)
    return found


def _step(token: Lexeme) -> int:
    return _STEPS.get(token.text, 0)


def _is_one_of(token: Lexeme, words: Set[str]) -> bool:
    return token.kind in ("word", "operator") and token.text.lower() in words
