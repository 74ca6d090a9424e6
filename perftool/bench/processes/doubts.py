"""What a command's own runs make doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Ten standard deviations, estimated from the median absolute deviation (factor 1.4826 for normal values).
# source: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", ASQC 1993 (modified z-score).
_FAR = 10 * 1.4826
# Runs can be so alike that ten deviations are nothing; less than this is not worth a line.
_WORTH_SAYING = 0.25
_SHORT_S = 0.005
_NOTHING_S = 0.0015


def of_ends(name: str, exit_codes: Mapping[str, int]) -> list[ReportWarning]:
    """Return a warning for runs that failed and were measured all the same: nonzero-exit."""
    failed = {code: count for code, count in exit_codes.items() if code != "0"}
    if not failed:
        return []
    ends = ", ".join(code if code.startswith(("SIG", "signal")) else f"exit code {code}" for code in failed)
    text = f"{sum(failed.values())} of {sum(exit_codes.values())} runs failed ({ends}) and are counted all the same"
    return [ReportWarning(code="nonzero-exit", message=text, subject=name)]


def of_runs(name: str, walls: Sequence[float], *, warmup: int, prepared: bool) -> list[ReportWarning]:
    """Return warnings for the wall times of one command: first-run-slow or outliers, short-command.

    ``name`` is the measurement's name; ``warmup`` and ``prepared`` decide what is advised.
    """
    import statistics

    found: list[ReportWarning] = []
    if len(walls) < 5:
        return found
    median = statistics.median(walls)
    deviation = statistics.median(abs(w - median) for w in walls)
    limit = max(_FAR * deviation, _WORTH_SAYING * median)
    far = [w for w in walls if abs(w - median) > limit]
    if far and walls[0] - median > limit:
        advice = "clear the caches with --prepare, or fill them with --warmup 3"
        if warmup:
            advice = "caches may be cold after --prepare" if prepared else "raise --warmup"
        times = f"{walls[0] / median:.1f} times the median"
        found.append(
            ReportWarning(code="first-run-slow", message=f"the first run took {times}: {advice}", subject=name)
        )
    elif far:
        furthest = max(far, key=lambda w: abs(w - median)) / median
        text = f"{len(far)} of {len(walls)} runs lie far off the median (up to {furthest:.1f} times): "
        found.append(ReportWarning(code="outliers", message=text + "was the machine busy?", subject=name))
    return found + of_length(name, walls)


def of_length(name: str, walls: Sequence[float]) -> list[ReportWarning]:
    """Return a warning where starting a process is much of a run: short-command."""
    import statistics

    median = statistics.median(walls)
    if median >= _SHORT_S:
        return []
    share = "about as long" if median < _NOTHING_S else "about 1 ms of it"
    text = f"a run takes {median * 1000:.1f} ms; starting a process that does nothing takes {share}"
    return [ReportWarning(code="short-command", message=text, subject=name)]
