"""What can be done with one database from here, each thing tried for real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from perftool.errors import PerftoolError, UnavailableError
from perftool.model.doctor import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.clock import Clock
    from perftool.databases.api import Capabilities, Connection
    from perftool.databases.opening import Database

State = Literal["ok", "limited", "missing", "failed"]
CONNECTING = "connecting"
QUERY = "SELECT 1"


def checks(database: Database, clock: Clock) -> tuple[Check, ...]:
    """Connect, and try what the system is said to be able to do; without a connection there is nothing more to try."""
    began = clock.monotonic()
    try:
        checkout = database.connect()
    except PerftoolError as error:
        return (Check(name=CONNECTING, state="failed", detail=error.message, fix=error.hint or ""),)
    with checkout as connection:
        facts = connection.facts()
        seen = f"{facts.system} {facts.version} by {facts.driver}, in {1000 * (clock.monotonic() - began):.1f} ms"
        return (
            Check(name=CONNECTING, state="ok", detail=seen, enables="everything"),
            *_tried(connection, database.driver.capabilities, write=database.access.write),
        )


def missing(error: UnavailableError) -> Check:
    """Say that the library of a system is not there."""
    return Check(name=CONNECTING, state="missing", detail=error.message, fix=error.hint or "")


def nothing_works(found: tuple[Check, ...]) -> bool:
    """Say whether the database was not reached."""
    return not any(one.name == CONNECTING and one.state == "ok" for one in found)


def _tried(connection: Connection, able: Capabilities, *, write: bool) -> Iterator[Check]:
    if write:
        detail = "this session may write"
    else:
        detail = "writes are refused" if able.read_only else "the system knows no sessions that only read"
    yield Check(
        name="read-only", state="ok" if able.read_only and not write else "limited", detail=detail, enables="safety"
    )
    yield _query(connection, able)
    yield _arrow(connection, able)
    yield _plan(connection)
    yield _counters(connection, able)
    copies = ", ".join(able.copies)
    yield Check(
        name="engine-made text",
        state="ok" if copies else "limited",
        detail=copies or "rows are formatted here",
        enables="query stream",
    )
    yield Check(name="loading", state="ok", detail=", ".join(able.loads), enables="bench db-insert")


def _query(connection: Connection, able: Capabilities) -> Check:
    try:
        with connection.stream(QUERY, timeout_s=5) as stream:
            rows = [row for chunk in stream for row in chunk]
    except PerftoolError as error:
        return Check(name="statements", state="failed", detail=error.message, fix=error.hint or "")
    stopped = "can be stopped" if able.cancel else "cannot be stopped"
    return Check(
        name="statements",
        state="ok" if able.cancel and rows else "limited",
        detail=f"rows come by {stream.path}, a statement {stopped}",
        enables="query",
    )


def _arrow(connection: Connection, able: Capabilities) -> Check:
    name, enables = "Arrow", "query stream"
    if not able.arrow:
        return Check(name=name, state="limited", detail="the system gives rows only", enables=enables)
    try:
        with connection.batches(QUERY) as reader:
            rows = sum(batch.num_rows for batch in reader)
    except UnavailableError as error:
        state: State = "missing" if (error.hint or "").startswith("pip install") else "limited"
        return Check(name=name, state=state, detail=error.message, enables=enables, fix=error.hint or "")
    except PerftoolError as error:
        return Check(name=name, state="failed", detail=error.message, enables=enables, fix=error.hint or "")
    return Check(name=name, state="ok", detail=f"a batch of {rows} row came", enables=enables)


def _plan(connection: Connection) -> Check:
    name, enables = "plans", "query run --explain"
    try:
        lines = connection.explain(QUERY).text.splitlines()
    except PerftoolError as error:
        return Check(name=name, state="failed", detail=error.message, enables=enables)
    return Check(name=name, state="ok", detail=lines[0].strip() if lines else "empty", enables=enables)


def _counters(connection: Connection, able: Capabilities) -> Check:
    name, enables = "exact counters", "bench db, compare"
    if not able.counters:
        return Check(name=name, state="limited", detail="the system tells none", enables=enables)
    try:
        same = dict(connection.counters(QUERY)) == dict(connection.counters(QUERY))
    except PerftoolError as error:
        return Check(name=name, state="failed", detail=error.message, enables=enables, fix=error.hint or "")
    detail = ", ".join(able.counters) + ("" if same else ": not the same twice")
    return Check(name=name, state="ok" if same else "limited", detail=detail, enables=enables)
