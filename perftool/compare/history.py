"""Many runs in order: one series for each benchmark and environment, its changes of level, and their judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.compare import gate as gating
from perftool.compare import history_verdict
from perftool.compare.changes import ratio
from perftool.compare.waivers import expiries
from perftool.model.history import (
    HistoryEnvironment,
    HistoryPayload,
    HistoryPoint,
    HistoryRun,
    HistorySeries,
    Level,
    LevelChange,
)
from perftool.model.verdict import ReportWarning
from perftool.stats.changepoint import change_points, fewest_values
from perftool.stats.interval import summarize
from perftool.stats.shift import ratio_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.gate import GateRules
    from perftool.compare.history_runs import Run, Taken
    from perftool.compare.waivers import Waiver
    from perftool.model.comparison import Gate, RowOutcome
    from perftool.model.verdict import Verdict

_Place = tuple[str, tuple[str, ...]]


def in_order(runs: Sequence[Run]) -> list[Run]:
    """Return ``runs`` by the time at which they were made, or all by name where one does not tell it."""
    if all(run.created for run in runs):
        return sorted(runs, key=lambda run: (run.created or "", run.name))
    return sorted(runs, key=lambda run: run.name)


def history(
    runs: Sequence[Run],
    *,
    alpha: float = 0.05,
    confidence: float = 0.95,
    gate: GateRules | None = None,
    waivers: Sequence[Waiver] = (),
    today: str = "",
) -> tuple[HistoryPayload, Verdict, tuple[ReportWarning, ...]]:
    """Find the changes of level in ``runs``, oldest first, and judge the last one of each series by ``gate``.

    Runs of another environment are a series of their own: what differs between machines is no change of the code.
    Only series with a point in the newest run are judged, the others are shown. ``gate`` None judges nothing.
    ``alpha`` is the share of unchanged series that may get a change. ``waivers`` are losses that are accepted on the
    day ``today`` (ISO 8601).
    returns: payload, verdict, and the doubts that belong beside it.
    """
    places: dict[_Place, int] = {}
    for run in runs:
        places.setdefault((run.label, run.identity), len(places))
    live = [one for one in waivers if not one.expired(today)]
    maker = _SeriesMaker(runs, places, alpha, confidence, gate, live)
    payload = HistoryPayload(
        runs=tuple(
            HistoryRun(
                name=run.name,
                environment=places[run.label, run.identity],
                created=run.created,
                source=run.source,
            )
            for run in runs
        ),
        environments=tuple(HistoryEnvironment(label=label, identity=identity) for label, identity in places),
        series=maker.all(),
        alpha=alpha,
        confidence=confidence,
    )
    doubts = (*_doubts(payload), *expiries(waivers if gate is not None else (), today))
    return payload, history_verdict.conclude(payload, gate), doubts


def _doubts(payload: HistoryPayload) -> list[ReportWarning]:
    doubts = []
    if any(run.created is None for run in payload.runs):
        message = "not every run tells when it was made: the runs are in the order of their names"
        doubts.append(ReportWarning(code="ordered-by-name", message=message))
    if len(payload.environments) > 1:
        message = (
            f"the runs are from {len(payload.environments)} environments: each is a series of its own, "
            "and only that of the newest run is judged"
        )
        doubts.append(ReportWarning(code="environments-differ", message=message))
    return doubts


_Key = tuple[int, str, str, str]


class _SeriesMaker:
    """Makes the series; holds what is the same for all of them."""

    def __init__(
        self,
        runs: Sequence[Run],
        places: dict[_Place, int],
        alpha: float,
        confidence: float,
        gate: GateRules | None,
        waivers: Sequence[Waiver],
    ) -> None:
        self.waivers = waivers
        self.runs = runs
        self.places = places
        self.alpha = alpha
        self.confidence = confidence
        self.gate = gate
        self.several_packages = len({one.package for run in runs for one in run.found}) > 1

    def all(self) -> tuple[HistorySeries, ...]:
        points: dict[_Key, list[HistoryPoint]] = {}
        newest: dict[_Key, Taken] = {}
        for index, run in enumerate(self.runs):
            place = self.places[run.label, run.identity]
            for one in run.found:
                key = (place, one.package, one.name, one.unit)
                point = HistoryPoint(run=index, center=one.center, lo=one.lo, hi=one.hi, n=one.n)
                points.setdefault(key, []).append(point)
                newest[key] = one
        return tuple(self.one(place[0], newest[place], tuple(found)) for place, found in points.items())

    def one(self, environment: int, last: Taken, points: tuple[HistoryPoint, ...]) -> HistorySeries:
        name = f"{last.package} {last.name}" if self.several_packages and last.package else last.name
        centers = [point.center for point in points]
        starts, chances = self.places_of_change(centers, exact=last.exact)
        levels = [
            self.level(centers, start, end, exact=last.exact)
            for start, end in zip((0, *starts), (*starts, len(points)), strict=True)
        ]
        # Rules and waivers are for names without their package, as in a comparison.
        rule = self.gate.rule(last.name, last.unit) if self.gate else None
        thresholds = self.gate.thresholds(rule, exact=last.exact) if self.gate else None
        minimum = thresholds.minimum_effect if thresholds else 0.0
        changes: list[LevelChange] = []
        evidence: gating.Evidence | None = None
        for before, after, chance in zip(levels[:-1], levels[1:], chances, strict=True):
            evidence = self.evidence(centers, before, after, exact=last.exact)
            changes.append(
                LevelChange(
                    at=after.first,
                    change=evidence.change,
                    lo=evidence.lo,
                    hi=evidence.hi,
                    p=chance,
                    direction=gating.direction(evidence, last.better, minimum),
                    packages=self.packages(points[after.first - 1].run, points[after.first].run),
                )
            )
        series = HistorySeries(
            name=name,
            unit=last.unit,
            better=last.better,
            environment=environment,
            points=points,
            levels=tuple(levels),
            changes=tuple(changes),
            gates=last.gates if rule is None or rule.gates is None else rule.gates,
            exact=last.exact,
        )
        waiver = next((one for one in self.waivers if one.fits(last.name, last.unit)), None)
        outcome, reason = self.judged(series, evidence, thresholds, waiver)
        kept = thresholds if outcome != "info" else None
        return msgspec.structs.replace(series, outcome=outcome, reason=reason, gate=kept)

    def places_of_change(self, centers: Sequence[float], *, exact: bool) -> tuple[list[int], list[float | None]]:
        if exact:
            starts = [i for i in range(1, len(centers)) if centers[i] != centers[i - 1]]
            return starts, [None] * len(starts)
        found = change_points(centers, self.alpha)
        return [point.index for point in found], [point.p for point in found]

    def level(self, centers: Sequence[float], start: int, end: int, *, exact: bool) -> Level:
        if exact:
            return Level(first=start, last=end - 1, center=centers[start], lo=centers[start], hi=centers[start])
        stats = summarize(centers[start:end], self.confidence)
        return Level(first=start, last=end - 1, center=stats.center, lo=stats.lo, hi=stats.hi)

    def evidence(self, centers: Sequence[float], before: Level, after: Level, *, exact: bool) -> gating.Evidence:
        old, new = centers[before.first : after.first], centers[after.first : after.last + 1]
        if exact:
            change = ratio(before.center, after.center)
            return gating.Evidence(before.center, after.center, change, change, change, significant=True, exact=True)
        size = ratio_change(old, new, self.confidence)
        return gating.Evidence(before.center, after.center, size.estimate, size.lo, size.hi, significant=True)

    def packages(self, before: int, after: int) -> tuple[str, ...]:
        old, new = self.runs[before].packages, self.runs[after].packages
        if not old or not new:
            return ()
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return tuple(f"{name} {old.get(name, 'none')} → {new.get(name, 'none')}" for name in names)

    def judged(
        self,
        series: HistorySeries,
        evidence: gating.Evidence | None,
        thresholds: Gate | None,
        waiver: Waiver | None,
    ) -> tuple[RowOutcome, str]:
        if thresholds is None:
            return "info", "not gated"
        if not series.gates:
            return "info", "informs only"
        if series.better == "unknown":
            return "info", f"which direction of {series.unit} is better is not known"
        if series.points[-1].run != len(self.runs) - 1:
            return "info", "not in the newest run"
        fewest = 2 if series.exact else fewest_values(self.alpha)
        if len(series.points) < fewest:
            return "inconclusive", f"needs {fewest} runs in one environment, there {_are(len(series.points))}"
        judgement = gating.Judgement("pass", "no change of level")
        if evidence is not None:
            judgement = gating.judge(evidence, series.better, thresholds)
        if judgement.outcome == "pass" and self.astray(series, thresholds):
            limit = gating.threshold_text(thresholds.fail)
            return "inconclusive", f"the newest run is worse than its level by over {limit}: more runs will tell"
        if judgement.outcome == "fail" and evidence is not None:
            return self.excused(series, evidence, judgement.reason, waiver)
        return judgement.outcome, judgement.reason

    def excused(
        self, series: HistorySeries, evidence: gating.Evidence, reason: str, waiver: Waiver | None
    ) -> tuple[RowOutcome, str]:
        """Make a warning of a failure that a waiver covers: as in a comparison the ceiling is the threshold."""
        if waiver is None or evidence.change is None:
            return "fail", reason
        least, _ = gating.losses(evidence, series.better)
        ceiling = f"{gating.threshold_text(waiver.ceiling)} until {waiver.until}: {waiver.reason}"
        if least > waiver.ceiling:
            return "fail", f"over the ceiling of a waiver, {ceiling}"
        return "warn", f"{reason}, waived up to {ceiling}"

    def astray(self, series: HistorySeries, thresholds: Gate) -> bool:
        """Tell whether the newest run is a failing loss against its level, which one run alone cannot make certain."""
        change = ratio(series.levels[-1].center, series.points[-1].center)
        return change is not None and gating.loss(change, series.better) > thresholds.fail


def _are(number: int) -> str:
    return "is 1" if number == 1 else f"are {number}"
