"""The payload of ``perftool profile sql`` and ``perftool.databases.record``: the SQL that a program ran."""

from __future__ import annotations

from perftool.model.base import Model
from perftool.model.database import PoolFigures


class CallSite(Model, frozen=True):
    """A place in the program that ran a statement: file relative to the project or package, line, function."""

    file: str
    line: int
    function: str
    count: int
    seconds: float


class StatementFigures(Model, frozen=True):
    """All runs of one statement, literals apart; times in seconds of wall time, inside the calls that run and read it.

    ``text`` is the normal form. ``rows`` were fetched or changed, ``execute_s`` is the part before the first row.
    ``repeated`` runs had the same literals and parameters as an earlier one of the same transaction, and ``many`` runs
    had many sets of parameters at once. ``databases`` are the systems.
    """

    fingerprint: str
    text: str
    count: int
    total_s: float
    p50_s: float
    p95_s: float
    maximum_s: float
    rows: int
    execute_s: float = 0.0
    errors: int = 0
    repeated: int = 0
    many: int = 0
    sites: tuple[CallSite, ...] = ()
    databases: tuple[str, ...] = ()


class StatementsPayload(Model, frozen=True, tag_field="kind", tag="statements"):
    """The SQL of a program: by statement, with what its connections and transactions did.

    ``libraries`` are the DB-API modules and SQLAlchemy versions that were watched. ``lost`` runs were beyond what is
    kept apart. ``overhead_s`` is the time that the recording took, ``shown`` how many statements a table holds.
    Findings (N+1, repeats, queries in loops, long transactions, unreturned connections) are the report's diagnostics.
    """

    target: str
    statements: tuple[StatementFigures, ...]
    count: int
    total_s: float
    seconds: float
    cpu_s: float = 0.0
    rows: int = 0
    transactions: int = 0
    longest_transaction_s: float = 0.0
    unreturned: int = 0
    libraries: tuple[str, ...] = ()
    processes: int = 1
    lost: int = 0
    overhead_s: float | None = None
    exit_code: int | None = None
    pools: tuple[PoolFigures, ...] = ()
    shown: int = 15
