"""What a file has done so far."""

from __future__ import annotations

from perftool.lint.file_state import FileState
from perftool.sql import actions as act

T = act.Name("t")


def _state(*actions: act.AnyAction, dialect: str = "postgres", wrapped: bool = False) -> FileState:
    state = FileState(dialect, wrapped=wrapped)
    state.take(actions)
    return state


def _create(name: act.Name = T, *, temporary: bool = False) -> act.CreateTable:
    return act.CreateTable(table=name, temporary=temporary, start=0, end=1)


def _drop(name: act.Name = T) -> act.Drop:
    return act.Drop(kind="table", names=(name,), start=0, end=1)


def _insert(name: act.Name = T) -> act.Write:
    return act.Write(verb="insert", table=name, start=0, end=1)


def test_tables_are_new_until_they_are_dropped() -> None:
    assert _state(_create()).is_new(T)
    assert _state(_create()).is_new(act.Name("t", "public")), "made without a schema, it is this one"
    assert not _state(_create(act.Name("t", "a"))).is_new(act.Name("t", "b"))
    assert not _state(_create(), _drop()).is_new(T)
    assert _state(_create(), _drop()).dropped == {T}
    assert not _state(_create(), _drop(), _create()).dropped


def test_a_new_table_is_new_under_its_next_name() -> None:
    rename = act.Rename(kind="table", table=T, new="u", start=0, end=1)
    assert _state(_create(), rename).is_new(act.Name("u"))
    assert not _state(rename).is_new(act.Name("u"))


def test_temporary_tables_and_materialized_views_are_made_too() -> None:
    assert _state(_create(temporary=True)).temporary == {T}
    assert _state(act.CreateOther(kind="materialized view", name=T, start=0, end=1)).is_new(T)
    assert not _state(act.CreateOther(kind="view", name=T, start=0, end=1)).is_new(T)


def test_emptied_tables_are_empty_until_they_are_filled() -> None:
    truncate = act.Truncate(tables=(T,), start=0, end=1)
    delete = act.Write(verb="delete", table=T, start=0, end=1)
    assert _state(truncate).empty == {"t": {""}}
    assert _state(delete).empty == {"t": {""}}
    assert not _state(delete, _insert()).empty["t"]
    assert not _state(act.Write(verb="delete", table=T, where=True, start=0, end=1)).empty


def test_a_column_that_refuses_rows_tells_that_there_are_none() -> None:
    column = act.Column(name="c", not_null=True, start=0, end=1)
    action = act.AddColumn(table=T, column=column, start=0, end=1)
    assert _state(action).empty == {"t": {""}}
    assert not _state(action, dialect="mysql").empty, "MySQL gives such a column a value of its type"


def test_transactions_and_settings() -> None:
    begin, commit = (act.Transaction(step=step, start=0, end=1) for step in ("begin", "commit"))
    assert _state(begin).in_transaction
    assert not _state(begin, commit).in_transaction
    assert _state(commit, wrapped=True).in_transaction, "the runner's own goes on"
    assert _state(act.SetOption(name="lock_timeout", value="1s", start=0, end=1)).options == {"lock_timeout": "1s"}


def test_checks_hold_for_all_rows_once_they_are_validated() -> None:
    check = act.Constraint(kind="check", name="c", check="a > 0", not_valid=True, start=0, end=1)
    added = act.AddConstraint(table=T, constraint=check, start=0, end=1)
    state = _state(added)
    assert state.checks == {(T, "c"): "a > 0"}
    assert not state.validated
    state.take((act.ValidateConstraint(table=T, name="c", start=0, end=1),))
    assert state.validated == {(T, "c")}
