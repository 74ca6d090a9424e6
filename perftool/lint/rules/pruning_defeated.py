"""Find conditions that hide the partition or cluster column, so that nothing can be skipped.

Why: the engine knows which values of the column itself a partition or a block holds, not what a function makes of
them: it reads all of them.
Bad: CREATE TABLE d.e (n INT64, dt DATE) PARTITION BY dt; SELECT n FROM d.e WHERE format_date('%Y%m', dt) = '202401'
Good: CREATE TABLE d.e (n INT64, dt DATE) PARTITION BY dt;
SELECT n FROM d.e WHERE dt >= '2024-01-01' AND dt < '2024-02-01'
Dialect: bigquery
Limits: the project has to hold the table's definition. Truncation to a day or month and casts to a date or timestamp
are fine, because engines look through them; Spark, Hive and Trino work any function out per partition, so that only
cluster columns count there. A subquery as the bound counts on BigQuery alone. Silent where another condition of the
same query compares the bare column, or where the function is not known to hide the order (ClickHouse's to… functions,
Snowflake's substr).
Source: Google Cloud, BigQuery documentation, "Query partitioned tables", "Better performance with pseudocolumns" and
"Isolate the partition column in your filter"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Rule
from perftool.lint.queries import conditions, identifier, is_constant, only_column, query_of, source_of, unwrapped
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_ENGINES: Final = frozenset(
    {"bigquery", "snowflake", "redshift", "databricks", "spark", "spark2", "hive", "trino", "presto", "athena",
     "clickhouse"}
)  # fmt: skip
_PER_PARTITION: Final = frozenset({"spark", "spark2", "databricks", "hive", "trino", "presto", "athena"})
_TO_TEXT: Final = (
    exp.TimeToStr, exp.ToChar, exp.Upper, exp.Lower, exp.Concat, exp.ConcatWs, exp.DPipe, exp.Coalesce,
    exp.RegexpExtract, exp.RegexpReplace, exp.Replace, exp.Trim, exp.MD5, exp.Month, exp.Day, exp.DayOfWeek,
    exp.DayOfMonth, exp.Mod,
)  # fmt: skip
_PIECES: Final = (exp.Substring, exp.Left, exp.Right)
_PARTS_OF_DATES: Final = (exp.Extract, exp.Year)
_SHOWS_PARTS: Final = frozenset({"bigquery", "redshift"})
_COMPARED: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def _where(node: Node, at: Statement) -> Iterable[Finding]:
    query = node.parent
    if not isinstance(query, (exp.Select, exp.Update, exp.Delete)):
        return ()
    return _hidden(query, at)


def _hidden(query: Node, at: Statement) -> Iterator[Finding]:
    bare: set[str] | None = None
    for condition in conditions(query):
        found = _side(condition, at)
        if found is None:
            continue
        column, how = found
        # A condition of an inner join is one of the query's, too, but may belong to another query's columns.
        source = source_of(column, query) if query_of(column) is query else None
        if source is None or source.table is None:
            continue
        if bare is None:
            bare = set(_bare(query))
        name = identifier(column.this)
        if name not in bare:
            facts = {"table": source.table.name, "schema": source.table.schema, "column": name, "how": how}
            yield at.found(condition, f"reads all of {source.table}", facts=facts)


def _side(condition: Node, at: Statement) -> tuple[Node, str] | None:
    """Return the column that one side of a condition hides, and what hides it."""
    if isinstance(condition, _COMPARED):
        sides = [(condition.this, condition.expression), (condition.expression, condition.this)]
    elif isinstance(condition, exp.Between):
        sides = [(condition.this, condition.args["low"])]
    elif isinstance(condition, exp.In) and condition.expressions:
        sides = [(condition.this, condition.expressions[0])]
    else:
        return None
    for given, value in sides:
        if given.__class__ is exp.Literal:
            continue
        side = unwrapped(given)
        if isinstance(side, exp.Column):
            if at.dialect == "bigquery" and isinstance(value, exp.Subquery):
                return side, "a subquery"
            continue
        column = only_column(side) if _hides(side, at.dialect) and is_constant(value) else None
        if column is not None:
            return column, _called(side, at)
    return None


def _hides(side: Node, dialect: str) -> bool:
    """Say whether ``side`` hides the order of its column; not where engines look through it or nobody knows."""
    while isinstance(side, (exp.Cast, exp.TryCast)):
        if side.args["to"].is_type(*exp.DataType.TEXT_TYPES):
            return True
        side = unwrapped(side.this)
    if isinstance(side, _TO_TEXT) or (isinstance(side, _PIECES) and dialect != "snowflake"):
        return True
    return isinstance(side, _PARTS_OF_DATES) and dialect in _SHOWS_PARTS


def _called(side: Node, at: Statement) -> str:
    """Return what people call the function that ``side`` is."""
    if isinstance(side, (exp.Cast, exp.TryCast)):
        return "a cast"
    name, bracket, _ = at.source(side).partition("(")
    return name.strip().lower() if bracket and name.strip().isidentifier() else "an expression"


def _bare(query: Node) -> Iterator[str]:
    """Yield the columns that some condition compares as they are."""
    for condition in conditions(query):
        sides = [condition.this] if isinstance(condition, (exp.Between, exp.In)) else []
        if isinstance(condition, _COMPARED):
            sides = [condition.this, condition.expression]
            if any(isinstance(side, exp.Subquery) for side in sides):
                continue
        yield from (identifier(side.this) for side in map(unwrapped, sides) if isinstance(side, exp.Column))


def _judge(finding: Finding, place: Place) -> Finding | None:
    facts = finding.facts
    column = str(facts["column"])
    table = place.project.table(Name(str(facts["table"]), str(facts["schema"])))
    if table is None or table.temporary:
        return None
    if column in table.partition_by and place.dialect not in _PER_PARTITION:
        kind = "partition"
    elif column in table.cluster_by and column not in table.partition_by and facts["how"] != "a subquery":
        kind = "cluster"
    else:
        return None
    return _told(finding, kind, column, str(facts["how"]))


def _told(finding: Finding, kind: str, column: str, how: str) -> Finding:
    import msgspec

    if how == "a subquery":
        cause = f"the {kind} column {column} is compared with a subquery, whose value is not known in time"
        advice = f"DECLARE a variable, SET it by the subquery, and compare {column} with that"
    else:
        cause = f"{how} hides the {kind} column {column}"
        advice = f"compare the column itself: {column} >= … AND {column} < …"
    return msgspec.structs.replace(finding, message=f"{finding.message}: {cause}", help=advice)


RULE = Rule(
    code="WARE003",
    name="pruning-defeated",
    severity="warning",
    sets=frozenset({"warehouse"}),
    dialects=_ENGINES,
    needs="project",
    queries=True,
    nodes={exp.Where: _where},
    judge=_judge,
)
