"""What captures say in figures: the payload and the measurements of a profile's report."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.model.measurement import Measurement
from perftool.model.profile import HeapPoint, ProfiledProcess, ProfilePayload
from perftool.profiling.repeating import pooled
from perftool.profiling.shares import unit, weights
from perftool.profiling.top import ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.measurement import Better
    from perftool.model.profile import CaptureReference, Ranking
    from perftool.profiling.api import Collected, Measured
    from perftool.profiling.capture import Capture
    from perftool.profiling.child import Ended

SUITE: Final = "profile"
#: The value types that a report ranks functions by, of whatever the capture has.
RANKED: Final = ("cpu", "wall", "peak_space", "alloc_space", "alloc_objects", "inuse_space", "temporary_objects")
#: Whole captures as measurements: unit and whether a gate may fail on it.
_TOTALS: Final = {
    "cpu": ("cpu-sec", True),
    "wall": ("sec", True),
    "alloc_space": ("B", True),
    "alloc_objects": ("allocs", True),
    "peak_space": ("peak-B", True),
    "inuse_space": ("leaked-B", True),
    "temporary_objects": ("temporary-allocs", False),
}
#: Facts as measurements; values are nanoseconds.
_FACTS: Final = {"gc.cpu_ns": "gc-cpu-sec", "gc.max_ns": "gc-max-sec"}
_MOST_FUNCTIONS: Final = 50
_MOST_POINTS: Final = 400
_MOST_COMMAND: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one engine brought home of one run, and the file that its capture is kept in."""

    measured: Measured
    collected: Collected
    reference: CaptureReference | None = None

    @property
    def capture(self) -> Capture:
        """Return the capture."""
        return self.collected.capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One or more runs of a target with one or two engines.

    ``target`` and ``stem`` are what people and files call it; ``root`` is the folder that paths are relative to.
    ``exit_code`` is that of the last run, None where the target went on; ``seconds`` the wall time of all runs.
    ``ends`` are how the runs ended, as the system tells it, where perftool has started them.
    """

    target: str
    stem: str
    parts: tuple[Part, ...]
    seconds: float
    root: str = ""
    rate: float = 0.0
    exit_code: int | None = None
    complete: bool = True
    ends: tuple[Ended, ...] = ()

    @property
    def measures(self) -> tuple[Measured, ...]:
        """Return what was measured, each once."""
        return tuple(dict.fromkeys(part.measured for part in self.parts))

    def of(self, measured: Measured) -> list[Part]:
        """Return the parts that measured this, one for each run."""
        return [part for part in self.parts if part.measured == measured]

    def pooled(self, measured: Measured) -> Capture:
        """Return one capture of all runs."""
        return pooled([part.capture for part in self.of(measured)])


def payload(profile: Profile) -> ProfilePayload:
    """Return what a report says of the profile."""
    rankings: list[Ranking] = []
    facts = of_system(profile.ends)
    for measured in profile.measures:
        capture = profile.pooled(measured)
        rankings += [ranking(capture, at, root=profile.root) for at in ranked(capture)]
        facts.update(numbers(capture))
    return ProfilePayload(
        target=profile.target,
        engine=", ".join(dict.fromkeys(part.capture.engine for part in profile.parts if part.capture.engine)),
        measures=profile.measures,
        duration_s=profile.seconds,
        rankings=tuple(rankings),
        processes=processes(profile),
        captures=tuple(part.reference for part in profile.parts if part.reference is not None),
        heap=heap(profile),
        facts=facts,
        rate=profile.rate,
        exit_code=profile.exit_code,
        complete=profile.complete,
    )


def ranked(capture: Capture) -> list[int]:
    """Return the indexes of the value types that functions are ranked by: those that weigh anything, else the default.

    The one that people mean comes first.
    """
    kinds = [one.kind for one in capture.value_types]
    found = [kinds.index(kind) for kind in RANKED if kind in kinds and capture.total(kinds.index(kind))]
    if capture.default in found or not found:
        found = [capture.default, *(at for at in found if at != capture.default)]
    return found if capture.value_types else []


def of_system(ends: Sequence[Ended]) -> dict[str, float]:
    """Return what the system says of the target itself: CPU seconds of all runs, the most that was resident in one."""
    if not any(one.peak_bytes for one in ends):
        return {}
    return {
        "target.cpu_s": sum(one.cpu_s for one in ends),
        "target.peak_rss_bytes": float(max(one.peak_bytes for one in ends)),
    }


def numbers(capture: Capture) -> dict[str, float]:
    """Return the facts that are numbers."""
    found: dict[str, float] = {}
    for key, value in capture.facts.items():
        try:
            found[key] = float(value)
        except ValueError:
            continue
    return {key: value for key, value in found.items() if value - value == 0}


def processes(profile: Profile) -> tuple[ProfiledProcess, ...]:
    """Return every process once, with the samples that all engines took of it."""
    found: dict[int, ProfiledProcess] = {}
    for part in profile.parts:
        for one in part.collected.processes:
            before = found[one.pid].samples if one.pid in found else 0
            samples = before + one.samples
            found[one.pid] = ProfiledProcess(
                pid=one.pid, parent=one.parent, command=_command(one.command, profile.root), samples=samples
            )
    return tuple(found.values())


def _command(line: str, root: str) -> str:
    """Return a command line without folders of the machine, and not longer than a line."""
    words = [os.path.relpath(w, root) if root and w.startswith(root + os.sep) else w for w in line.split()]
    said = " ".join(word.rpartition(os.sep)[2] if os.path.isabs(word) else word for word in words)
    return said if len(said) <= _MOST_COMMAND else said[: _MOST_COMMAND - 1] + "…"


def heap(profile: Profile) -> tuple[HeapPoint, ...]:
    """Return the memory of the last run over time; of very many points so many that the peak is among them."""
    points = next((part.collected.heap for part in reversed(profile.parts) if part.collected.heap), ())
    every = max(1, -(-len(points) // _MOST_POINTS))
    groups = [points[at : at + every] for at in range(0, len(points), every)]
    highest = [max(group, key=lambda point: point[1]) for group in groups]
    return tuple(HeapPoint(at_s=at, heap_bytes=held, resident_bytes=resident) for at, held, resident in highest)


def measurements(profile: Profile) -> list[Measurement]:
    """Return what ``perftool compare`` compares: wholes, which gate, and functions, which inform; a value a run."""
    found: list[Measurement] = []
    if profile.ends and all(one.peak_bytes for one in profile.ends):
        found.append(_measurement(profile, "peak-RSS-B", [float(one.peak_bytes) for one in profile.ends]))
    for measured in profile.measures:
        captures = [part.capture for part in profile.of(measured)]
        for kind, (name, gates) in _TOTALS.items():
            totals = [total(one, kind) for one in captures]
            if all(value is not None for value in totals):
                found.append(_measurement(profile, name, [value or 0.0 for value in totals], gates=gates))
        for fact, name in _FACTS.items():
            if all(fact in one.facts for one in captures):
                found.append(_measurement(profile, name, [numbers(one).get(fact, 0.0) * 1e-9 for one in captures]))
        if measured != "memory":
            found += _functions(profile, captures)
    return found


def _functions(profile: Profile, captures: Sequence[Capture]) -> list[Measurement]:
    """Return the own time of the functions that weigh most in all runs together."""
    own = [_own(capture) for capture in captures]
    names = dict.fromkeys(name for one in own for name in one)
    ordered = sorted(names, key=lambda name: (-sum(one.get(name, 0.0) for one in own), name))
    kind = captures[0].value_types[captures[0].default].kind
    return [
        _measurement(profile, _TOTALS[kind][0], [one.get(name, 0.0) for one in own], parameters={"function": name})
        for name in ordered[:_MOST_FUNCTIONS]
        if kind in _TOTALS
    ]


def _own(capture: Capture) -> dict[str, float]:
    """Return the own weight of every function by name, in the base unit; those of one name are one."""
    _, per = unit(capture.value_types[capture.default])
    found: dict[str, float] = {}
    for spot, weight in weights(capture, capture.default).items():
        found[spot.name] = found.get(spot.name, 0.0) + weight.own / per
    return found


def _measurement(
    profile: Profile,
    name: str,
    values: Sequence[float],
    *,
    gates: bool = False,
    better: Better = "lower",
    parameters: dict[str, str] | None = None,
) -> Measurement:
    return Measurement(
        suite=SUITE,
        case=profile.stem,
        unit=name,
        better=better,
        values=tuple(values),
        parameters=parameters or {},
        gates=gates,
    )


def total(capture: Capture, kind: str) -> float | None:
    """Return the whole of a value type in its base unit, None where the capture has none of it."""
    at = capture.index(kind)
    return None if at is None else capture.total(at) / unit(capture.value_types[at])[1]
