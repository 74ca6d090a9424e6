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
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import Rule
from perftool.lint.queries import common_table, sources, within
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_MODELS: Final = re.compile(r"(?:^|/)models/")
_READ: Final = re.compile(r"(?:\b(?:from|join)\b|,)[\s(`\"]*([^\W\d]\w*)", re.IGNORECASE)
_BODIES: Final = ("FUNCTION", "PROCEDURE")
_ENGINES: Final = {"bigquery": "BigQuery", "trino": "Trino", "presto": "Presto", "athena": "Athena"}


def _with(node: Node, at: Statement) -> Iterable[Finding]:
    if node.args.get("recursive") or node.parent is None:
        return ()
    # The text tells at once of most common tables that they are read only once.
    named = Counter(name.lower() for name in _READ.findall(at.text))
    common = [one for one in node.expressions if named[one.alias.lower()] > 1 and _is_costly(one.this)]
    # A function has no place for a table of its own, and works on what it is given.
    if not common or (isinstance(at.tree, exp.Create) and (at.tree.args.get("kind") or "").upper() in _BODIES):
        return ()
    return _repeated(node.parent, common, at)


def _repeated(query: Node, common: list[Node], at: Statement) -> Iterator[Finding]:
    counts = Counter(id(common_table(table)) for table in query.find_all(exp.Table) if not table.args.get("db"))
    for one in common:
        count = counts[id(one)]
        if count > 1:
            name = one.args["alias"].this
            engine = _ENGINES[at.dialect]
            message = f"{name.name} is worked out {count} times: {engine} runs a common table wherever it is read"
            advice = f"CREATE TEMP TABLE {name.name} AS … once, and read that"
            span = (name.meta["start"], name.meta["end"] + 1) if "start" in name.meta else None
            yield at.found(name, message, help=advice, span=span)


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
    nodes={exp.With: _with},
    judge=_judge,
)
