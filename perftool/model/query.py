"""The payloads of ``perftool query``: statements that were run, streamed, or run as a batch."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model
from perftool.model.database import DatabaseFacts, PoolFigures, QueryStatus, Retries

Value = str | int | float | bool | None


class QueryResult(Model, frozen=True):
    """One statement that ``query run`` executed, ``repeats`` times.

    ``name`` is its place (file:line) or number; ``digest`` that of its normal form. ``columns`` are (name, type).
    ``rows`` is how many came, ``shown`` the first of them as JSON values (what JSON has no word for is a text), left
    out of reports that are kept. ``affected`` is how many rows it changed. ``plan`` is there with --explain. Times are
    in the report's measurements: connect, wait for a connection, first row, fetch, format.
    """

    name: str
    digest: str
    status: QueryStatus
    columns: tuple[tuple[str, str], ...] = ()
    rows: int = 0
    shown: tuple[tuple[Value, ...], ...] = ()
    affected: int | None = None
    repeats: int = 1
    error: str = ""
    code: str = ""
    plan: str = ""
    counters: dict[str, float] = {}
    retries: int = 0


class QueryPayload(Model, frozen=True, tag_field="kind", tag="query"):
    """What ``perftool query run`` did."""

    database: DatabaseFacts
    results: tuple[QueryResult, ...]
    write: bool = False
    row_limit: int = 0
    pool: PoolFigures | None = None
    retries: Retries = Retries()


class StreamPayload(Model, frozen=True, tag_field="kind", tag="query-stream"):
    """What ``perftool query stream`` wrote.

    ``path`` is the way that was taken, ``fallbacks`` why faster ones were not. ``size`` is bytes written, after
    ``compression``; ``peak_bytes`` the most memory that the process took beyond what it had before the first row.
    ``stopped`` says why the stream ended before its last row.
    """

    database: DatabaseFacts
    format: str
    to: str
    path: str
    rows: int
    size: int
    seconds: float
    columns: tuple[tuple[str, str], ...] = ()
    compression: str = ""
    chunk_rows: int = 0
    cpu_s: float = 0.0
    first_row_s: float | None = None
    peak_bytes: int | None = None
    fallbacks: tuple[str, ...] = ()
    stopped: str = ""


class BatchedQuery(Model, frozen=True):
    """One query of a batch; times in seconds: ``wait_s`` for a connection, ``execution_s`` until its last row."""

    id: str
    source: str
    status: QueryStatus
    rows: int = 0
    size: int = 0
    wait_s: float = 0.0
    execution_s: float = 0.0
    retries: int = 0
    error: str = ""
    code: str = ""


class QueryBatchPayload(Model, frozen=True, tag_field="kind", tag="query-batch"):
    """What ``perftool query batch`` did: counts by status, the databases and their pools, the slowest queries.

    ``queries`` are those that failed and the slowest; every one has its line in the results file ``to``. ``rate`` is
    the limit of queries per second, 0 for none.
    """

    databases: tuple[DatabaseFacts, ...]
    statuses: dict[str, int]
    rows: int
    size: int
    seconds: float
    concurrency: int
    queries: tuple[BatchedQuery, ...] = ()
    pools: tuple[PoolFigures, ...] = ()
    retries: Retries = Retries()
    rate: float = 0.0
    to: str = ""
    stopped: str = ""
    order: Literal["finished", "input"] = "finished"
