"""Find foreign keys whose columns no index finds rows by.

Why: each DELETE in the referenced table, and each UPDATE of its key, has to look for rows that point to it: without an
index it reads the whole referencing table, and joins along the key do so as well.
Bad: CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p (id))
Good: CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p (id)); CREATE INDEX c_p_id ON c (p_id)
Limits: looks at what all files of the project add up to, and only where they hold the table's definition or add the
column. A primary key, a UNIQUE constraint or an index counts that begins with a column of the key, and a partial one
over IS NOT NULL. MySQL makes the index itself. Silent for keys of small tables of fixed values by their name (types,
statuses, languages, lookup_…, d_…), from which nobody deletes, temporary tables, seeds and down migrations.
Source: PostgreSQL manual, "Constraints", "Foreign Keys"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import MYSQL, ROW_STORES, Finding, Rule
from perftool.lint.small_tables import holds_fixed_values
from perftool.lint.table import create_index
from perftool.sql.actions import Action, AddColumn, AddConstraint, CreateTable, Name, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place


def _create(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateTable)
    if action.temporary or action.external:
        return
    for column in action.columns:
        yield from _key(action.table, (column.name,), column.references, (column.start, column.end), place)
    for constraint in action.constraints:
        where = (constraint.start, constraint.end)
        yield from _key(action.table, constraint.columns, constraint.references, where, place)


def _add_column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    column = action.column
    yield from _key(action.table, (column.name,), column.references, (column.start, column.end), place, new=True)


def _add_constraint(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddConstraint)
    constraint = action.constraint
    yield from _key(action.table, constraint.columns, constraint.references, (action.start, action.end), place)


def _key(
    name: Name,
    columns: tuple[str, ...],
    to: Reference | None,
    where: tuple[int, int],
    place: Place,
    *,
    new: bool = False,
) -> Iterator[Finding]:
    """Yield the finding on one foreign key; ``new``: its column was not there before, so no unknown index has it."""
    if to is None or not columns or place.file.down or place.is_seed or place.is_temporary(name):
        return
    table = place.project.table(name)
    if table is None or table.temporary or not (table.complete or new):
        return
    if holds_fixed_values(to.table.name):
        return
    # What a later file drops or renames is not there in the end.
    if not any(one.columns == columns for one in table.foreign_keys) or table.finds_by(columns):
        return
    named = ", ".join(columns)
    yield Finding(
        start=where[0],
        end=where[1],
        message=f"each DELETE in {to.table} reads all of {name}: no index finds its rows by {named}",
        help=create_index(name, columns, place.dialect),
    )


RULE = Rule(
    code="IDX002",
    name="fk-without-index",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=ROW_STORES - MYSQL - {"materialize", "risingwave"},
    needs="project",
    actions={CreateTable: _create, AddColumn: _add_column, AddConstraint: _add_constraint},
)
