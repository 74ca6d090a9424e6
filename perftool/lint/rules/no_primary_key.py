"""Find tables without a primary key.

Why: nothing tells two equal rows apart: none can be addressed, duplicates slip in, and replication by row has to
compare whole rows or refuses UPDATE and DELETE.
Bad: CREATE TABLE t (a int, b int)
Good: CREATE TABLE t (a int PRIMARY KEY, b int)
Limits: looks at what all files of the project add up to, so that a key that comes later counts, and so does a unique
index over columns that are NOT NULL. Silent for temporary, unlogged and foreign tables, copies (LIKE, CREATE TABLE
AS), partitions and partitioned tables, staging and backup tables by their names, tables that the same file fills by
LOAD DATA, which are copies of a data set, and in seeds and down migrations.
Source: PostgreSQL manual, "Logical Replication", "Publication" (replica identity); MySQL manual, "Clustered and
Secondary Indexes"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Finding, Rule
from perftool.lint.names import same
from perftool.sql.actions import Action, CreateTable, Write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.project import Table

_PASSING: Final = re.compile(
    r"(?:^|_)(?:stg|staging|stage|tmp|temp|temporary|import|imports|scratch|backup|bak|old)(?:_|\d|$)"
)
_COSTS: Final = {
    "postgres": "logical replication refuses its UPDATE and DELETE, and equal rows cannot be told apart",
    "mysql": "InnoDB adds a hidden one, and replicas scan the table for each row that changes",
}


def _table(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateTable)
    copied = action.from_query or action.like is not None or action.partition_of is not None
    passing = action.temporary or action.unlogged or action.external or place.file.down or place.is_seed
    if copied or passing or action.partition_by or not action.columns or _PASSING.search(action.table.name.lower()):
        return
    # One table may be defined for several engines, with a key only here.
    if any(one.primary_key for one in action.columns) or any(one.kind == "primary key" for one in action.constraints):
        return
    known = place.project.table(action.table)
    if known is None or known.primary_key or known.temporary or known.partition_of is not None or _has_key(known):
        return
    if place.dialect == "mysql" and any(_loads(one, action) for one in place.later()):
        return
    cost = _COSTS.get(place.dialect, "equal rows cannot be told apart")
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"{action.table} has no primary key: {cost}",
        help="name the columns that tell rows apart in PRIMARY KEY (…)",
    )


def _loads(later: Action, made: CreateTable) -> bool:
    return isinstance(later, Write) and later.verb == "copy" and same(later.table, made.table)


def _has_key(table: Table) -> bool:
    """Say whether a unique index tells all rows apart: none of its columns may be NULL."""
    return any(
        index.unique and not index.where and index.columns and all(table.never_null(one.name) for one in index.columns)
        for index in table.indexes
    )


RULE = Rule(
    code="IDX001",
    name="no-primary-key",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=ROW_STORES - {"materialize"},
    fix="none",
    needs="project",
    actions={CreateTable: _table},
)
