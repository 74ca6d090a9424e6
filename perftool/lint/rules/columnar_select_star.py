"""Find queries that read every column of a columnar table.

Why: columnar engines read, and BigQuery charges for, the columns that a query names: a star reads the whole table,
and LIMIT does not make that less on BigQuery.
Bad: SELECT * FROM `p.d.events` LIMIT 100
Good: SELECT user_id, ts FROM `p.d.events` LIMIT 100
Dialect: bigquery
Limits: only what a statement hands out itself, from base tables. Stars within common tables and subqueries cost nothing
where the query around them names its columns. Silent with EXCEPT and EXCLUDE lists, for copies and views (models of
dbt, queries in the folder of their table, events_v1/query.sql, and slices with a template or a parameter in WHERE are
such), for the engine's own catalog, for tables with few columns (8, the option columnar-select-star-columns), and
elsewhere than on BigQuery for a look at some rows (LIMIT without WHERE).
Source: BigQuery documentation, "Optimize query computation", "Avoid SELECT *"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import Option, Rule
from perftool.lint.comparisons import table_of
from perftool.lint.stars import star_of
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_COLUMNAR: Final = frozenset(
    {"bigquery", "snowflake", "redshift", "databricks", "spark", "spark2", "hive", "trino", "presto", "athena",
     "clickhouse"}
)  # fmt: skip
# Models of dbt, and the query.sql of a table that has a folder of its own: events_v1/query.sql.
_COPIES: Final = re.compile(r"(?:^|/)(?:models|macros|snapshots)/|_v\d+/query\.sql$")
_FEW_COLUMNS: Final = "columnar-select-star-columns"
_DEFAULT: Final = 8
_LISTED: Final = 8


def _star(node: Node, at: Statement) -> Iterator[Finding]:
    star = star_of(node)
    # The statement's own result: no common table, no subquery, no arm behind UNION, no copy.
    if star is None or star.query.parent is not None or star.query.args.get("into"):
        return
    query, tables = star.query, star.tables
    if at.dialect != "bigquery" and query.args.get("limit") is not None and query.args.get("where") is None:
        return
    # A template, or a parameter such as the day, makes it the slice that a job copies: every column is wanted.
    if at.replaced or _has_parameter(query):
        return
    limit = query.args.get("limit") is not None and at.dialect == "bigquery"
    names = " and ".join(str(table) for table in tables[:2])
    yield at.found(
        star.column or node,
        f"reads every column of {names}" + (", whatever LIMIT says" if limit else ""),
        help="name the columns that are used",
        facts={"table": (tables[0].name, tables[0].schema), "tables": len(tables)},
    )


def _has_parameter(query: Node) -> bool:
    where = query.args.get("where")
    return where is not None and where.find(exp.Parameter, exp.Placeholder) is not None


def _judge(finding: Finding, place: Place) -> Finding | None:
    if place.is_seed or place.is_migration or _COPIES.search(place.path):
        return None
    name = table_of(finding)
    if place.is_temporary(name):
        return None
    table = place.project.table(name)
    few = place.options.get(_FEW_COLUMNS, _DEFAULT)
    if table is None and finding.facts["tables"] == 1 and 0 < place.project.fewest_columns(name) <= few:
        # Which of several tables is meant is not known: the narrow one may be.
        return None
    if finding.facts["tables"] != 1 or table is None or not table.complete:
        return finding
    columns = list(table.columns)
    if (table.fewest or len(columns)) <= few:
        return None
    if table.fewest:
        return finding
    listed = ", ".join(columns[:_LISTED]) + (", …" if len(columns) > _LISTED else "")
    return msgspec.structs.replace(finding, help=f"name the columns that are used, of {listed}")


RULE = Rule(
    code="WARE001",
    name="columnar-select-star",
    severity="warning",
    sets=frozenset({"warehouse"}),
    dialects=_COLUMNAR,
    fix="hint",
    queries=True,
    nodes={exp.Star: _star},
    judge=_judge,
    options=(Option(_FEW_COLUMNS, _DEFAULT, "a columnar table of no more columns than this may be read whole"),),
)
