"""The verdict of a history: one line to read aloud and the lines behind it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from perftool.compare.conclusion import MARKS, ORDER, concluded, counted
from perftool.compare.doubts import is_time
from perftool.model.verdict import Verdict
from perftool.units.display import format_percent, format_value

if TYPE_CHECKING:
    from perftool.compare.gate import GateRules
    from perftool.model.comparison import RowOutcome
    from perftool.model.history import HistoryPayload, HistoryRun, HistorySeries, LevelChange


def conclude(payload: HistoryPayload, gate: GateRules | None) -> Verdict:
    """Return the verdict over all judged series: that of the worst last change."""
    marked = sum(len(series.changes) for series in payload.series)
    if gate is None:
        headline = f"{counted(marked, 'change')} in {counted(len(payload.runs), 'run')} shown, not judged"
        return Verdict(outcome="pass", headline=headline)
    judged = [series for series in payload.series if series.outcome != "info"]
    counts = Counter(series.outcome for series in judged)
    reasons = _reasons(payload, judged)
    missing = _missing(payload) if gate.fail_on_missing else []
    return concluded(
        counts,
        reasons,
        missing,
        strict="✗ strict: a series that could not be decided fails" if gate.strict else "",
        headline=lambda: _headline(payload, counts, judged, missing),
        nothing=lambda: _nothing(payload, judged),
    )


def _headline(
    payload: HistoryPayload, counts: Counter[RowOutcome], judged: list[HistorySeries], missing: list[str]
) -> str:
    improved = sum(1 for series in judged if series.outcome == "pass" and _last(series) == "better")
    tolerated = sum(1 for series in judged if series.outcome == "pass" and _last(series) == "worse")
    pieces = [counted(counts["fail"], "regression"), counted(counts["warn"], "warning")]
    pieces += [f"{tolerated:,} worse within limits"] if tolerated else []
    pieces += [counted(improved, "improvement")] if improved else []
    pieces.append(f"{counts['pass'] - improved - tolerated:,} unchanged")
    pieces.append(f"{counts['inconclusive']:,} undecided")
    pieces += [f"{len(missing):,} missing"] if missing else []
    return f"{', '.join(pieces)} over {counted(len(payload.runs), 'run')}"


def _last(series: HistorySeries) -> str:
    return series.changes[-1].direction if series.changes else "same"


def _reasons(payload: HistoryPayload, judged: list[HistorySeries]) -> list[str]:
    """Return a line for each judged series that changed or is undecided, worst first, improvements last."""
    told = [series for series in judged if series.outcome != "pass" or _last(series) in ("better", "worse")]
    told.sort(key=lambda series: (ORDER.index(series.outcome), _last(series) == "better"))
    return [_line(payload, series) for series in told]


def _line(payload: HistoryPayload, series: HistorySeries) -> str:
    subject = series.name + (f" {series.unit}" if series.unit != "sec/op" else "")
    if series.outcome == "inconclusive" and not series.changes:
        return f"{subject}: undecided, {series.reason}"
    change = series.changes[-1]
    old, new = series.levels[-2], series.levels[-1]
    began = since(payload.runs[series.points[change.at].run])
    text = f"{subject}: {size(series, change)} since {began}: "
    text += f"{format_value(old.center, series.unit)} → {format_value(new.center, series.unit)}"
    if change.p is not None:
        text += ", p<0.001" if change.p < 0.001 else f", p={change.p:.3f}"
    if series.outcome == "inconclusive":
        return f"{text}; undecided, {series.reason}"
    if (series.outcome == "pass" and change.direction == "worse") or "waive" in series.reason:
        text += f", {series.reason}"
    return MARKS.get(series.outcome, "") + text


def since(run: HistoryRun) -> str:
    """Name the run with which something began: commit and day, else its file."""
    commit = run.source.commit[:9] if run.source and run.source.commit else ""
    day = (run.created or "")[:10]
    if commit and day:
        return f"{commit} ({day})"
    return commit or day or run.name


def size(series: HistorySeries, change: LevelChange) -> str:
    """Return how much the level changed, in words that fit the unit: ``12.3 % slower``."""
    if change.change is None:
        return "from 0"
    more = change.change > 0
    words = ("more", "less")
    if is_time(series.unit) and "RSS" not in series.unit:
        words = ("higher", "lower") if series.better == "higher" else ("slower", "faster")
    return f"{format_percent(abs(change.change))} {words[0] if more else words[1]}"


def _missing(payload: HistoryPayload) -> list[str]:
    """Return a line for each benchmark that the last run in the environment of the newest one had, and that has not.

    As in a comparison a quantity that informs only (a tail that was not measured) is none that has gone.
    """
    newest = len(payload.runs) - 1
    if newest < 0:
        return []
    place = payload.runs[newest].environment
    before = max((i for i, run in enumerate(payload.runs[:-1]) if run.environment == place), default=-1)
    here = [series for series in payload.series if series.environment == place]
    known = {series.name for series in here if series.gates or series.points[-1].run == newest}
    gone = [
        series.name for series in here if series.points[-1].run == before and (series.gates or series.name not in known)
    ]
    return [f"✗ {name}: missing in the newest run" for name in dict.fromkeys(gone)]


def _nothing(payload: HistoryPayload, judged: list[HistorySeries]) -> str:
    if not payload.series:
        return "the filter leaves nothing" if payload.runs else "no run could be read"
    reasons = dict.fromkeys(series.reason for series in judged)
    if len(reasons) == 1:
        return next(iter(reasons))
    if judged:
        return f"all {len(judged):,} series that may fail are undecided"
    return "no series of the newest run may fail"
