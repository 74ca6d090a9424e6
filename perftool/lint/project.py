"""What the definitions of a project add up to: tables, columns, keys and indexes, from all its files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from perftool.lint.history import History
from perftool.lint.table import Table
from perftool.lint.tables import Tables
from perftool.sql import actions as act

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from perftool.lint.records import Definitions

__all__ = ["Project", "Table"]


class Project(Tables):
    """All tables that the files define; later definitions add to and change earlier ones.

    ``filtered`` counts the statements that look rows of a table up by a column, as (table, column).
    """

    def __init__(self, *, schema_given: bool = False) -> None:
        super().__init__()
        self.schema_given = schema_given
        self.filtered: dict[tuple[str, str], int] = {}
        self.history = History()
        #: The tables that ever had an index, by its name.
        self._owners: dict[str, list[Table]] = {}
        self._takers: dict[type[act.Action], Callable[[Any], None]] = {
            act.CreateTable: self._create_table,
            act.CreateIndex: self._create_index,
            act.CreateOther: self._create_other,
            act.AddColumn: self._add_column,
            act.AddConstraint: self._add_constraint,
            act.DropConstraint: self._drop_constraint,
            act.AlterColumn: self._alter_column,
            act.DropColumn: self._drop_column,
            act.AlterTable: self._alter_table,
            act.Drop: self._drop,
            act.Rename: self._rename,
        }

    def take(self, actions: Iterable[act.AnyAction], path: str = "") -> None:
        """Apply what a statement of the file at ``path`` does to the schema, in the order of the files."""
        self._read(path)
        for action in actions:
            handler = self._takers.get(type(action))
            if handler is not None:
                handler(action)
        self._share()

    def add(self, definitions: Definitions, path: str = "") -> None:
        """Apply what the file at ``path`` defines, in the order of the files."""
        self.take(definitions.actions, path)
        for table, column, times in definitions.filters:
            self.filtered[table, column] = self.filtered.get((table, column), 0) + times

    def partition(self, name: act.Name, columns: Iterable[str]) -> None:
        """Note what a table is partitioned by where no definition says so: the configuration does."""
        table = self._known(name)
        table.partition_by = table.partition_by or tuple(columns)

    def count_filters(self, filters: Iterable[tuple[str, str]]) -> None:
        """Note that one statement looks rows up by these (table, column)."""
        for pair in filters:
            self.filtered[pair] = self.filtered.get(pair, 0) + 1

    def _create_table(self, action: act.CreateTable) -> None:
        table = self._made(action.table)
        self.history.note_made("table", action.table)
        table.temporary = table.temporary or action.temporary
        table.partition_of = action.partition_of or table.partition_of
        table.partition_by = action.partition_by or table.partition_by
        table.cluster_by = action.cluster_by or table.cluster_by
        if action.columns and not (action.like or action.partition_of or action.from_query):
            table.define(column.name for column in action.columns)
        for column in action.columns:
            self._column(table, column)
        for constraint in action.constraints:
            self._constraint(table, constraint)
        for index in action.indexes:
            self._add_index(table, index)

    def _column(self, table: Table, column: act.Column) -> None:
        table.columns[sys.intern(column.name)] = column
        self.history.note_type(table.name, column.name, column.type)
        self.history.note_required(table.name, column.name, required=column.not_null or column.primary_key)
        if column.not_null:
            table.not_null.add(column.name)
        if column.primary_key:
            table.primary_key = (column.name,)
        if column.unique:
            table.add_index(act.Index(columns=(act.IndexColumn(column.name),), unique=True))
        if column.references is not None:
            table.add_foreign_key(
                act.Constraint(
                    kind="foreign key",
                    columns=(column.name,),
                    references=column.references,
                    start=column.start,
                    end=column.end,
                )
            )

    def _constraint(self, table: Table, constraint: act.Constraint) -> None:
        if constraint.kind == "primary key":
            table.add_primary_key(constraint)
        elif constraint.kind == "unique" and constraint.columns:
            columns = tuple(act.IndexColumn(name) for name in constraint.columns)
            self._add_index(table, act.Index(name=constraint.name, columns=columns, unique=True))
        elif constraint.kind == "check":
            self.history.note_check(table.name, constraint.check)
        elif constraint.kind == "foreign key":
            table.add_foreign_key(constraint)

    def _add_index(self, table: Table, index: act.Index) -> None:
        table.add_index(index)
        if index.name:
            self._own_index(index.name, table)

    def _own_index(self, name: str, table: Table) -> None:
        if not any(one is table for one in self._owners.setdefault(name, [])):
            self._owners[name].append(table)

    def _owners_of(self, names: Iterable[str]) -> list[Table]:
        """Return the tables that may have indexes of these names: looking through all tables would take too long."""
        return [table for name in names for table in self._owners.get(name, ()) if self._is_own(table)]

    def owner(self, index: act.Name) -> act.Name | None:
        """Return the table that ``index`` belongs to, or did before it was dropped; None where that is not clear."""
        known = self._owners.get(index.name, ())
        names = {one.name for one in known if not self._split or self._is_own(one)}
        return names.pop() if len(names) == 1 else None

    def _create_index(self, action: act.CreateIndex) -> None:
        self._add_index(self._known(action.table), action.index)

    def _create_other(self, action: act.CreateOther) -> None:
        if action.name is not None:
            self.history.note_made(action.kind, action.name)

    def _add_column(self, action: act.AddColumn) -> None:
        self._column(self._known(action.table), action.column)

    def _add_constraint(self, action: act.AddConstraint) -> None:
        self._constraint(self._known(action.table), action.constraint)

    def _drop_constraint(self, action: act.DropConstraint) -> None:
        if action.kind == "primary key":
            self._known(action.table).drop_primary_key()
        elif action.name:
            self._known(action.table).drop_constraint(action.name)

    def _alter_column(self, action: act.AlterColumn) -> None:
        table, name = self._known(action.table), action.column.name
        if action.change == "set type":
            if action.new_name and action.new_name != name:
                table.rename_column(name, action.new_name)
                self.history.rename_column(table.name, name, action.new_name)
            table.columns[action.new_name or name] = action.column
            self.history.note_type(table.name, action.new_name or name, action.column.type, changed=True)
        elif action.change == "set not null":
            table.not_null.add(name)
        elif action.change == "drop not null":
            table.not_null.discard(name)
            self.history.note_required(table.name, name, required=False)

    def _drop_column(self, action: act.DropColumn) -> None:
        self._known(action.table).drop_column(action.column)

    def _alter_table(self, action: act.AlterTable) -> None:
        if action.index is not None:
            self._add_index(self._known(action.table), action.index)
        if action.clause == "attach partition" and action.target is not None:
            self._known(action.target).partition_of = action.table

    def _drop(self, action: act.Drop) -> None:
        if action.kind == "table":
            for name in action.names:
                found = self._own(name)
                if found is not None:
                    self._tables[name.name].remove(found)
                    self._dropped.setdefault(name.name, []).append(found)
        elif action.kind == "index":
            gone = {name.name for name in action.names}
            # MySQL and SQL Server have names of indexes per table.
            holder = self.table(action.table) if action.table is not None else None
            for table in self._owners_of(gone) if holder is None else (holder,):
                self._changing(table).indexes = [index for index in table.indexes if index.name not in gone]

    def _rename(self, action: act.Rename) -> None:
        if action.kind == "index":
            for table in self._owners_of({action.old}):
                self._own_index(action.new, table)
                self._changing(table).indexes = [
                    msgspec.structs.replace(index, name=action.new) if index.name == action.old else index
                    for index in table.indexes
                    if index.name != action.new
                ]
            return
        found = self._own(action.table) if action.table is not None else None
        if found is None:
            return
        self._changing(found)
        if action.kind == "table":
            self.history.rename_table(found.name, action.new)
            self._tables[found.name.name].remove(found)
            found.name = act.Name(action.new, found.name.schema)
            self._add(found)
        elif action.kind == "column":
            found.rename_column(action.old, action.new)
            self.history.rename_column(found.name, action.old, action.new)
