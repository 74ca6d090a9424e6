"""Find BETWEEN with a date as its end on a column that holds times: the last day is left out but for midnight.

Why: `BETWEEN '2024-01-01' AND '2024-01-31'` ends at 2024-01-31 00:00:00, so what happened later on the 31st is missing.
Bad: SELECT id FROM ev WHERE created_at BETWEEN '2024-01-01' AND '2024-01-31'
Good: SELECT id FROM ev WHERE created_at >= '2024-01-01' AND created_at < '2024-02-01'
Limits: the column's type from the project's definitions decides; without it its name (…_at, …_ts, …_time). Silent for
dates, for an end with a time of day, for parameters and expressions, and where both ends are the first of a month,
which are meant as borders. Silent in tests. The fix takes the last day in and so changes the result.
Source: Snodgrass, "Developing Time-Oriented Database Applications in SQL", half-open periods
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from perftool.lint import queries
from perftool.lint.api import Edit, Finding, Rule
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_NAMED: Final = re.compile(r"(?:_at|_ts|_time|timestamp|datetime|[a-z](?:At|Time|Ts))$|^(?:ts|time)$")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_TIMES: Final = ("timestamp", "datetime", "smalldatetime")


def _between(node: Node, at: Statement) -> Iterator[Finding]:
    low, high = _day(node.args.get("low")), _day(node.args.get("high"))
    if low is None or high is None or low > high or node.args.get("symmetric"):
        return
    column = node.this
    if not isinstance(column, exp.Column) or (low.day == 1 and high.day == 1 and low != high):
        return
    query = queries.query_of(node)
    source = queries.source_of(column, query) if query is not None else None
    named = _NAMED.search(column.name) is not None
    table = source.table if source is not None else None
    if not named and table is None:
        return
    try:
        following = (high + dt.timedelta(days=1)).isoformat()
    except OverflowError:
        return
    text = at.source(column)
    first = at.source(node.args["low"])
    last = at.source(node.args["high"]).replace(high.isoformat(), following)
    rewritten = f"{text} >= {first} AND {text} < {last}"
    edits = []
    if isinstance(node.parent, (exp.Where, exp.And, exp.Join, exp.Paren, exp.Having)):
        edits.append(Edit(*at.span(node), rewritten))
    yield at.found(
        node,
        f"leaves out {high.isoformat()} after midnight: {text} holds a time of day",
        help=rewritten,
        edits=edits,
        safe=False,
        facts={
            "named": named,
            "table": table.name if table is not None else "",
            "schema": table.schema if table is not None else "",
            "column": queries.identifier(column.this),
        },
    )


def _day(node: Node | None) -> dt.date | None:
    """Return the day that a literal, or one after DATE, tells; None for anything else or with a time."""
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        if node.to.this not in (exp.DataType.Type.DATE, exp.DataType.Type.DATE32):
            return None
        node = node.this
    if not isinstance(node, exp.Literal) or not node.args.get("is_string") or not _DAY.fullmatch(node.this):
        return None
    try:
        return dt.date.fromisoformat(node.this)
    except ValueError:
        return None


def _judge(finding: Finding, place: Place) -> Finding | None:
    if place.is_seed:
        return None
    facts = finding.facts
    table = place.project.table(Name(str(facts["table"]), str(facts["schema"]))) if facts["table"] else None
    column = table.column(str(facts["column"])) if table is not None else None
    if column is not None and column.type:
        return finding if column.type.lower().startswith(_TIMES) else None
    return finding if facts["named"] else None


RULE = Rule(
    code="COR013",
    name="between-end-of-day",
    severity="warning",
    sets=frozenset({"all"}),
    fix="unsafe",
    needs="project",
    nodes={exp.Between: _between},
    judge=_judge,
)
