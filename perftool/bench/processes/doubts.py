"""What a command's own runs make doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

# Ten standard deviations, estimated from the median absolute deviation (factor 1.4826 for normal values).
# source: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", ASQC 1993 (modified z-score).
_FAR = 10 * 1.4826
_SHORT_S = 0.005


def of_runs(case: str, walls: Sequence[float], *, warmup: int, prepared: bool) -> list[ReportWarning]:
    """Return warnings for the wall times of one command: first-run-slow or outliers, short-command.

    ``warmup`` and ``prepared`` decide what is advised.
    """
    import statistics

    found: list[ReportWarning] = []
    if len(walls) < 5:
        return found
    median = statistics.median(walls)
    deviation = statistics.median(abs(w - median) for w in walls)
    far = [w for w in walls if abs(w - median) > _FAR * deviation] if deviation > 0 else []
    if far and walls[0] in far and walls[0] > median:
        advice = "clear the caches with --prepare, or fill them with --warmup 3"
        if warmup:
            advice = "raise --warmup" if not prepared else "caches may be cold after --prepare"
        times = f"{walls[0] / median:.1f} times the median"
        found.append(
            ReportWarning(code="first-run-slow", message=f"the first run took {times}: {advice}", subject=case)
        )
    elif far:
        text = f"{len(far)} of {len(walls)} runs lie far off the median (up to {max(far) / median:.1f} times): "
        found.append(ReportWarning(code="outliers", message=text + "was the machine busy?", subject=case))
    if median < _SHORT_S:
        text = f"a run takes {median * 1000:.1f} ms, of which starting any process is about 1 ms"
        found.append(ReportWarning(code="short-command", message=text, subject=case))
    return found
