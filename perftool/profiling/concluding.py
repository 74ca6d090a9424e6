"""What a profile comes to, in one line that can be read aloud, and what is doubtful about it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

from perftool.model.verdict import ReportWarning, Verdict
from perftool.profiling.summary import numbers, total
from perftool.units.display import format_bytes, format_duration, format_percent, format_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from perftool.model.diagnostic import Diagnostic
    from perftool.profiling.api import Measured
    from perftool.profiling.capture import Capture
    from perftool.profiling.summary import Profile


_NOTHING: Final[Mapping[Measured, str]] = {
    "cpu": "no sample was taken: nothing is known of where CPU time went",
    "wall": "no sample was taken: nothing is known of where time went",
    "memory": "no allocation was recorded",
}


def verdict(profile: Profile, found: Sequence[Diagnostic] = ()) -> Verdict:
    """Return the verdict of a profile: what it saw; a warning where the target failed or something was ``found``."""
    reasons = []
    if profile.exit_code:
        code = profile.exit_code
        reasons.append(f"⚠ {_end(code)}")
    if not profile.complete:
        reasons.append("⚠ the capture was cut short")
    reasons += [f"⚠ {_NOTHING[measured]}" for measured in profile.measures if not profile.pooled(measured).samples]
    warned = reasons or any(one.severity != "info" for one in found)
    return Verdict(outcome="warn" if warned else "pass", headline=headline(profile), reasons=tuple(reasons))


def _end(code: int) -> str:
    """Say how the target ended: by its exit code, or -n for signal n."""
    if code >= 0:
        return f"the target's exit code is {code}"
    known = -code in set(signal.Signals)
    return f"the target was ended by {signal.Signals(-code).name if known else f'signal {-code}'}"


def headline(profile: Profile) -> str:
    """Return one line that says how much there is: ``12.4 s CPU, 1,236 samples, 3 processes; sampler cost 0.4 %``."""
    runs = max((len(profile.of(measured)) for measured in profile.measures), default=0)
    told = [_told(profile.pooled(measured)) for measured in profile.measures]
    several = max((len(part.collected.processes) for part in profile.parts), default=0)
    facts = [*told, _count(several, "process", "processes") if several > 1 else "", f"{runs} runs" if runs > 1 else ""]
    said = ", ".join(fact for fact in facts if fact)
    cost = cost_share(profile)
    return said + (f"; sampler cost {format_percent(cost)}" if cost is not None else "")


def cost_share(profile: Profile) -> float | None:
    """Return what part of its CPU time a target spent on being sampled, None where the engine does not say."""
    captures = [
        part.capture for part in profile.parts if "sampler.cpu_ns" in part.capture.facts and part.capture.samples
    ]
    spent = sum(numbers(one).get("sampler.cpu_ns", 0.0) for one in captures)
    whole = sum(numbers(one).get("process.cpu_ns", 0.0) or float(one.total()) for one in captures)
    return spent / whole if captures and whole else None


def _told(capture: Capture) -> str:
    """Say what a capture holds: its time and samples, or its memory."""
    at = capture.index("samples")
    samples = _count(capture.total(at), "sample", "samples") if at is not None else ""
    for kind, name in (("cpu", "CPU"), ("wall", "wall time")):
        time = total(capture, kind)
        if time is not None:
            return ", ".join(part for part in (f"{format_duration(time)} {name}", samples) if part)
    sizes = {kind: total(capture, kind) for kind in ("peak_space", "alloc_space", "inuse_space")}
    objects = total(capture, "alloc_objects")
    parts = [
        f"peak {format_bytes(sizes['peak_space'])}" if sizes["peak_space"] is not None else "",
        f"{format_value(objects, 'count')} allocations" if objects is not None else "",
        f"of {format_bytes(sizes['alloc_space'])}" if sizes["alloc_space"] is not None else "",
        f"leaked {format_bytes(sizes['inuse_space'])}" if sizes["inuse_space"] is not None else "",
    ]
    return _joined(parts) or samples


def _joined(parts: Iterable[str]) -> str:
    text = ""
    for part in parts:
        if part:
            text += (" " if part.startswith("of ") else ", ") * bool(text) + part
    return text


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def doubts(profile: Profile) -> list[ReportWarning]:
    """Return what the engines could not see, each once."""
    pairs = dict.fromkeys(doubt for part in profile.parts for doubt in part.capture.doubts)
    return [ReportWarning(code=code, message=message) for code, message in pairs]
