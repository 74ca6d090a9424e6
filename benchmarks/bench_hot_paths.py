"""perftool's own hot paths: ``perftool bench benchmarks --vs main`` measures them before and after a change.

The inputs are made here, so that both sides work on the same; the code comes from each side. Only what older
revisions have too is used, or they could not be compared with.
"""

from __future__ import annotations

import io

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.inputs import Input, read
from perftool.sql.fingerprint import normalise
from perftool.sql.pool import ParserPool
from perftool.sql.splitter import pieces

STATEMENTS = (
    "SELECT id, name FROM users WHERE active = TRUE",
    "SELECT u.id, COUNT(o.id) AS orders, SUM(o.total) AS spent FROM users u JOIN orders o ON u.id = o.user_id "
    "WHERE o.created_at > '2026-01-01' GROUP BY u.id HAVING SUM(o.total) > 100 ORDER BY spent DESC LIMIT 10",
    "SELECT name, salary, RANK() OVER (PARTITION BY department ORDER BY salary DESC) AS place FROM employees",
    "WITH recent AS (SELECT * FROM orders WHERE placed > '2026-06-01') SELECT user_id, COUNT(*) FROM recent GROUP BY 1",
    "INSERT INTO events (kind, at, payload) VALUES ('click', '2026-11-20', '{\"x\": 1}')",
)
SCRIPT = ";\n".join(f"-- statement {number}\n{text}" for number in range(20) for text in STATEMENTS).encode()
BENCHMARKS, SAMPLES = 50, 12


def text(shift: float) -> bytes:
    """Return Go benchmark text of noisy times and constant counters, the same each time."""
    state, lines = 1, ["goos: linux", "pkg: example.com/generated"]
    for _ in range(SAMPLES):
        for number in range(BENCHMARKS):
            state = (state * 1_103_515_245 + 12_345) % (1 << 31)
            time = (1000 + number) * shift * (1 + (state >> 8) % 200 / 10_000)
            lines.append(f"BenchmarkCase/size={number}-8 \t1000\t{time:.1f} ns/op\t512 B/op\t{number % 9} allocs/op")
    return ("\n".join(lines) + "\n").encode()


OLD, NEW = text(1.0), text(1.03)
POOL = ParserPool()


def setup_compare() -> dict[str, object]:
    return {"inputs": [Input("old", read(io.BytesIO(OLD), "old")), Input("new", read(io.BytesIO(NEW), "new"))]}


setup_compare_paired = setup_compare


def bench_parse() -> None:
    with POOL.parser() as parser:
        for statement in STATEMENTS:
            parser.parse(statement)


def bench_split() -> None:
    for _ in pieces(SCRIPT):
        pass


def bench_normalise() -> None:
    for statement in STATEMENTS:
        normalise(statement)


def bench_read() -> None:
    read(io.BytesIO(OLD), "old")


def bench_compare(inputs) -> None:  # type: ignore[no-untyped-def]
    compare(inputs, gate=GateRules())


def bench_compare_paired(inputs) -> None:  # type: ignore[no-untyped-def]
    compare(inputs, gate=GateRules(), paired=True)
