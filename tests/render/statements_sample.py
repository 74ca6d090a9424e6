"""The SQL of a program whose report every format is tested on."""

from __future__ import annotations

from perftool.model.diagnostic import Diagnostic, Span
from perftool.model.measurement import Measurement
from perftool.model.statements import CallSite, StatementFigures, StatementsPayload

_SELECT = "select orders.id from orders where ? = orders.customer_id"
PAYLOAD = StatementsPayload(
    target="app.py",
    statements=(
        StatementFigures(
            fingerprint="1a69c8c55430e9e7",
            text=_SELECT,
            count=40,
            total_s=0.0821,
            p50_s=0.0019,
            p95_s=0.0041,
            maximum_s=0.0063,
            rows=120,
            execute_s=0.07,
            errors=1,
            repeated=2,
            sites=(
                CallSite(file="app.py", line=21, function="main", count=38, seconds=0.08),
                CallSite(file="app/late.py", line=7, function="Shop.open", count=2, seconds=0.0021),
            ),
            databases=("sqlite",),
        ),
        StatementFigures(
            fingerprint="b8ec710c87b6b766",
            text="insert into customer(name) values (?)",
            count=2,
            total_s=0.0031,
            p50_s=0.0012,
            p95_s=0.0019,
            maximum_s=0.0019,
            rows=2000,
            many=2,
        ),
        StatementFigures(
            fingerprint="a60131d31645a2d3",
            text="vacuum",
            count=1,
            total_s=0.001,
            p50_s=0.001,
            p95_s=0.001,
            maximum_s=0.001,
            rows=0,
        ),
    ),
    count=43,
    total_s=0.0862,
    seconds=0.844,
    cpu_s=0.61,
    rows=2120,
    transactions=3,
    longest_transaction_s=0.31,
    unreturned=1,
    libraries=("SQLAlchemy 2.1.9", "sqlite3 3.40.1"),
    processes=2,
    lost=4,
    overhead_s=0.0051,
    exit_code=3,
    shown=2,
)
DIAGNOSTICS = (
    Diagnostic(
        code="STMT001",
        severity="warning",
        name="n-plus-one",
        message=f"N+1: 40 × {_SELECT} took 82.1 ms: it was run once for each row of select id from customer (40 rows)",
        help="join the two, or ask once with WHERE … IN (…) for all rows",
        span=Span(path="app.py", start=410, end=433, line=21, column=9),
        evidence={"count": 40, "seconds": 0.0821, "share": 0.95, "statement": "1a69c8c55430e9e7"},
        key="n-plus-one 1a69c8c55430e9e7 app.py main",
    ),
)
MEASUREMENTS = (
    Measurement(suite="statements", case="all", unit="statements", better="lower", values=(43.0,), exact=True),
    Measurement(suite="statements", case="all", unit="sec", better="lower", values=(0.0862,), gates=False),
)
HEADLINE = "43 statements (3 distinct) took 86.2 ms of 844 ms, 2 processes; 1 finding; recording took 0.6 %"
