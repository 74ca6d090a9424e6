"""Find IN with a long list of literals.

Why: the list is parsed and planned anew each time, some engines test it value by value for each row, and each length is
another text for the cache of plans.
Bad:
  SELECT id FROM t WHERE k IN (
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58,
    59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86,
    87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101)
Good: SELECT id FROM t WHERE k = ANY ($1)
Limits: more than 100 literals (the option max-in-list). Silent in migrations and seeds, which run once, and in views,
functions and procedures, whose text is stored and always the same.
Source: PostgreSQL manual, 9.25, "Row and Array Comparisons"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Option, Rule
from perftool.lint.comparisons import runs_once
from perftool.lint.written import short
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_MOST: Final = "max-in-list"
_DEFAULT: Final = 100
_ADVICE: Final = {
    "postgres": "pass one array ({column} = ANY ($1)), or join a table of the values",
    "tsql": "pass a table-valued parameter and join it",
    "bigquery": "pass one array ({column} IN UNNEST(@values)), or join a table of the values",
}


def _list(node: Node, at: Statement) -> Iterator[Finding]:
    values = node.args.get("expressions")
    if not values or len(values) <= at.options.get(_MOST, _DEFAULT):
        return
    if not all(isinstance(value, (exp.Literal, exp.Neg, exp.National)) for value in values):
        return
    start, end = at.span(node.this)
    column = short(at.text[start:end])
    following = at.token_at(end)
    word = at.tokens[min(following + (at.tokens[following].text.lower() == "not"), len(at.tokens) - 1)]
    yield at.found(
        node,
        f"tests {column} against {len(values)} literals, which are parsed and planned each time",
        help=_ADVICE.get(at.dialect, "join a table of the values").format(column=column),
        # A reader needs no hundred lines underlined.
        span=(start, word.end),
    )


def _judge(finding: Finding, place: Place) -> Finding | None:
    stored = place.kind.startswith("CREATE") and place.kind != "CREATE TABLE"
    return None if stored or place.is_seed or runs_once(place) else finding


RULE = Rule(
    code="PERF002",
    name="large-in-list",
    severity="warning",
    sets=frozenset({"all"}),
    fix="hint",
    nodes={exp.In: _list},
    judge=_judge,
    options=(Option(_MOST, _DEFAULT, "the most literals that IN may list"),),
)
