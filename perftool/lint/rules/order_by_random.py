"""Find random rows that are picked by sorting all rows.

Why: ORDER BY random() gives every row a number and sorts them all, to keep a few: no index can help.
Bad: SELECT id FROM t ORDER BY random() LIMIT 5
Good: SELECT id FROM t TABLESAMPLE SYSTEM (1) LIMIT 5
Limits: only with LIMIT, TOP or FETCH, where a few rows are wanted; shuffling all of them has no cheaper way. Silent
over VALUES, generated series and unnested arrays, and in window functions.
Source: PostgreSQL manual, SELECT, "TABLESAMPLE sampling_method"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Rule
from perftool.lint.clauses import keyword_before
from perftool.lint.place import outside_tests
from perftool.lint.queries import sources
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.statement import Statement

_RANDOM: Final = (exp.Rand, exp.Randn, exp.Uuid)
_NAMES: Final = frozenset({"newid", "rand", "random", "rand32", "rand64", "generateuuidv4", "gen_random_uuid"})
_SAMPLES: Final = {
    "postgres": "TABLESAMPLE SYSTEM (1)",
    "bigquery": "TABLESAMPLE SYSTEM (1 PERCENT)",
    "snowflake": "SAMPLE (1)",
    "tsql": "TABLESAMPLE (1 PERCENT)",
    "oracle": "SAMPLE (1)",
    "spark": "TABLESAMPLE (1 PERCENT)",
    "databricks": "TABLESAMPLE (1 PERCENT)",
    "hive": "TABLESAMPLE (1 PERCENT)",
    "trino": "TABLESAMPLE SYSTEM (1)",
    "presto": "TABLESAMPLE SYSTEM (1)",
    "athena": "TABLESAMPLE SYSTEM (1)",
    "duckdb": "USING SAMPLE 1%",
}


def _ordered(node: Node, at: Statement) -> Iterable[Finding]:
    key = node.args["this"]
    kind = key.__class__
    if kind is exp.Literal or (kind is exp.Column and key.name.lower() != "value"):
        return ()
    order = node.parent
    if not isinstance(order, exp.Order) or not isinstance(order.parent, exp.Select) or order.arg_key != "order":
        return ()
    query = order.parent
    if query.args.get("limit") is None or not _is_random(key):
        return ()
    read = sources(query)
    if not any(one.kind in ("table", "cte", "derived") for one in read):
        return ()
    many = " of the join" if len(read) > 1 else f" of {read[0].name}" if read[0].name else ""
    message = f"numbers and sorts every row{many} to keep a few"
    sample = _SAMPLES.get(at.dialect, "")
    draw = "draw random keys first, then look those rows up"
    advice = f"{sample} behind the table, or {draw}" if sample else draw
    first = keyword_before(at, node, "order", "by")
    start, end = at.span(node)
    if (start, end) == (0, len(at.text)):
        return (at.found(order, message, help=advice),)
    return (at.found(node, message, help=advice, span=(at.tokens[first].start if first is not None else start, end)),)


def _is_random(key: Node) -> bool:
    """Say whether a sort key is a random number for each row, or computed from one."""
    if isinstance(key, (exp.Literal, exp.Subquery)):
        return False
    for part in key.walk(prune=lambda below: isinstance(below, exp.Query)):
        if isinstance(part, _RANDOM):
            return True
        if isinstance(part, exp.Anonymous) and part.name.lower() in _NAMES:
            return True
        if isinstance(part, (exp.Column, exp.Dot)) and "dbms_random" in _qualifier(part):
            return True
    return False


def _qualifier(node: Node) -> str:
    table = node.args.get("table") if isinstance(node, exp.Column) else node.this
    return table.name.lower() if isinstance(table, Node) else ""


RULE = Rule(
    code="PERF041",
    name="order-by-random",
    severity="warning",
    sets=frozenset({"all"}),
    queries=True,
    nodes={exp.Ordered: _ordered},
    judge=outside_tests,
)
