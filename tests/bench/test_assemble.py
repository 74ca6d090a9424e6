"""Measurements, doubts and the verdict, from records."""

from __future__ import annotations

from typing import Any

import pytest

from perftool.bench import doubts, measurements
from perftool.bench.assemble import assemble
from perftool.bench.interleave import hash_seed, order
from perftool.bench.processes.api import CommandResults
from perftool.bench.record import Block, Record
from perftool.bench.runner import Run
from perftool.bench.settings import RunSettings
from perftool.model.bench import BenchCase, SkippedCase
from perftool.model.environment import PythonBuild
from perftool.model.measurement import Measurement
from tests.fakes.measuring import case, good

SETTINGS = RunSettings(blocks=12, samples=1)
STEADY = (10.0, 10.1, 9.9, 10.2, 9.8, 10.0, 10.1, 9.95, 10.05, 9.85, 10.15, 10.0)


def record(
    name: str = "a",
    values: Any = STEADY,
    *,
    peak: int | None = 4096,
    latencies: bool = True,
    count: int = 300,
    collecting: int = 20,
    **more: Any,
) -> Record:
    found = Record(case(name, **more), loops=100, op_s=1e-5)
    for block, value in enumerate(values):
        latency = good({"do": "sample", "kind": "latency", "count": count})
        latency["gc"]["total"] = collecting
        timed = {"wall": value * 1e-6, "cpu": value * 0.9e-6, "peak": peak}
        found.add(Block(block, (timed,), latency if latencies else None))
    return found


def by_unit(found: Record) -> dict[str, Measurement]:
    return {m.unit: m for m in measurements.measurements(found)}


def run(*records: Record, complete: bool = True) -> Run:
    return Run(records, complete, 12, 1.5)


def test_units_and_who_gates() -> None:
    one = record()
    one.memory = {"allocations": 3.0, "bytes": 96.0}
    found = by_unit(one)
    assert [unit for unit, m in found.items() if m.gates] == ["cpu-sec/op", "B/op", "allocs/op"]
    assert [unit for unit, m in found.items() if m.exact] == ["B/op", "allocs/op"]
    informing = {"sec/op", "peak-RSS-B", "p50-sec/op", "p90-sec/op", "p99-sec/op", "max-sec/op", "gc-sec/op"}
    assert {unit for unit, m in found.items() if not m.gates} == informing
    assert found["cpu-sec/op"].values[0] == pytest.approx(9e-6)
    assert found["cpu-sec/op"].blocks == tuple(range(12))
    assert found["p99-sec/op"].values == (120e-9,) * 12
    assert all(m.better == "lower" for m in found.values())


def test_waiting_cases_gate_on_wall_time() -> None:
    assert [u for u, m in by_unit(record(cpu_bound=False)).items() if m.gates] == ["sec/op"]


def test_percentiles_need_operations_beyond_them() -> None:
    found = by_unit(record(count=50))
    assert not {"p99-sec/op"} & found.keys()
    assert {"p50-sec/op", "p90-sec/op", "max-sec/op"} <= found.keys()


def test_no_peak_where_the_system_has_none() -> None:
    assert "peak-RSS-B" not in by_unit(record(peak=None))


def test_histogram_and_pauses_add_up_over_blocks() -> None:
    made = measurements.case(record())
    assert made.latency is not None
    assert made.gc_pauses is not None
    assert made.latency.count == sum(made.latency.counts) == 3600
    assert made.latency.indices == (100,)
    assert made.latency.total == pytest.approx(3600 * 100e-9)
    assert (made.gc_pauses.count, made.gc_pauses.ops) == (24, 3600)
    assert made.gc_pauses.max_s == pytest.approx(15e-9)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("bench_a.py:9: ValueError: no", "bench_a.py:9: ValueError: no"),
        ("killed by SIGSEGV", "bench_a.py:3: killed by SIGSEGV"),
        ("cannot read /srv/someone/data.csv", "bench_a.py:3: cannot read data.csv"),
        (None, "interrupted"),
    ],
)
def test_reasons_name_a_place_in_the_project(reason: str | None, expected: str) -> None:
    lost = Record(case("a", source="bench_a.py:3"), reason=reason)
    assert measurements.skipped(lost, "interrupted").reason == expected


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (STEADY, []),
        (STEADY[:5], ["few-blocks"]),
        ([10 + i / 5 for i in range(12)], ["drift"]),
        ([10.0, 10.01, 12.0, 12.01, 10.02, 12.02, 9.99, 11.99, 10.0, 12.0, 10.0, 12.0], ["bimodal"]),
        ([10, 14, 9, 15, 8, 13, 10, 12, 14, 9, 11, 13], ["wide-interval"]),
    ],
)
def test_doubts_about_values(values: Any, codes: list[str]) -> None:
    found = doubts.of_measurements(measurements.measurements(record(values=values)))
    assert [d.code for d in found] == codes
    assert {d.subject for d in found} <= {"fake/a"}


def test_doubts_about_what_is_missing() -> None:
    fast, slow = record("fast", latencies=False), record("slow", latencies=False)
    fast.op_s, slow.op_s = 1e-8, 1.0
    collecting = record("collecting", collecting=15_000)
    found = doubts.of_records([fast, slow, collecting, record("fine")], latency=True)
    assert [(d.code, d.subject) for d in found] == [
        ("latency-not-given", "fake/fast"),
        ("latency-not-given", "fake/slow"),
        ("gc-share", "fake/collecting"),
    ]
    assert "1 µs" in found[0].message
    assert "50%" in found[2].message
    assert [d.code for d in doubts.of_records([fast], latency=False)] == []
    fast.memory_problem = "took longer than 60 s"
    (lacking,) = doubts.of_records([fast], latency=False)
    assert (lacking.code, lacking.message) == ("allocations-not-given", "no allocations: took longer than 60 s")


@pytest.mark.parametrize(
    ("flags", "codes"),
    [
        (("--enable-optimizations", "--with-lto"), []),
        (("--with-pydebug",), ["debug-build"]),
        (("--with-lto",), ["not-optimised"]),
        ((), []),
    ],
)
def test_doubts_about_the_interpreter(flags: tuple[str, ...], codes: list[str]) -> None:
    build = PythonBuild(version="3.11.7", implementation="CPython", compiler="GCC", build_flags=flags)
    assert [d.code for d in doubts.of_interpreter(build)] == codes


def test_a_whole_run_passes() -> None:
    done = assemble(SETTINGS, run(record("a"), record("b")), None)
    assert done.verdict.outcome == "pass"
    assert done.verdict.headline == "2 cases measured, geomean 9.00 µs"
    assert done.payload.complete
    assert [c.case for c in done.payload.cases] == ["a", "b"]
    assert done.warnings == ()


def test_a_gap_is_a_warning() -> None:
    lost = Record(case("bad"), reason="boom")
    done = assemble(SETTINGS, run(record("a"), lost), None, skipped=[SkippedCase(suite="x", case="y", reason="z")])
    assert done.verdict.outcome == "warn"
    assert done.verdict.headline == "1 case measured, 2 skipped"
    assert done.verdict.reasons == ("x/y: z", "fake/bad: boom")


def test_nothing_measured_is_no_pass() -> None:
    done = assemble(SETTINGS, run(Record(case("bad"), reason="boom")), None)
    assert done.verdict.undecidable
    assert done.verdict.headline == "nothing was measured: 1 case skipped"
    assert assemble(SETTINGS, None, None).verdict.undecidable


def test_an_interrupted_run_says_so() -> None:
    done = assemble(SETTINGS, run(record("a"), Record(case("b")), complete=False), None)
    assert not done.payload.complete
    assert done.verdict.outcome == "warn"
    assert done.verdict.headline.startswith("interrupted")
    assert done.payload.skipped[0].reason == "interrupted"


def test_commands_join_in() -> None:
    wall = Measurement(suite="command", case="true", unit="sec/op", better="lower", values=(0.1, 0.2), blocks=(0, 1))
    results = CommandResults(
        cases=(BenchCase(suite="command", case="true", kind="command"),),
        measurements=(wall,),
        skipped=(),
        warnings=(),
        rounds=2,
        duration_s=1.0,
    )
    done = assemble(SETTINGS, run(record("a")), results)
    assert [c.kind for c in done.payload.cases] == ["python", "command"]
    assert done.payload.duration_s == 2.5
    assert "geomean" not in done.verdict.headline  # CPU and wall times do not mix
    alone = assemble(SETTINGS, None, results)
    assert (alone.payload.settings.blocks, alone.payload.settings.samples_per_block) == (2, 1)


def test_order_takes_every_sample_once() -> None:
    import random

    chance = random.Random(1)
    assert sorted(order([2, 0, 3], chance)) == [0, 0, 2, 2, 2]
    assert all(1 <= hash_seed(chance) < 2**32 for _ in range(100))


@pytest.mark.parametrize(("count", "begun", "shown"), [(7, 8, 8), (20, 8, 20)])
def test_an_interrupted_run_never_shows_more_blocks_than_there_should_be(count: int, begun: int, shown: int) -> None:
    wall = Measurement("command", "true", "sec/op", "lower", (1e-3,) * begun, blocks=tuple(range(begun)))
    results = CommandResults((), (wall,), (), (), begun - 1, 1.0, complete=False, planned=count)
    assert assemble(SETTINGS, None, results).payload.settings.blocks == shown
