"""What a file has done up to a statement, from the actions of those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.lint.new_columns import fails
from perftool.sql import actions as act

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class FileState:
    """What a file has done so far: it changes from statement to statement.

    ``created`` are tables and materialized views made in this file (temporary ones are in ``temporary`` as well),
    ``dropped`` tables that it dropped. ``in_transaction``: since BEGIN, or always where the runner wraps files.
    ``options`` are the session's settings made so far (``lock_timeout``). ``down``: this part of the file takes a
    migration back. ``checks`` holds the texts of CHECK constraints by table and name, ``validated`` names those that
    hold for all rows. ``empty`` are tables without rows: emptied here, or given a column that others refuse; each
    name with the schemas that it was given with.
    """

    def __init__(self, dialect: str, *, down: bool = False, wrapped: bool = False) -> None:
        self.dialect = dialect
        self.wrapped = wrapped
        self.down = down
        self.in_transaction = wrapped
        self.transaction_began = False
        self.created: set[act.Name] = set()
        self.temporary: set[act.Name] = set()
        self.dropped: set[act.Name] = set()
        self.empty: dict[str, set[str]] = {}
        self.options: dict[str, str] = {}
        self.checks: dict[tuple[act.Name, str], str] = {}
        self.validated: set[tuple[act.Name, str]] = set()

    def is_new(self, table: act.Name) -> bool:
        """Say whether ``table`` was made earlier in this file: nobody uses it yet, and it holds no rows to speak of."""
        created = self.created
        return table in created or (
            any(table.name == made.name for made in created) and (not table.schema or act.Name(table.name) in created)
        )

    def take(self, actions: Iterable[act.AnyAction]) -> None:
        """Take note of what a statement did."""
        for action in actions:
            note = _NOTES.get(action.__class__)
            if note is not None:
                note(self, action)


def _empty(state: FileState, tables: Iterable[act.Name]) -> None:
    for name in tables:
        state.empty.setdefault(name.name, set()).add(name.schema)


def _truncate(state: FileState, action: act.Truncate) -> None:
    _empty(state, action.tables)


def _add_column(state: FileState, action: act.AddColumn) -> None:
    if state.dialect != "mysql" and fails(action.column):
        # What follows runs only where this has not failed.
        _empty(state, (action.table,))


def _write(state: FileState, action: act.Write) -> None:
    if action.verb == "delete" and not action.where:
        _empty(state, (action.table,))
    elif action.verb not in ("delete", "update") and action.table.name in state.empty:
        schemas = state.empty[action.table.name]
        schemas -= {"", action.table.schema} if action.table.schema else set(schemas)


def _create_table(state: FileState, action: act.CreateTable) -> None:
    state.created.add(action.table)
    state.dropped.discard(action.table)
    if action.temporary:
        state.temporary.add(action.table)


def _create_other(state: FileState, action: act.CreateOther) -> None:
    if action.kind == "materialized view" and action.name:
        state.created.add(action.name)


def _drop(state: FileState, action: act.Drop) -> None:
    if action.kind == "table":
        state.created.difference_update(action.names)
        state.dropped.update(action.names)


def _rename(state: FileState, action: act.Rename) -> None:
    if action.kind == "table" and action.table is not None and state.is_new(action.table):
        state.created.add(act.Name(action.new, action.table.schema))


def _transaction(state: FileState, action: act.Transaction) -> None:
    state.in_transaction = action.step == "begin" or state.wrapped
    state.transaction_began = action.step == "begin"


def _set_option(state: FileState, action: act.SetOption) -> None:
    state.options[action.name] = action.value


def _add_constraint(state: FileState, action: act.AddConstraint) -> None:
    if action.constraint.kind == "check":
        key = (action.table, action.constraint.name)
        state.checks[key] = action.constraint.check
        if not action.constraint.not_valid:
            state.validated.add(key)


def _validate_constraint(state: FileState, action: act.ValidateConstraint) -> None:
    state.validated.add((action.table, action.name))


#: What is remembered of each kind of action; the others change nothing that a rule asks for.
_NOTES: Final[dict[type[act.Action], Callable[[FileState, Any], None]]] = {
    act.Truncate: _truncate,
    act.AddColumn: _add_column,
    act.Write: _write,
    act.CreateTable: _create_table,
    act.CreateOther: _create_other,
    act.Drop: _drop,
    act.Rename: _rename,
    act.Transaction: _transaction,
    act.SetOption: _set_option,
    act.AddConstraint: _add_constraint,
    act.ValidateConstraint: _validate_constraint,
}
