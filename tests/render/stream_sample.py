"""A stream whose report every format is tested on."""

from __future__ import annotations

from perftool.model.database import DatabaseFacts
from perftool.model.measurement import Measurement
from perftool.model.query import StreamPayload

_MIB = float(1 << 20)
PAYLOAD = StreamPayload(
    database=DatabaseFacts(
        label="postgresql:shop",
        system="PostgreSQL",
        version="15.18",
        driver="psycopg 3.3.9",
        durability={"fsync": "on"},
        settings={"work_mem": "4MB"},
    ),
    format="csv",
    to="orders.csv.gz",
    path="cursor (chunked rows)",
    rows=1_000_000,
    size=28_666_751,
    seconds=5.67,
    columns=(("id", "int8"), ("span", "interval")),
    compression="gzip",
    chunk_rows=1000,
    cpu_s=3.51,
    first_row_s=0.00053,
    peak_bytes=3_972_000,
    fallbacks=("copy: column span is interval, which the engine writes in other words",),
)
MEASUREMENTS = tuple(
    Measurement(
        suite="query-stream",
        case="orders.sql",
        unit=unit,
        better=better,
        values=(value,),
        parameters={"format": "csv", "compression": "gzip"},
        gates=unit == "rows/s",
    )
    for unit, better, value in (
        ("rows/s", "higher", 176_372.0),
        ("B/s", "higher", 4.82 * _MIB),
        ("sec/op", "lower", 5.67),
        ("cpu-sec/op", "lower", 3.51),
        ("first-row-sec/op", "lower", 0.00053),
        ("peak-B", "lower", 3_972_000.0),
    )
)
HEADLINE = "1,000,000 rows of postgresql:shop as csv: 27.3 MiB in 5.67 s"
