"""A benchmark on two databases, whose report every format is tested on."""

from __future__ import annotations

from perftool.model.bench import BenchCase, BenchPayload, BenchSettings, Conclusion, SkippedCase
from perftool.model.database import DatabaseFacts
from perftool.model.measurement import Measurement
from perftool.model.verdict import ReportWarning

HEADLINE = "4 cases measured, 1 skipped, geomean 2.11 ms"
_TIMES = {
    ("totals", "sqlite:shop.db"): 0.0182,
    ("totals", "postgresql:shop"): 0.0093,
    ("one_customer", "sqlite:shop.db"): 6.02e-5,
    ("one_customer", "postgresql:shop"): 2.13e-4,
}
_COUNTERS = {"sqlite:shop.db": ("vm-steps/op", 513_204.0), "postgresql:shop": ("blocks/op", 412.0)}


def _parameters(backend: str) -> dict[str, str]:
    return {"backend": backend, "read": "all"}


MEASUREMENTS = tuple(
    one
    for (case, backend), seconds in _TIMES.items()
    for unit, counted in [_COUNTERS[backend]]
    for one in (
        Measurement(
            suite="db", case=case, unit="sec/op", better="lower", parameters=_parameters(backend),
            values=tuple(seconds * factor for factor in (1.0, 1.02, 0.99, 1.01, 0.98, 1.0)), blocks=(0, 1, 2, 3, 4, 5),
        ),
        Measurement(
            suite="db", case=case, unit=unit, better="lower", parameters=_parameters(backend), values=(counted,),
            blocks=(0,), exact=True,
        ),
    )
)  # fmt: skip
PAYLOAD = BenchPayload(
    settings=BenchSettings(blocks=6, samples_per_block=1, min_time_s=0.02, seed=7),
    cases=tuple(
        BenchCase(suite="db", case=case, kind="sql", parameters=_parameters(backend), source="q.sql:3")
        for case, backend in _TIMES
    ),
    skipped=(
        SkippedCase(
            suite="db", case="totals", reason="no such file: old.db (--write makes a new database)",
            parameters=_parameters("sqlite:old.db"),
        ),
    ),
    duration_s=8.2,
    databases=(
        DatabaseFacts(
            label="sqlite:shop.db", system="SQLite", version="3.40.1", driver="sqlite3 of Python 3.11.7",
            durability={"journal_mode": "delete", "synchronous": "full"}, settings={"cache_size": "-2000"},
        ),
        DatabaseFacts(
            label="postgresql:shop", system="PostgreSQL", version="15.18", driver="psycopg 3.3.9",
            durability={"fsync": "on", "synchronous_commit": "on"},
        ),
    ),
    conclusions=(
        Conclusion(suite="db", group="totals all", subject="sqlite:shop.db", ratio=1, quantity="time"),
        Conclusion(
            suite="db", group="totals all", subject="postgresql:shop", ratio=0.511, lo=0.497, hi=0.53, quantity="time",
            text="totals all: postgresql:shop takes 0.51 times as long as sqlite:shop.db",
        ),
        Conclusion(suite="db", group="one_customer all", subject="sqlite:shop.db", ratio=1, quantity="time"),
        Conclusion(
            suite="db", group="one_customer all", subject="postgresql:shop", ratio=3.54, lo=3.4, hi=3.7,
            quantity="time",
        ),
        Conclusion(
            suite="db", group="reuse", subject="sqlite", ratio=12.1, lo=11.2, hi=13.0, claimed=10.0, holds=True,
            text="reusing connections makes it 12 times as fast, 10 are claimed",
        ),
        Conclusion(suite="db", group="knee", subject="sqlite", text="sqlite: executemany wants 500 rows a commit"),
    ),
)  # fmt: skip
WARNINGS = (
    ReportWarning(
        code="rows-differ",
        message="totals gives different numbers of rows: sqlite:shop.db 997, postgresql:shop 996",
        subject="db/totals",
    ),
)
