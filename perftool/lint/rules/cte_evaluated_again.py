"""Find common tables that are worked out once for each place that reads them.

Why: BigQuery and Trino put the text of a common table in each place that names it: its joins, groups and windows run,
and its tables are read, as many times.
Bad: WITH x AS (SELECT a, count(*) AS n FROM d.t GROUP BY a) SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1
Good: CREATE TEMP TABLE x AS SELECT a, count(*) AS n FROM d.t GROUP BY a; SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1
Dialect: bigquery
Limits: only common tables with a join, an aggregate or a window over a table; a filter alone is cheap to repeat.
Silent for recursive ones, which BigQuery keeps, and for engines that may share the work (Snowflake, PostgreSQL 12,
DuckDB). References are counted as they are written, not as they multiply.
Source: Google Cloud, BigQuery documentation, "Query syntax", "WITH clause"; Trino documentation, SELECT, "WITH clause"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import Rule
from perftool.lint.queries import common_table, identifier, sources, within
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_MODELS: Final = re.compile(r"(?:^|/)models/")
_ENGINES: Final = {"bigquery": "BigQuery", "trino": "Trino", "presto": "Presto", "athena": "Athena"}


def _common(node: Node, at: Statement) -> Iterable[Finding]:
    clause = node.parent
    if not isinstance(clause, exp.With) or clause.args.get("recursive") or clause.parent is None:
        return ()
    written = node.args["alias"].this
    # The text tells at once of most that they are read only once.
    read = re.findall(rf"(?:\bfrom|\bjoin|,)[\s(`\"]+{re.escape(written.name)}\b", at.text, re.IGNORECASE)
    if len(read) < 2 or not _is_costly(node.this):
        return ()
    # A function has no place for a table of its own, and works on what it is given.
    if isinstance(at.tree, exp.Create) and (at.tree.args.get("kind") or "").upper() in ("FUNCTION", "PROCEDURE"):
        return ()
    name = identifier(written)
    count = sum(
        identifier(table.this) == name and not table.args.get("db") and common_table(table) is node
        for table in clause.parent.find_all(exp.Table)
    )
    if count < 2:
        return ()
    engine = _ENGINES.get(at.dialect, "this engine")
    message = f"{written.name} is worked out {count} times: {engine} runs a common table wherever it is read"
    return (at.found(written, message, help=f"CREATE TEMP TABLE {written.name} AS … once, and read that"),)


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


def _judge(finding: Finding, place: Place) -> Finding:
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
    nodes={exp.CTE: _common},
    judge=_judge,
)
