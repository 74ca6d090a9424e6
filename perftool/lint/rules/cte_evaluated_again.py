"""Find common tables that are worked out once for each place that reads them.

Why: BigQuery and Trino put the text of a common table in each place that names it: its joins, groups and windows run,
and its tables are read, as many times.
Bad: WITH x AS (SELECT a, count(*) AS n FROM d.t GROUP BY a) SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1
Good: CREATE TEMP TABLE x AS SELECT a, count(*) AS n FROM d.t GROUP BY a; SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1
Dialect: bigquery
Limits: only common tables with a join, an aggregate or a window over a table; a filter alone is cheap to repeat.
Silent for recursive ones, which BigQuery keeps, and for engines that may share the work (Snowflake, PostgreSQL 12,
DuckDB), for what is read for the text of an error, for rows that are written out (VALUES), and in tests. References
are counted as they are written, not as they multiply. One finding for each WITH, at the one that costs most.
Source: Google Cloud, BigQuery documentation, "Query syntax", "WITH clause"; Trino documentation, SELECT, "WITH clause"
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import Rule
from perftool.lint.queries import common_table, sources, within
from perftool.lint.sources import reads_stored
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_MODELS: Final = re.compile(r"(?:^|/)(?:models|macros)/")
_BODIES: Final = ("FUNCTION", "PROCEDURE")
_OF_VIEWS: Final = "store it as a table that is made anew now and then, and let the view read that"
_NAMED: Final = 2
_WORK: Final = (exp.Table, exp.Join, exp.Window, exp.Group, exp.AggFunc)
_ENGINES: Final = {"bigquery": "BigQuery", "trino": "Trino", "presto": "Presto", "athena": "Athena"}


def _with(node: Node, at: Statement) -> Iterable[Finding]:
    if node.args.get("recursive") or node.parent is None:
        return ()
    # Most common tables are read only once.
    named = Counter([table.name.lower() for table in at.tables])
    common = [one for one in node.expressions if named[one.alias.lower()] > 1]
    # A function has no place for a table of its own, and works on what it is given.
    if not common or (isinstance(at.tree, exp.Create) and (at.tree.args.get("kind") or "").upper() in _BODIES):
        return ()
    return _repeated(common, at)


def _repeated(common: list[Node], at: Statement) -> Iterable[Finding]:
    names = {one.alias.lower() for one in common}
    tables = [table for table in at.tables if table.name.lower() in names and not table.args.get("db")]
    counts = Counter(id(common_table(table)) for table in tables if not _is_told_only(table))
    again = [one for one in common if counts[id(one)] > 1 and _is_costly(one.this) and reads_stored(one.this)]
    if not again:
        return ()
    # One clause has one cause; what saves most when it is stored is told.
    most = max(again, key=lambda one: (counts[id(one)] - 1) * sum(1 for _ in one.this.find_all(*_WORK)))
    name = most.args["alias"].this
    others = [one.alias for one in again if one is not most]
    message = (
        f"{name.name} is worked out {counts[id(most)]} times{_also(others)}: "
        f"{_ENGINES[at.dialect]} runs a common table wherever it is read"
    )
    is_view = isinstance(at.tree, exp.Create) and (at.tree.args.get("kind") or "").upper() == "VIEW"
    advice = _OF_VIEWS if is_view else f"CREATE TEMP TABLE {name.name} AS … once, and read that"
    if isinstance(at.tree, exp.Query):
        # What runs a query may take no more than that.
        advice += " where the query is part of a script; else store it as a table or a materialized view"
    span = (name.meta["start"], name.meta["end"] + 1) if "start" in name.meta else None
    return (at.found(name, message, help=advice, span=span),)


def _also(others: list[str]) -> str:
    if len(others) > _NAMED:
        return f", {', '.join(others[:_NAMED])} and {len(others) - _NAMED} more twice or oftener"
    return f", {' and '.join(others)} twice or oftener" if others else ""


def _is_told_only(table: Node) -> bool:
    """Say whether a table is read for the text of an error alone: ERROR(…) is worked out when all is lost anyway."""
    above = table.parent
    while above is not None and not isinstance(above, exp.With):
        if isinstance(above, exp.Anonymous) and above.name.upper() == "ERROR":
            return True
        above = above.parent
    return False


def _is_costly(query: Node) -> bool:
    """Say whether a query joins, groups or ranks rows of a table."""
    while isinstance(query, exp.Subquery):
        query = query.this
    if isinstance(query, exp.SetOperation):
        return _is_costly(query.this) or _is_costly(query.expression)
    if not isinstance(query, exp.Select):
        return False
    stored = [one for one in sources(query) if one.kind in ("table", "cte", "derived")]
    if not stored:
        return False
    if len(stored) > 1 or query.args.get("group") is not None or query.args.get("distinct") is not None:
        return True
    return any(isinstance(part, (exp.AggFunc, exp.Window)) for part in within(query, query))


def _judge(finding: Finding, place: Place) -> Finding | None:
    if place.is_seed:
        return None
    if _MODELS.search(place.path):
        return msgspec.structs.replace(finding, help="make it a model of its own that is stored as a table")
    if place.dialect != "bigquery":
        return msgspec.structs.replace(finding, help=finding.help.replace("TEMP TABLE", "TABLE"))
    return finding


RULE = Rule(
    code="WARE005",
    name="cte-evaluated-again",
    severity="info",
    sets=frozenset({"warehouse"}),
    dialects=frozenset(_ENGINES),
    queries=True,
    nodes={exp.With: _with},
    judge=_judge,
)
