"""Find reads of partitioned tables that no condition limits to some partitions.

Why: the engine reads, and bills, every partition; a condition on the partition column lets it skip the others.
Bad: SELECT n FROM `p.d.events_*`
Good: SELECT n FROM `p.d.events_*` WHERE _TABLE_SUFFIX BETWEEN '20240101' AND '20240131'
Dialect: bigquery
Limits: BigQuery's wildcard tables and _PARTITIONTIME are known by name; of other tables the project has to hold the
definition. Silent wherever a condition names the partition column or, in another way, a date or a time; for wildcards
that name a year; where only partition columns or BigQuery's count(*) are read, which metadata answers. A query is
judged alone: conditions that follow a common table or a subquery silence it, and views are left to their readers.
Source: Google Cloud, BigQuery documentation, "Query partitioned tables" and "Query multiple tables using a wildcard
table"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint.api import Rule
from perftool.lint.queries import common_table, identifier, table_name
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.api import Fact, Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_FILTERING: Final = re.compile(r"\b(?:where|qualify|prewhere|having)\b", re.IGNORECASE)
_PSEUDO: Final = frozenset({"_partitiontime", "_partitiondate"})
_TIMELY: Final = re.compile(
    r"date|day|week|month|year|hour|time|period|partition|suffix|(?:^|_)(?:ts|dt|at|on|ds)(?:_|$)", re.IGNORECASE
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d\d*\*$")
_MOST_COLUMNS: Final = 20


def _table(node: Node, at: Statement) -> Iterable[Finding]:
    holder = node.parent
    if not isinstance(holder, exp.From) or not isinstance(node.this, exp.Identifier):
        return ()
    select = holder.parent
    if not isinstance(select, exp.Select):
        return ()
    if at.dialect == "bigquery" and node.this.name.endswith("*"):
        return _wildcard(node, at)
    where = select.args.get("where")
    if where is None:
        # The text is searched last: most that have the word have a WHERE.
        if exp.Where in at.classes or _is_view(at.tree) or _FILTERING.search(at.text) is not None:
            return ()
    elif select.parent is not None and not isinstance(select.parent, (exp.Create, exp.Insert)):
        return ()
    name = table_name(node)
    if not name.schema and common_table(node) is not None:
        return ()
    if "information_schema" in name.schema.lower() or "information_schema" in name.name.lower():
        return ()
    return _stored(node, name, select, where, at)


def _wildcard(node: Node, at: Statement) -> Iterable[Finding]:
    text = at.text.lower()
    if "_table_suffix" in text or "_partition" in text or _YEAR.search(node.this.name) or _is_view(at.tree):
        return ()
    message = f"reads every table that {node.this.name} stands for: no condition on _TABLE_SUFFIX"
    advice = "WHERE _TABLE_SUFFIX BETWEEN '20240101' AND '20240131'"
    return (at.found(node, message, help=advice, span=_place(node, at)),)


def _stored(node: Node, name: Name, select: Node, where: Node | None, at: Statement) -> Iterable[Finding]:
    filtered = _names(where) | {
        column for join in select.args.get("joins") or () for column in _names(join.args.get("on"))
    }
    read = _read(select, at)
    if where is None and not _PSEUDO & filtered and _PSEUDO & read and not _is_aggregated(select):
        pseudo = min(_PSEUDO & read).upper()
        message = f"reads every partition of {name}: no condition on {pseudo}"
        return (at.found(node, message, help=f"WHERE {pseudo} >= TIMESTAMP '2024-01-01'", span=_place(node, at)),)
    if any(_TIMELY.search(column) for column in filtered) or len(filtered) > _MOST_COLUMNS:
        return ()
    facts: dict[str, Fact] = {
        "table": name.name,
        "schema": name.schema,
        "filtered": tuple(sorted(filtered)),
        "read": tuple(sorted(read)),
    }
    return (at.found(node, f"reads every partition of {name}", facts=facts, span=_place(node, at)),)


def _names(condition: Node | None) -> set[str]:
    return {identifier(column.this) for column in condition.find_all(exp.Column)} if condition is not None else set()


def _read(select: Node, at: Statement) -> set[str]:
    """Return the columns that a query gives or computes with, {"*"} if these are many or all of them."""
    if len(select.expressions) > _MOST_COLUMNS:
        return {"*"}
    names: set[str] = set()
    for one in select.expressions:
        given = one.this if isinstance(one, exp.Alias) else one
        if isinstance(given, exp.Count) and isinstance(given.this, exp.Star) and at.dialect == "bigquery":
            continue
        if given.find(exp.Star) is not None:
            return {"*"}
        names |= _names(given)
    return names


def _is_aggregated(select: Node) -> bool:
    return select.args.get("group") is None and any(one.find(exp.AggFunc) is not None for one in select.expressions)


def _is_view(tree: Node) -> bool:
    """Say whether a statement only names a query, which others may limit."""
    return isinstance(tree, exp.Create) and (tree.args.get("kind") or "").upper() != "TABLE"


def _place(node: Node, at: Statement) -> tuple[int, int]:
    """Return where the table's name stands: without a look at the tokens, since most of these findings are dropped."""
    parts = [part.meta for part in (node.args.get(key) for key in ("catalog", "db", "this")) if isinstance(part, Node)]
    starts = [meta["start"] for meta in parts if "start" in meta]
    ends = [meta["end"] + 1 for meta in parts if "end" in meta]
    return (min(starts), max(ends)) if starts and ends else (0, len(at.text))


def _judge(finding: Finding, place: Place) -> Finding | None:
    facts = finding.facts
    if not facts:
        return finding
    table = place.project.table(Name(str(facts["table"]), str(facts["schema"])))
    columns = set(table.partition_by) if table is not None else set()
    filtered, read = facts["filtered"], facts["read"]
    assert isinstance(filtered, tuple)
    assert isinstance(read, tuple)
    if not columns or columns.intersection(filtered) or columns.issuperset(read):
        return None
    if table is not None and (table.temporary or place.is_temporary(table.name)):
        return None
    return _told(finding, sorted(columns))


def _told(finding: Finding, columns: list[str]) -> Finding:
    import msgspec

    named = " or ".join(columns)
    return msgspec.structs.replace(
        finding, message=f"{finding.message}: no condition on {named}", help=f"WHERE {columns[0]} >= …"
    )


RULE = Rule(
    code="WARE002",
    name="no-partition-filter",
    severity="warning",
    sets=frozenset({"warehouse"}),
    dialects=frozenset({"bigquery", "trino", "presto", "athena", "databricks", "spark", "spark2", "hive", "redshift"}),
    fix="none",
    needs="project",
    queries=True,
    nodes={exp.Table: _table},
    judge=_judge,
)
