"""Find queries that read every column of a table.

Why: wide rows are read, sent and held although few columns are used, no index can answer the query alone, and each
column that is added later makes it slower.
Bad: SELECT * FROM orders WHERE customer_id = 7
Good: SELECT id, total, created_at FROM orders WHERE customer_id = 7
Limits: only what a query hands out itself, from base tables. Silent for common tables and subqueries, in EXISTS, IN
and COUNT(*), in views, for copies (INSERT … SELECT, CREATE TABLE … AS) and comparisons of tables (EXCEPT), for one row
by its key, for tables with few columns (8, the option select-star-columns), temporary tables and the engine's own, for
a look at some rows (LIMIT without WHERE), with FOR UPDATE, in migrations and seeds, for all of one table where the
path says export, dump or backup, and for queries that sqlc makes code of (`-- name: ListOrders :many`) from one table:
it writes the star out as columns; those that give one row (`:one`) may join tables.
Source: Karwin, SQL Antipatterns, chapter 19, "Implicit Columns"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import ROW_STORES, Option, Rule
from perftool.lint.comparisons import fixed_columns, runs_once, table_of
from perftool.lint.indexes import has_key_within
from perftool.lint.queries import identifier
from perftool.lint.stars import star_of
from perftool.lint.written import noted
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_FEW_COLUMNS: Final = "select-star-columns"
_DEFAULT: Final = 8
_LISTED: Final = 8
_EXPORTS: Final = re.compile(r"(?:^|/)(?:exports?|dumps?|backups?)(?:/|\.sql$)", re.IGNORECASE)
_ROW_KEYS: Final = frozenset({"id", "uuid", "guid"})


def _star(node: Node, at: Statement) -> Iterator[Finding]:
    star = star_of(node)
    if star is None or not _hands_out(star.query):
        return
    query, column, tables = star.query, star.column, star.tables
    if query.args.get("locks") or (query.args.get("limit") and not query.args.get("where")):
        return
    equal = tuple(identifier(one.this) for one in fixed_columns(query))
    if not _ROW_KEYS.isdisjoint(equal):
        return
    names = " and ".join(str(table) for table in tables[:2])
    yield at.found(
        node,
        f"reads every column of {names}, also those that nobody uses and those added later",
        help="name the columns that are used",
        facts={
            "tables": tuple(table.name for table in tables),
            "table": (tables[0].name, tables[0].schema),
            "equal": equal,
            "alone": not query.args.get("joins"),
            "whole": query.parent is None and not query.args.get("joins") and not query.args.get("where"),
        },
        span=noted(node) if column is None else noted(column.args["table"], node),
    )


def _hands_out(query: Node) -> bool:
    """Say whether the rows of a SELECT are the statement's own result, and no input of another query or a copy."""
    below, above = query, query.parent
    while isinstance(above, (exp.Union, exp.Subquery)) and not (
        isinstance(above, exp.Union) and below.arg_key == "expression"
    ):
        below, above = above, above.parent
    return above is None


def _judge(finding: Finding, place: Place) -> Finding | None:
    name, tables = table_of(finding), finding.facts["tables"]
    assert isinstance(tables, tuple)
    if place.is_seed or place.is_temporary(name) or runs_once(place) or (place.is_migration and place.is_new(name)):
        return None
    if place.command == "one" or (place.command and finding.facts["alone"]):
        return None
    if finding.facts["whole"] and _EXPORTS.search(place.path):
        return None
    table = place.project.table(name)
    few = place.options.get(_FEW_COLUMNS, _DEFAULT)
    if len(tables) != 1 or table is None:
        # Which of several tables is meant may not be known: one that is narrow may be.
        return None if len(tables) == 1 and 0 < place.project.fewest_columns(name) <= few else finding
    if has_key_within(table, finding.facts["equal"]):
        return None
    if not table.complete:
        return finding
    columns = list(table.columns)
    if (table.fewest or len(columns)) <= few:
        return None
    if table.fewest:
        return finding
    listed = ", ".join(columns[:_LISTED]) + (", …" if len(columns) > _LISTED else "")
    return msgspec.structs.replace(
        finding,
        message=f"reads all {len(columns)} columns of {name}, also those that nobody uses and those added later",
        help=f"name the columns that are used, of {listed}",
    )


RULE = Rule(
    code="PERF001",
    name="select-star",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=ROW_STORES,
    fix="hint",
    queries=True,
    nodes={exp.Star: _star},
    judge=_judge,
    options=(Option(_FEW_COLUMNS, _DEFAULT, "a table of no more columns than this may be read whole"),),
)
