"""Find pages that are reached by counting rows from the start.

Why: OFFSET n reads n rows and throws them away, on every page again, so that later pages take longer and longer.
Bad: SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 100000
Good: SELECT id FROM t WHERE id > 100019 ORDER BY id LIMIT 20
Limits: a literal counts from over 1,000 rows (option deep-offset-rows); a parameter, which may be anything, is
information only. Silent where the offset is computed by a query, as for a median.
Source: Markus Winand, Use The Index, Luke, "Fetching The Next Page"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Option, Rule
from perftool.lint.place import outside_tests
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.statement import Statement
    from perftool.sql.tokens import Lexeme

_ROWS: Final = Option("deep-offset-rows", 1000, "rows that OFFSET may skip")


def _offset(node: Node, at: Statement) -> Iterable[Finding]:
    count, query = node.args.get("expression"), node.parent
    if count is None or not isinstance(query, (exp.Select, exp.SetOperation, exp.Subquery)):
        return ()
    if isinstance(count, exp.Literal):
        rows = int(count.name) if count.name.isdecimal() and len(count.name) < 19 else 0
        if rows <= at.options.get(_ROWS.name, _ROWS.default):
            return ()
        message = f"reads {rows:,} rows and throws them away"
        return (at.found(node, message, help=_next_page(query), span=_place(count, at)),)
    if count.find(exp.Query) is not None or not _is_variable(count):
        return ()
    message = "reads and throws away all rows of the pages before, more with every page"
    return (at.found(node, message, help=_next_page(query), severity="info", span=_place(count, at)),)


def _is_variable(count: Node) -> bool:
    return count.find(exp.Placeholder, exp.Parameter, exp.SessionParameter, exp.Column) is not None


def _place(count: Node, at: Statement) -> tuple[int, int]:
    """Return where OFFSET and its number stand; MySQL's LIMIT 20, 10 has the number alone."""
    words = [index for index, token in enumerate(at.tokens) if token.kind == "word" and token.text.lower() == "offset"]
    start, end = at.span(count)
    if (start, end) == (0, len(at.text)):
        # A lone ? has no place in the tree: take the first OFFSET with a parameter.
        for index in words:
            if index + 1 < len(at.tokens) and _is_parameter(at.tokens[index + 1]):
                return at.tokens[index].start, at.tokens[index + 1].end
        return at.tokens[0].start, at.tokens[-1].end
    before = at.token_at(start) - 1
    # The marks of @name, :name and (a - 1) are no part of the tree either.
    while before > 0 and at.tokens[before].text in ("(", "@", ":", "$"):
        before -= 1
    return (at.tokens[before].start if before in words else start), end


def _is_parameter(token: Lexeme) -> bool:
    return token.kind == "parameter" or token.text[0] == "@"


def _next_page(query: Node) -> str:
    """Return the condition that starts where the last page ended."""
    order = query.args.get("order")
    keys = order.expressions if order is not None else []
    if len(keys) == 1 and isinstance(keys[0].this, exp.Column):
        name = keys[0].this.name
        return f"WHERE {name} {'<' if keys[0].args.get('desc') else '>'} the last {name} of the page before"
    return "start behind the last row of the page before: WHERE (its ORDER BY columns) > (their last values)"


RULE = Rule(
    code="PERF040",
    name="deep-offset",
    severity="warning",
    sets=frozenset({"all"}),
    queries=True,
    nodes={exp.Offset: _offset},
    judge=outside_tests,
    options=(_ROWS,),
)
