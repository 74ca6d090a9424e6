"""What the values themselves, and the interpreter, make doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.bench.record import SHORTEST_LATENCY_S
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.bench.record import Record
    from perftool.model.environment import PythonBuild
    from perftool.model.measurement import Measurement
    from perftool.model.paired import Stopping

# With fewer values the median has no 95 % interval (perftool.stats.interval), nor can a signed-rank test of fewer
# pairs reach p < 0.05: 2 * 0.5**5 > 0.05.
_FEWEST_BLOCKS: Final = 6
_DRIFT_P: Final = 0.01
_DRIFT_CHANGE: Final = 0.05
_WIDE: Final = 0.10
# An ordinary allocating workload spends 10 to 18 % in collections; above that they are the measurement.
_GC_SHARE: Final = 0.25


def of_measurements(measurements: Iterable[Measurement]) -> list[ReportWarning]:
    """Return doubts about gating times: few-blocks, drift, bimodal, wide-interval."""
    found: list[ReportWarning] = []
    for measurement in measurements:
        if measurement.gates and not measurement.exact and measurement.unit.endswith("sec/op"):
            found += _of_times(measurement)
    return found


def _of_times(measurement: Measurement) -> list[ReportWarning]:
    from perftool.stats.drift import drift
    from perftool.stats.interval import summarize
    from perftool.stats.modality import two_modes
    from perftool.stats.sample import block_medians
    from perftool.units.display import format_percent, format_value

    values = block_medians(measurement.values, measurement.blocks)
    if len(values) < _FEWEST_BLOCKS:
        text = f"fewer than {_FEWEST_BLOCKS} blocks: too few for a 95 % interval"
        return [ReportWarning(code="few-blocks", message=text, subject=measurement.name)]
    found: list[ReportWarning] = []
    trend = drift(values)
    if trend.p < _DRIFT_P and trend.change is not None and abs(trend.change) > _DRIFT_CHANGE:
        change = format_percent(trend.change, signed=True)
        text = f"{measurement.name} drifted by {change} from the first block to the last"
        found.append(ReportWarning(code="drift", message=text, subject=measurement.name))
    modes = two_modes(values)
    if modes is not None:
        low, high = (format_value(v, measurement.unit) for v in (modes.low, modes.high))
        text = f"{measurement.name} has two modes, {low} and {high}: the median may jump between them"
        found.append(ReportWarning(code="bimodal", message=text, subject=measurement.name))
    spread = summarize(values).spread
    if spread > _WIDE:
        text = f"{measurement.name} varies by ± {format_percent(spread)}: more blocks (--count) or a quieter machine"
        found.append(ReportWarning(code="wide-interval", message=text, subject=measurement.name))
    return found


def of_records(records: Sequence[Record], *, latency: bool) -> list[ReportWarning]:
    """Return what could not be given, and garbage collections that dominate."""
    found: list[ReportWarning] = []
    for record in records:
        name = "/".join([record.case.suite, record.case.case, *(f"{k}={v}" for k, v in record.case.parameters.items())])
        if latency and not record.latencies:
            if record.op_s < SHORTEST_LATENCY_S:
                text = "no percentiles: single operations below 1 µs cannot be timed one by one"
            else:
                text = "no percentiles: too few operations fit into a sample (--min-time)"
            found.append(ReportWarning(code="latency-not-given", message=text, subject=name))
        if record.memory_problem is not None:
            text = f"no allocations: {record.memory_problem}"
            found.append(ReportWarning(code="allocations-not-given", message=text, subject=name))
        if record.instructions_problem is not None:
            text = f"no instructions: {record.instructions_problem}"
            found.append(ReportWarning(code="instructions-not-given", message=text, subject=name))
        found += _of_counters(record, name)
        total = sum(reply["total"] for _, reply in record.latencies)
        collecting = sum(reply["gc"]["total"] for _, reply in record.latencies)
        if total and collecting / total > _GC_SHARE:
            text = f"{name} spent {collecting / total:.0%} of its time in garbage collection"
            found.append(ReportWarning(code="gc-share", message=text, subject=name))
    return found


def _of_counters(record: Record, name: str) -> list[ReportWarning]:
    if record.counters_problem is not None:
        text = f"no counters: {record.counters_problem}"
        return [ReportWarning(code="counters-not-given", message=text, subject=name)]
    units = [unit for unit in record.counters if not record.steady(unit)]
    if not units:
        return []
    text = f"{', '.join(units)} of {name} differed between runs of the same operation: shown, and not judged exactly"
    return [ReportWarning(code="counters-moved", message=text, subject=name)]


def of_stopping(stopping: Stopping, *, measured: bool) -> list[ReportWarning]:
    """Return doubts about how many pairs of blocks there are: budget, few-blocks."""
    found: list[ReportWarning] = []
    if stopping.reason == "budget":
        blocks = f"{stopping.done} of {stopping.planned} blocks"
        text = f"the time budget of {stopping.budget_s:g} s ended the run after {blocks}"
        found.append(ReportWarning(code="budget", message=text))
    if measured and stopping.done < _FEWEST_BLOCKS:
        text = f"fewer than {_FEWEST_BLOCKS} pairs of blocks: too few for a 95 % interval"
        found.append(ReportWarning(code="few-blocks", message=text))
    return found


def of_interpreter(build: PythonBuild) -> list[ReportWarning]:
    """Return what makes times of this interpreter unlike those of a released one: debug-build, not-optimised."""
    if "--with-pydebug" in build.build_flags:
        return [ReportWarning(code="debug-build", message="Python is a debug build: times are several times too long")]
    if build.implementation == "CPython" and build.build_flags and "--enable-optimizations" not in build.build_flags:
        text = "Python was built without --enable-optimizations: it is slower than released builds"
        return [ReportWarning(code="not-optimised", message=text)]
    return []
