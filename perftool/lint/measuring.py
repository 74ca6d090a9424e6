"""What a lint run tells beside its findings, as measurements: time, number of findings, rules, workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.measurement import Measurement
from perftool.workers import metrics as workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.lint.stopwatch import Taken
    from perftool.lint.totals import Totals
    from perftool.workers.metrics import Metrics


def measurements(totals: Totals, seconds: float, metrics: Metrics, times: Mapping[str, Taken]) -> list[Measurement]:
    """Return what a run of ``seconds`` measured; ``times`` is what each rule took by code, if that was asked for.

    A rule that was never called has no row. What ``metrics`` counts is files and the statements of large files.
    """
    findings = float(totals.severities.total())
    found = [
        Measurement(suite="lint", case="all", unit="sec", better="lower", values=(seconds,), gates=False),
        Measurement(suite="lint", case="all", unit="findings", better="lower", values=(findings,), exact=True),
    ]
    if metrics.items:
        found += workers.measurements(metrics, "lint")
    for code, taken in times.items():
        if taken.calls:
            parameters = {"rule": code}
            found.append(workers.row("lint", "rules", "cpu-sec", "lower", taken.seconds, parameters))
            found.append(workers.row("lint", "rules", "calls", "lower", taken.calls, parameters))
    return found
