"""Find results that are sorted as a whole.

Why: the last sort runs on one worker, which has to hold every row; a table keeps no order, so that sorting what is
written into one is lost.
Bad: CREATE TABLE d.x AS SELECT a FROM d.t ORDER BY a
Good: CREATE TABLE d.x AS SELECT a FROM d.t
Dialect: bigquery
Limits: a warning for CREATE TABLE AS, INSERT … SELECT and dbt models (a path under models/), with a fix; information
only for a report that reads tables, and none for one that is grouped or puts queries together: its rows may be few.
Silent where rows are written on Snowflake, Databricks, Spark and Hive, since their order there decides what can be
skipped later, and on Trino and Athena, which leave the sort out by themselves; in tests.
Source: Google Cloud, BigQuery documentation, "Optimize query computation", "Use ORDER BY with LIMIT"; Trino
documentation, SELECT, "ORDER BY clause"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import Rule
from perftool.lint.clauses import cut, has_any, order_by
from perftool.lint.queries import sources
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_PICKING: Final = frozenset(
    {"limit", "offset", "locks", "for_", "sample", "match", "connect", "options", "settings", "format"}
)
_ENGINES: Final = frozenset(
    {"bigquery", "snowflake", "redshift", "databricks", "spark", "spark2", "hive", "trino", "presto", "athena",
     "clickhouse"}
)  # fmt: skip
_LAID_OUT: Final = frozenset({"snowflake", "databricks", "spark", "spark2", "hive"})
_LEAVING_OUT: Final = frozenset({"trino", "athena"})
_UNTOLD: Final = _LAID_OUT | _LEAVING_OUT
_MODELS: Final = re.compile(r"(?:^|/)models/")
_WRITES: Final = "sorts rows that are written into a table, which keeps no order"
_HANDS_ON: Final = "sorts the rows of a model, and neither a table nor a view keeps their order"


def _order(node: Node, at: Statement) -> Iterable[Finding]:
    query = node.parent
    if node.arg_key != "order" or not isinstance(query, (exp.Select, exp.SetOperation)):
        return ()
    holder = query.parent
    if isinstance(holder, exp.Subquery) and isinstance(holder.parent, (exp.Create, exp.Insert)):
        holder = holder.parent
    writes = query.args.get("into") is not None or _is_written(holder)
    if (holder is not None and not writes) or has_any(query, _PICKING) or node.args.get("siblings") or "|>" in at.text:
        return ()
    if writes and at.dialect in _UNTOLD:
        return ()
    span = order_by(at, node)
    edits = cut(at, *span) if span else ()
    if writes:
        return (at.found(node, _WRITES, help="leave ORDER BY out", edits=edits, span=span),)
    message = "sorts the whole result on one worker"
    facts = {"few": _are_few(query)}
    return (
        at.found(
            node, message, help="leave the order to whoever reads the result", edits=edits, span=span, facts=facts
        ),
    )


def _is_written(holder: Node | None) -> bool:
    if isinstance(holder, exp.Create):
        return (holder.args.get("kind") or "").upper() == "TABLE"
    return isinstance(holder, exp.Insert)


def _are_few(query: Node) -> bool:
    """Say whether there may be little to sort: a row for each of many, or rows of a query within that may be such."""
    if not isinstance(query, exp.Select) or has_any(query, ("group", "distinct")):
        return True
    if all(one.kind != "table" for one in sources(query)):
        return True
    return any(one.find(exp.AggFunc) is not None for one in query.expressions)


def _judge(finding: Finding, place: Place) -> Finding | None:
    few = finding.facts.get("few")
    if place.is_seed:
        return None
    if few is None:
        return finding
    if _MODELS.search(place.path):
        if place.dialect in _UNTOLD:
            return None
        return msgspec.structs.replace(finding, message=_HANDS_ON, help="leave ORDER BY out")
    return None if few else msgspec.structs.replace(finding, severity="info", edits=())


RULE = Rule(
    code="WARE004",
    name="sort-without-limit",
    severity="warning",
    sets=frozenset({"warehouse"}),
    dialects=_ENGINES,
    fix="safe",
    queries=True,
    nodes={exp.Order: _order},
    judge=_judge,
)
