"""Read Google Benchmark's JSON (``--benchmark_out=FILE --benchmark_out_format=json``); each repetition is a value.

source: github.com/google/benchmark, docs/user_guide.md, "Output Files" and "CPU Timers"
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec

from perftool.compare import json_input
from perftool.compare.api import Imported, Importer, ReadOptions, Series
from perftool.errors import InputError
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from perftool.model.measurement import Better

_FACTORS: Final = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# What is asked for with UseRealTime or UseManualTime is real time; else the library itself goes by CPU time.
_REAL: Final = ("real_time", "manual_time")
_AGGREGATES: Final = ("median", "mean")
# Numbers that describe the run; every other number of an entry is a counter.
_PLAIN: Final = frozenset(
    {
        "family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads", "iterations",
        "real_time", "cpu_time", "real_coefficient", "cpu_coefficient", "rms",
    }
)  # fmt: skip
# The library's own counters; a user's says nothing of its direction.
_COUNTERS: Final[dict[str, tuple[str, Better]]] = {
    "bytes_per_second": ("B/s", "higher"),
    "items_per_second": ("items/s", "higher"),
    "allocs_per_iter": ("allocs/op", "lower"),
    "max_bytes_used": ("peak-B", "lower"),
    "total_allocated_bytes": ("allocated-B", "lower"),
    "net_heap_growth": ("heap-growth-B", "lower"),
}


class _Run(msgspec.Struct):
    """One entry: a repetition, or an aggregate over the repetitions of ``run_name``."""

    name: str
    run_name: str | None = None
    run_type: str = "iteration"
    aggregate_name: str | None = None
    time_unit: str = "ns"
    real_time: float | None = None
    cpu_time: float | None = None
    error_occurred: bool = False
    error_message: str = ""
    skipped: bool = False
    skip_message: str = ""


class _File(msgspec.Struct):
    context: dict[str, Any]
    benchmarks: list[dict[str, Any]]


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.series: dict[tuple[str, str], Series] = {}
        self.failed: dict[str, tuple[int, str]] = {}
        self.aggregated: dict[str, tuple[str, _Run, dict[str, Any]]] = {}
        self.measured: set[str] = set()
        self.left_out = 0

    def add(self, entry: dict[str, Any]) -> None:
        try:
            run = msgspec.convert(entry, _Run)
        except msgspec.ValidationError as error:
            raise InputError(f"{self.name}: not a usable Google Benchmark file: {error}") from error
        benchmark, aggregate = _names(run)
        if run.error_occurred or run.skipped:
            count, _ = self.failed.get(benchmark, (0, ""))
            self.failed[benchmark] = (count + 1, run.error_message or run.skip_message)
        elif not aggregate:
            self.measured.add(benchmark)
            self.values(benchmark, run, entry)
        elif aggregate in _AGGREGATES and self.aggregated.get(benchmark, ("", run, entry))[0] != _AGGREGATES[0]:
            self.aggregated[benchmark] = (aggregate, run, entry)

    def aggregates(self) -> int:
        """Take the aggregate where there are no repetitions; returns: for how many benchmarks."""
        alone = [benchmark for benchmark in self.aggregated if benchmark not in self.measured]
        for benchmark in alone:
            _, run, entry = self.aggregated[benchmark]
            self.values(benchmark, run, entry)
        return len(alone)

    def values(self, benchmark: str, run: _Run, entry: dict[str, Any]) -> None:
        factor = _FACTORS.get(run.time_unit)
        if factor is None:
            known = ", ".join(_FACTORS)
            raise InputError(
                f"{self.name}: {benchmark}: no time unit {run.time_unit!r} is known", hint=f"known: {known}"
            )
        real = any(part in _REAL for part in benchmark.split("/"))
        for unit, written, value, gates in (
            ("cpu-sec/op", f"cpu-{run.time_unit}/op", run.cpu_time, not real),
            ("sec/op", f"{run.time_unit}/op", run.real_time, real or run.cpu_time is None),
        ):
            if value is not None:
                self.put(Series((), benchmark, unit, written, better="lower", gates=gates), value * factor)
        for key, value in entry.items():
            if key not in _PLAIN and isinstance(value, int | float) and not isinstance(value, bool):
                unit, better = _COUNTERS.get(key, (key, "unknown"))
                # A rate is the time told once more: it decides nothing by itself.
                series = Series((), benchmark, unit, key, better=better, gates=None if better == "lower" else False)
                self.put(series, value)

    def put(self, series: Series, value: float) -> None:
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            self.left_out += 1
            return
        self.series.setdefault((series.name, series.unit), series).values.append(value)


def _names(run: _Run) -> tuple[str, str]:
    """Return the benchmark's name and which aggregate it is, "" for a repetition; before 1.5 only the name tells."""
    if run.run_name is not None:
        return run.run_name, (run.aggregate_name or run.run_type) if run.run_type != "iteration" else ""
    stem, _, ending = run.name.rpartition("_")
    if stem and ending in (*_AGGREGATES, "stddev", "cv", "BigO", "RMS"):
        return stem, ending
    return run.name, ""


def _detects(head: bytes) -> bool:
    return json_input.has_keys(head, "context", "benchmarks") and json_input.has_keys(head, "library_build_type")


def _read(stream: BinaryIO, name: str, _: ReadOptions) -> Imported:
    what = "Google Benchmark"
    found = json_input.decode(json_input.load(stream, name), _File, name=name, what=what, non_finite=True)
    reader = _Reader(name)
    for entry in found.benchmarks:
        reader.add(entry)
    alone = reader.aggregates()
    series = tuple(reader.series.values())
    warnings = [
        ReportWarning(code="failed-runs", message=_stopped(count, text), subject=benchmark)
        for benchmark, (count, text) in reader.failed.items()
    ]
    if not series:
        why = f" ({warnings[0].subject} {warnings[0].message})" if warnings else ""
        raise InputError(f"{name}: no benchmark with values{why}")
    warnings += [ReportWarning(code=code, message=text, subject=name) for code, text in _doubts(reader, alone, found)]
    return Imported(name, "google-benchmark", series, warnings=tuple(warnings))


def _stopped(count: int, text: str) -> str:
    runs = "1 run" if count == 1 else f"{count} runs"
    return f"{runs} skipped or stopped with an error" + (f": {' '.join(text.split())}" if text.strip() else "")


def _doubts(reader: _Reader, alone: int, found: _File) -> list[tuple[str, str]]:
    doubts: list[tuple[str, str]] = []
    if alone:
        benchmarks = len({one.name for one in reader.series.values()})
        text = f"{alone} of {benchmarks} benchmarks have only aggregates, one value each, which cannot be decided: "
        doubts.append(("aggregates-only", text + "leave --benchmark_report_aggregates_only out"))
    if any(len(one.values) > 1 for one in reader.series.values()):
        text = "repetitions of one process share its memory layout: differences may look surer than they are"
        doubts.append(("one-process", text))
    if reader.left_out:
        doubts.append(("infinite-values", f"{reader.left_out} values that are no finite numbers were left out"))
    if found.context.get("library_build_type") == "debug":
        doubts.append(("debug-build", "measured with a debug build of Google Benchmark: times may be too long"))
    if found.context.get("cpu_scaling_enabled") is True:
        doubts.append(("cpu-scaling", "the processor's clock rate was allowed to change while measuring"))
    return doubts


IMPORTER = Importer("google_benchmark", detects=_detects, read=_read)
