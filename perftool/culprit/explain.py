"""From the captures of one benchmark on both sides to the explanation of a row."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace

from perftool.culprit.altered import alterations, renames
from perftool.culprit.attribution import Attribution
from perftool.culprit.blame import blame
from perftool.culprit.definitions import Text, defined
from perftool.culprit.evidence import evidence, leveled
from perftool.model.profile import Explanation
from perftool.model.verdict import ReportWarning
from perftool.profiling.capture import Function
from perftool.profiling.origins import origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from perftool.culprit.altered import Alteration
    from perftool.culprit.blame import Blame
    from perftool.culprit.evidence import Evidence, Known, Path
    from perftool.culprit.naming import Named
    from perftool.culprit.trees import Tree
    from perftool.profiling.capture import Capture

    Repeats = Sequence[tuple[Capture, int]]

#: The kind of value that explains a unit, and what it is captured with.
KINDS: Final[dict[str, tuple[str, Literal["cpu", "memory"]]]] = {
    "sec/op": ("cpu", "cpu"),
    "cpu-sec/op": ("cpu", "cpu"),
    "user-sec/op": ("cpu", "cpu"),
    "instructions/op": ("cpu", "cpu"),
    "B/op": ("alloc_space", "memory"),
    "allocs/op": ("alloc_objects", "memory"),
}
# A capture that shows less of a change, or more, is not of the same thing.
_AGREES: Final = 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Sides:
    """All that is known of both sides of a benchmark.

    ``before`` and ``after`` are repeated captures, each with the number of its operations; ``calls`` exact counts of
    both. ``texts`` are source files that differ, or whose functions may have run; what lies in ``trees`` is the
    project's own. ``levels`` are the CPU seconds that an operation was measured to take on either side, None where only
    the captures say it. ``paired`` says that repeats were taken in turn. ``pure`` are packages whose Python twin was
    profiled.
    """

    before: Repeats
    after: Repeats
    calls: tuple[tuple[Capture, int], tuple[Capture, int]] | None = None
    texts: Sequence[Text] = ()
    trees: tuple[Tree, Tree] | None = None
    levels: tuple[float, float] | None = None
    paired: bool = False
    pure: tuple[str, ...] = ()
    source: Literal["stored", "measured"] = "measured"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a suspect's code stands on either side; None where a side does not have it.

    ``uses`` are constants that changed and that it uses; ``decorated`` says that its decorators changed; ``importer``
    imports a module that is blamed.
    """

    name: Named
    before: Known | None
    after: Known | None
    uses: tuple[str, ...] = ()
    decorated: bool = False
    importer: Place | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation, and where the code of each of its suspects stands."""

    explanation: Explanation
    places: Mapping[str, Place] = field(default_factory=dict)


def explain(
    row: str,
    unit: str,
    sides: Sides,
    *,
    measured: float | None = None,
    whole: float | None = None,
    confidence: float = 0.95,
) -> Explained:
    """Return who accounts for the change of a row in ``unit``.

    ``whole`` is by how much the row itself changed, ``measured`` the part of it that captures can see.

    raises: ValueError when the captures do not hold what the unit needs.
    """
    kind, _ = KINDS[unit]
    counted = sides.calls if sides.calls is not None else (None, None)
    before = evidence(sides.before, kind, calls=counted[0])
    after = evidence(sides.after, kind, calls=counted[1])
    if moved := renames(before, after):
        after = evidence(sides.after, kind, calls=counted[1], renamed=moved)
    captured = [math.fsum(one.totals) / len(one.totals) for one in (before, after)]
    if sides.levels is not None and kind == "cpu":
        before, after = leveled(before, sides.levels[0]), leveled(after, sides.levels[1])
    states = alterations(before, after, defined(sides.texts))
    attribution = Attribution(states, lambda name: _own(name, before, after, sides.trees), _imported(before, after))
    found = blame(
        before,
        after,
        attribution,
        paired=sides.paired,
        producers=_producers(states, before, after),
        confidence=confidence,
    )
    explanation = Explanation(
        row=row,
        unit=unit,
        before=found.before,
        after=found.after,
        source=sides.source,
        captures=(len(sides.before), len(sides.after)),
    )
    reason = _reason(found, unit)
    if reason:
        return Explained(replace(explanation, reason=reason))
    names = {(one.module if one.is_module else one.name): one for one in (*before.functions, *after.functions)}

    def place(name: Named) -> Place:
        importer = attribution.importers.get(name)
        return Place(
            name,
            before.functions.get(name),
            after.functions.get(name),
            states[name].uses if name in states else (),
            name in states and states[name].calls,
            place(importer) if importer is not None and importer != name else None,
        )

    places = {one.function: place(names[one.function]) for one in found.suspects}
    return Explained(
        replace(
            explanation,
            suspects=found.suspects,
            unexplained=found.unexplained,
            warnings=tuple(_doubts(row, found, (captured[1] - captured[0], measured, whole), sides.pure)),
        ),
        places,
    )


def _reason(found: Blame, unit: str) -> str:
    """Say why nobody is blamed, "" where somebody is."""
    if found.lo is not None and not found.seen:
        what = "CPU time" if KINDS[unit][1] == "cpu" else "memory"
        return f"the captures do not show a change of {what} that is surely more than their spread"
    if not found.suspects:
        return "the change is spread over many functions, none of which surely changed"
    return ""


def _doubts(
    row: str, found: Blame, changes: tuple[float, float | None, float | None], pure: tuple[str, ...]
) -> Iterable[ReportWarning]:
    """Yield doubts; ``changes`` are those of the captures, of what they could see, and of the row."""
    change, measured, whole = changes
    if found.lo is None:
        message = "a single capture a side says nothing of chance: shares have no interval"
        yield ReportWarning(code="single-capture", message=message, subject=row)
    if pure:
        message = f"profiled with the Python twin of {', '.join(pure)}: shares are those of that, and no times"
        yield ReportWarning(code="python-twin", message=message, subject=row)
    if measured and not _AGREES[0] <= change / measured <= _AGREES[1]:
        message = f"the captures show {_percent(change / measured)} of the change that was measured"
        yield ReportWarning(code="captures-disagree", message=message, subject=row)
    if measured is not None and whole and measured / whole < _AGREES[0]:
        message = (
            f"CPU time is {_percent(measured / whole)} of the change: the rest is waiting, which nobody is named for"
        )
        yield ReportWarning(code="waiting-not-seen", message=message, subject=row)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _own(name: Named, before: Evidence, after: Evidence, trees: tuple[Tree, Tree] | None) -> bool:
    known = after.functions.get(name) or before.functions.get(name)
    if known is None:
        return False
    if trees is not None and trees[name in after.functions].relative(known.file, name.name) is not None:
        return True
    return origin(Function(name.name, known.file, kind=name.kind)) == "own"


def _imported(before: Evidence, after: Evidence) -> frozenset[Named]:
    """Return modules that ran on one side only."""
    return frozenset(
        name for name in before.functions.keys() ^ after.functions.keys() if name.is_module and name.kind == "python"
    )


def _producers(states: Mapping[Named, Alteration], before: Evidence, after: Evidence) -> dict[Named, dict[Path, float]]:
    """Return the changed functions that ran and how often; none where nobody counted: a sampler misses some."""
    if before.calls is None or after.calls is None:
        return {}
    changed = {name for name, one in states.items() if one.state == "changed"}
    found: dict[Named, dict[Path, float]] = {}
    for path in dict.fromkeys([*before.calls, *after.calls]):
        if path[-1] in changed:
            calls = max(before.calls.get(path, 0.0), after.calls.get(path, 0.0))
            found.setdefault(path[-1], {})[path] = calls
    return found
