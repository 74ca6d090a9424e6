"""Run a comparison: perftool's own, judged, or benchstat's, as benchstat would have run it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from perftool.cli import compare_inputs
from perftool.clock import SystemClock
from perftool.compare import as_benchstat
from perftool.compare import inputs as reading
from perftool.compare.api import ReadOptions
from perftool.compare.comparator import compare
from perftool.compare.lines import LineTooLongError
from perftool.compare.matcher import compile_query, declared_units
from perftool.compare.reported import both_sides
from perftool.compare.revision import places
from perftool.errors import PerftoolError, UsageError
from perftool.store import reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.api import Imported
    from perftool.compare.inputs import Input
    from perftool.compare.matcher import CompareQuery
    from perftool.config.schema import Settings
    from perftool.model.comparison import BaselineReference
    from perftool.model.environment import Environment
    from perftool.model.report import Report

_MOST_BLOCKS = 1000
# profile --repeat takes no more.
_MOST_REPEATS = 100
# bench --vs takes no fewer.
_FEWEST_PAIRS = 20
_NOW = "now"


def run(
    arguments: Sequence[str],
    query: CompareQuery,
    settings: Settings,
    *,
    baseline: str | None,
    paired: bool,
    judged: bool,
) -> Report:
    """Compare the inputs that ``arguments`` name, against the stored ``baseline`` if one is named."""
    from perftool.cli.judging import compared
    from perftool.cli.session import environment

    compile_query(query)  # before anything is read: a typing error must not cost the reading
    if not arguments and baseline is None:
        raise UsageError(
            "nothing to compare", hint="perftool compare OLD NEW, or perftool compare --baseline NAME latest"
        )
    named = reading.parse(compare_inputs.latest(arguments or ["latest"], settings.report_folder))
    names = compare_inputs.shown_names([one.path for one in named])
    label = {one.path: _NOW for one in named} if baseline is not None and len(named) == 1 else names
    found = []
    for one in named:
        imported = compare_inputs.read(one, names[one.path])
        plain = label[one.path]
        found.append(reading.Input(one.label.replace(one.path, plain, 1), imported))
    run = None
    if len(found) == 1 and baseline is None and found[0].imported.run is not None:
        # One report that holds both sides of a run: judged again, as the pairs that they are.
        run, paired = found[0].imported.run, True
        if settings.compare.normalize and settings.origin("compare.normalize") == "command line":
            raise UsageError(
                "--normalize is for reports from two machines: both sides of this run were measured on one",
                hint="leave --normalize out",
            )
        found = list(both_sides(found[0].imported))
    here = environment(settings)
    reference: BaselineReference | None = None
    if baseline is not None:
        base, reference = _baseline(baseline, settings, found, here)
        found.insert(0, base)
    return compared(found, settings, here, query=query, baseline=reference, paired=paired, judged=judged, run=run)


def _baseline(
    name: str, settings: Settings, found: Sequence[Input], here: Environment
) -> tuple[Input, BaselineReference]:
    """Read the baseline ``name`` of the environment in which the first input was measured."""
    from perftool.compare.reported import imported
    from perftool.store import baselines

    measured = next((one.imported.environment for one in found if one.imported.environment is not None), here)
    stored = baselines.load(settings.baseline_folder, name, measured.label)
    label = name
    while any(one.label == label for one in found):
        label = f"baseline {label}"
    return reading.Input(label, imported(stored, name)), baselines.reference(stored, measured)


def explained(
    report: Report, arguments: Sequence[str], settings: Settings, *, baseline: str | None, choice: str
) -> Report:
    """Return the report with its failing and warning rows explained from stored captures."""
    from perftool.cli import compare_explaining as culprit

    return culprit.explained(report, culprit.sides(arguments, settings, baseline=baseline), settings, choice)


def next_steps(report: Report, *, explained: bool = False) -> list[str]:
    """Return the last lines: what would explain what got worse, and decide the rows that are undecided."""
    steps = _to_decide(report)
    own = any(column.environment for column in getattr(report.payload, "columns", ()))
    if own and not explained and report.verdict.outcome in {"fail", "warn"}:
        steps.append("culprit the same perftool compare with --explain")
    return steps


def _to_decide(report: Report) -> list[str]:
    found = [place for place in places(getattr(report.payload, "tables", ())) if place.change.needed]
    if not found:
        return []
    from perftool.profiling.summary import SUITE

    needed = [(place.row.label.startswith(f"{SUITE}/"), place.change.needed or 0) for place in found]
    repeats = [count for profiled, count in needed if profiled and 0 < count <= _MOST_REPEATS]
    blocks = [count for profiled, count in needed if not profiled and 0 < count <= _MOST_BLOCKS]
    steps = []
    if repeats:
        rows = _rows(len(repeats))
        steps.append(f"next    both sides with perftool profile --repeat {max(repeats)} would decide {rows}")
    return [*steps, *_measured_again(report, blocks)] if blocks else steps


def _rows(count: int) -> str:
    return "1 undecided row" if count == 1 else f"{count} undecided rows"


def _measured_again(report: Report, few: Sequence[int]) -> list[str]:
    rows = _rows(len(few))
    if getattr(report.payload, "run", None) is not None:
        return [f"next    the same perftool bench with --count {max(_FEWEST_PAIRS, *few)} would decide {rows}"]
    measured_here = any(column.environment for column in getattr(report.payload, "columns", ()))
    how = f"perftool bench --count {max(few)}" if measured_here else f"about {max(few)} results a side"
    return [f"next    {how} would decide {rows}"]


def run_as_benchstat(
    arguments: Sequence[str], query: CompareQuery, *, alpha: float, confidence: float, tested: bool
) -> Report | None:
    """Compare as benchstat does, errors included: they are printed and None is returned.

    ``tested`` says that some other format is wanted too, which shows perftool's own statistics.
    """
    from perftool.machine.environment import capture

    found: list[Input] = []
    try:
        compile_query(query)
        wrong = as_benchstat.out_of_range(alpha, confidence)
        if wrong is not None:
            _complain(found, wrong)
            return None
        for one in reading.parse(arguments):
            try:
                stream = compare_inputs.open_input(one.path)
            except (OSError, ValueError) as error:
                reason = (getattr(error, "strerror", None) or str(error)).lower()
                directory = isinstance(error, IsADirectoryError)
                _complain(found, as_benchstat.unopened(one.path, reason, directory=directory))
                return None
            with stream as opened:
                found.append(reading.Input(one.label, reading.read(opened, one.path, ReadOptions(as_benchstat=True))))
    except LineTooLongError as error:
        _complain(found, as_benchstat.message(error), error.before)
        return None
    except PerftoolError as error:
        _complain(found, as_benchstat.message(error))
        return None
    if len(found) == 1 and found[0].imported.run is not None:
        found = list(both_sides(found[0].imported))
    payload, verdict, warnings = compare(found, query, alpha=alpha, confidence=confidence, tested=tested)
    return reports.build(payload, verdict, capture(light=True), created=SystemClock().now(), warnings=warnings)


def _complain(found: Sequence[Input], message: str, partial: Imported | None = None) -> None:
    """Print what benchstat has printed when it stops: the messages of what was read, and why it stopped."""
    read = [*found, *([reading.Input("", partial)] if partial is not None else [])]
    lines = [*declared_units(read)[1], f"benchstat: {message}"]
    sys.stderr.write("\n".join(lines) + "\n")
