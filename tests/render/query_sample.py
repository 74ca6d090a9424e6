"""Statements that were run and a batch of queries, whose reports every format is tested on."""

from __future__ import annotations

from perftool.model.database import DatabaseFacts, PoolFigures, PoolSettings, Retries, Spread
from perftool.model.diagnostic import Diagnostic, Span
from perftool.model.measurement import Measurement
from perftool.model.query import BatchedQuery, QueryBatchPayload, QueryPayload, QueryResult

SHOP = DatabaseFacts(
    label="postgresql:shop",
    system="PostgreSQL",
    version="15.18",
    driver="psycopg 3.3.9",
    durability={"fsync": "on", "synchronous_commit": "on"},
    settings={"work_mem": "4MB"},
)
COPY = DatabaseFacts(label="copy", system="SQLite", version="3.40.1", driver="sqlite3")
POOL = PoolFigures(
    name="postgresql:shop", digest="9f86d081884c", settings=PoolSettings(maximum=4), checkouts=1_204, created=4,
    closed=0, invalidated=1, health_failures=0, timeouts=0, exhausted=12, exhausted_s=0.4, in_use=0, idle=4,
    most_in_use=4, wait=Spread(count=1_204, p50=0.0001, p95=0.0021, p99=0.004, maximum=0.009, total=0.5),
    hold=Spread(count=1_204, p50=0.004, p95=0.012, p99=0.03, maximum=0.3, total=9.1),
)  # fmt: skip
RUN = QueryPayload(
    database=SHOP,
    row_limit=3,
    results=(
        QueryResult(
            name="report.sql:3",
            digest="9f86d081884c7d65",
            status="ok",
            columns=(("id", "integer"), ("customer", "text"), ("total", "numeric"), ("note", "text")),
            rows=120,
            shown=((1, "Ann", "10.50", None), (2, "O'Neil, Shaquille", "7.00", ""), (3, "NULL", "1200.00", " x ")),
            repeats=6,
            counters={"blocks/op": 412.0},
        ),
        QueryResult(name="report.sql:9", digest="2c26b46b68ffc68f", status="ok", affected=3),
        QueryResult(name="report.sql:12", digest="fcde2b2edba56bf4", status="ok", plan="Seq Scan on orders\n rows=9"),
        QueryResult(
            name="report.sql:15", digest="fcde2b2edba56bf5", status="failed", error='column "nope" does not exist',
            code="42703",
        ),
        QueryResult(name="report.sql:20", digest="fcde2b2edba56bf6", status="skipped"),
    ),
)  # fmt: skip
RUN_DIAGNOSTICS = (
    Diagnostic(
        code="statement-failed",
        severity="error",
        message='column "nope" does not exist',
        span=Span(path="report.sql", start=207, end=211, line=15, column=8, end_line=15, end_column=12),
        name="statement",
        key="report.sql:15",
    ),
)
RUN_MEASUREMENTS = tuple(
    Measurement(suite="query", case=case, unit=unit, better="lower", values=values, gates=unit == "sec/op")
    for case, unit, values in (
        ("session", "connect-sec/op", (0.006,)),
        ("report.sql:3", "sec/op", (0.0041, 0.0042, 0.004, 0.0043, 0.0041, 0.0042)),
        ("report.sql:3", "first-row-sec/op", (0.002, 0.0021, 0.0019, 0.002, 0.0021, 0.002)),
        ("report.sql:9", "sec/op", (0.0011,)),
    )
)
BATCH = QueryBatchPayload(
    databases=(SHOP, COPY),
    statuses={"failed": 1, "ok": 1_202, "timeout": 1},
    rows=48_000,
    size=3_200_000,
    seconds=3.1,
    concurrency=8,
    queries=(
        BatchedQuery(id="q17", source="postgresql:shop", status="failed", wait_s=0.0002, execution_s=0.001,
                     error='relation "ordres" does not exist', code="42P01"),
        BatchedQuery(id="q900", source="postgresql:shop", status="timeout", wait_s=0.0001, execution_s=2.0,
                     error="canceling statement due to statement timeout", code="57014"),
        BatchedQuery(id="daily", source="copy", status="ok", rows=20_000, size=1_400_000, execution_s=0.3, retries=2),
    ),
    pools=(POOL,),
    retries=Retries(count=4, by_code={"40001": 3, "57P01": 1}, given_up=1),
    rate=400.0,
    to="results.ndjson",
)  # fmt: skip
BATCH_MEASUREMENTS = (
    Measurement(suite="query-batch", case="queries", unit="sec/op", better="lower", values=(0.0051, 0.0049, 0.0052)),
)
