"""Profiles whose reports every format is tested on: CPU time of three processes, and memory."""

from __future__ import annotations

from perftool.model.measurement import Measurement
from perftool.model.profile import (
    CaptureReference,
    FunctionRow,
    HeapPoint,
    ProfiledProcess,
    ProfilePayload,
    Ranking,
)
from perftool.model.verdict import ReportWarning, Verdict


def _row(function: str, own: float, total: float, whole: float, file: str = "", line: int = 0,
         kind: str = "python") -> FunctionRow:  # fmt: skip
    return FunctionRow(function=function, own=own, total=total, own_share=own / whole, total_share=total / whole,
                       file=file, line=line, kind=kind)  # type: ignore[arg-type]  # fmt: skip


_CPU = 12.4
CPU = ProfilePayload(
    target="-m myapp.import",
    engine="sampler",
    measures=("cpu",),
    duration_s=13.1,
    rate=100.0,
    exit_code=3,
    rankings=(
        Ranking(
            kind="cpu", unit="s", total=_CPU, rest=0.31,
            rows=(
                _row("myapp.parse.Reader.rows", 3.84, 7.74, _CPU, "myapp/parse.py", 88),
                _row("json.loads", 1.76, 1.76, _CPU, "json/__init__.py", 299),
                _row("garbage collection", 1.46, 1.46, _CPU, kind="marker"),
                _row("myapp.parse.<module>.<locals>.<lambda>", 1.2, 1.2, _CPU, "myapp/parse.py", 12),
                _row("_mypyc_getter<|>& \"quoted\"", 0.9, 0.9, _CPU, kind="native"),
                _row("__main__.main", 0.0, 12.4, _CPU, "myapp/import.py", 40),
            ),
        ),
    ),
    processes=(
        ProfiledProcess(pid=4711, parent=0, command="python -m myapp.import orders.csv", samples=818),
        ProfiledProcess(pid=4712, parent=4711, command="fork", samples=301),
        ProfiledProcess(pid=4713, parent=4711, command="python -c …", samples=117),
    ),
    captures=(
        CaptureReference(digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         name="20261120-203102-import-cpu.pb.gz", size=48_213, engine="sampler", measures="cpu"),
    ),
    facts={"gc.count": 412.0, "gc.cpu_ns": 1.46e9, "gc.max_ns": 13_600_000.0, "sampler.cpu_ns": 49_600_000.0},
)  # fmt: skip
CPU_VERDICT = Verdict(
    outcome="warn",
    headline="12.4 s CPU, 1,236 samples, 3 processes; sampler cost 0.4 %",
    reasons=("⚠ the target's exit code is 3",),
)
CPU_MEASUREMENTS = (
    Measurement(suite="profile", case="import", unit="cpu-sec", better="lower", values=(_CPU,)),
    Measurement(suite="profile", case="import", unit="gc-cpu-sec", better="lower", values=(1.46,), gates=False),
    Measurement(suite="profile", case="import", unit="cpu-sec", better="lower", values=(3.84,), gates=False,
                parameters={"function": "myapp.parse.Reader.rows"}),
)  # fmt: skip
CPU_WARNINGS = (
    ReportWarning(
        code="processes-left",
        message="a process that it started still runs 2 s after the target: what they do from then on is left out",
    ),
)

_PEAK, _ALLOCATED, _HELD = float(216 << 20), float(2 << 30), float(3 << 20)
MEMORY = ProfilePayload(
    target="load.py",
    engine="memray",
    measures=("memory",),
    duration_s=21.5,
    exit_code=0,
    rankings=(
        Ranking(kind="peak_space", unit="B", total=_PEAK, rows=(
            _row("load.read", 180 * 2.0**20, _PEAK, _PEAK, "load.py", 7),
            _row("builtins.sorted", 36 * 2.0**20, 36 * 2.0**20, _PEAK, kind="native"),
        )),
        Ranking(kind="alloc_space", unit="B", total=_ALLOCATED, rest=1024.0, rows=(
            _row("load.split", _ALLOCATED - 1024, _ALLOCATED, _ALLOCATED, "load.py", 21),
        )),
        Ranking(kind="alloc_objects", unit="count", total=1_400_000.0, rows=(
            _row("load.split", 1_400_000.0, 1_400_000.0, 1_400_000.0, "load.py", 21),
        )),
        Ranking(kind="inuse_space", unit="B", total=_HELD, rows=(
            _row("load.Cache.keep", _HELD, _HELD, _HELD, "load.py", 33),
        )),
    ),
    processes=(ProfiledProcess(pid=99, parent=0, command="python load.py", samples=1_400_000),),
    captures=(
        CaptureReference(digest="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                         name="20261120-203102-load-memory.pb.gz", size=9_120, engine="memray", measures="memory"),
    ),
    heap=tuple(
        HeapPoint(at_s=at / 2, heap_bytes=int(_PEAK * (1 - abs(at - 30) / 31)), resident_bytes=int(_PEAK * 1.1))
        for at in range(44)
    ),
    facts={"temporary.count": 120_000.0},
)  # fmt: skip
MEMORY_VERDICT = Verdict(outcome="pass", headline="peak 216 MiB, 1.40 M allocations of 2.00 GiB, leaked 3.00 MiB")
MEMORY_MEASUREMENTS = tuple(
    Measurement(suite="profile", case="load", unit=unit, better="lower", values=(value,))
    for unit, value in (("peak-B", _PEAK), ("B", _ALLOCATED), ("allocs", 1_400_000.0), ("leaked-B", _HELD))
)
