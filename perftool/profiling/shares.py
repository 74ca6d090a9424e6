"""What functions of a capture weigh by themselves and with what they call, and which samples are looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import UsageError
from perftool.profiling.capture import Builder, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.profiling.capture import Capture, Function, Kind, ValueType

_UNITS: Final = {
    "nanoseconds": ("s", 1e9),
    "microseconds": ("s", 1e6),
    "milliseconds": ("s", 1e3),
    "seconds": ("s", 1.0),
    "bytes": ("B", 1.0),
    "kilobytes": ("B", 1 / 1024),
    "megabytes": ("B", 1 / 1024**2),
}


class Spot(NamedTuple):
    """What is counted as one: a function, or one line of it where ``line`` is not 0."""

    name: str
    file: str
    start_line: int
    kind: Kind
    line: int = 0


@dataclass(slots=True)
class Weight:
    """The weight of one spot as a leaf, and of all samples that have it anywhere in their stack, each counted once."""

    own: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which samples are looked at, and as what.

    ``value`` is the kind of a value type ("cpu", "alloc_space"), "" for the one that people mean. Samples must have a
    frame that ``focus`` matches and none that ``ignore`` does; frames that ``hide`` matches are left out of their
    stacks. Patterns are searched for in names and files. ``labels`` must all be there; ``lines`` counts by line.
    """

    value: str = ""
    focus: str = ""
    ignore: str = ""
    hide: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    lines: bool = False


def unit(value_type: ValueType) -> tuple[str, float]:
    """Return the base unit of a value type (s, B, count or what it says itself) and how many of the value make one."""
    return _UNITS.get(value_type.unit, (value_type.unit or "count", 1.0))


def value_index(capture: Capture, kind: str = "") -> int:
    """Return the index of the value type called ``kind``, of the default one for "".

    raises: UsageError naming those that the capture has.
    """
    if not kind:
        return capture.default
    at = capture.index(kind)
    if at is None:
        known = ", ".join(one.kind for one in capture.value_types)
        raise UsageError(f"the capture has no values called {kind!r}", hint=f"it has {known}")
    return at


def selected(capture: Capture, selection: Selection) -> Capture:
    """Return the capture with only what is to be looked at.

    raises: UsageError for a pattern that is none.
    """
    wanted = selection.labels
    if wanted:
        capture = chosen(capture, lambda labels: all(labels.get(key) == value for key, value in wanted.items()))
    focus, ignore, hide = (
        _matching(capture, pattern, option)
        for pattern, option in ((selection.focus, "focus"), (selection.ignore, "ignore"), (selection.hide, "hide"))
    )
    if focus is not None or ignore is not None:
        good = [
            (focus is None or not focus.isdisjoint(stack)) and (ignore is None or ignore.isdisjoint(stack))
            for stack in capture.stacks
        ]
        capture = replace(capture, samples=tuple(one for one in capture.samples if good[one.stack]))
    return capture if hide is None else _without(capture, hide)


def weights(capture: Capture, at: int, *, lines: bool = False) -> dict[Spot, Weight]:
    """Return what every function (or line) weighs in value type ``at``; recursion counts once in a total."""
    spots, numbers = numbered(capture, lines=lines)
    found: dict[int, Weight] = {}
    for stack, value in by_stack(capture, at).items():
        frames = [numbers[frame] for frame in capture.stacks[stack]]
        for spot in set(frames):
            held = found.get(spot)
            if held is None:
                held = found[spot] = Weight()
            held.total += value
        if frames:
            found[frames[-1]].own += value
    return {spots[number]: weight for number, weight in found.items()}


def numbered(capture: Capture, *, lines: bool = False) -> tuple[list[Spot], list[int]]:
    """Return the spots of a capture, and for each frame the number of its own: numbers are found much faster."""
    numbers: dict[Spot, int] = {}
    frames = [numbers.setdefault(spot, len(numbers)) for spot in spots_of(capture, lines=lines)]
    return list(numbers), frames


def spots_of(capture: Capture, *, lines: bool = False) -> list[Spot]:
    """Return the spot of each frame; functions that differ only in the digest of their code are one."""
    return [spot_of(capture.functions[frame.function], frame.line if lines else 0) for frame in capture.frames]


def spot_of(function: Function, line: int = 0) -> Spot:
    """Return the spot of a function, or of one of its lines."""
    return Spot(function.name, function.file, function.start_line, function.kind, line)


def by_stack(capture: Capture, at: int) -> dict[int, int]:
    """Return the weight of each stack under all its labels, in the order of the samples; those of 0 are left out."""
    found: dict[int, int] = {}
    for sample in capture.samples:
        if value := sample.values[at]:
            found[sample.stack] = found.get(sample.stack, 0) + value
    return found


def pattern(text: str, option: str) -> re.Pattern[str]:
    """Compile what the user gave for ``option``.

    raises: UsageError when it is no regular expression.
    """
    try:
        return re.compile(text)
    except re.error as error:
        raise UsageError(
            f"--{option} {text!r} is no regular expression: {error}", hint="escape . ( [ with \\"
        ) from error


def _matching(capture: Capture, text: str, option: str) -> set[int] | None:
    """Return the frames whose function matches, None where nothing is asked for."""
    if not text:
        return None
    compiled = pattern(text, option)
    functions = {
        at for at, one in enumerate(capture.functions) if compiled.search(one.name) or compiled.search(one.file)
    }
    return {at for at, frame in enumerate(capture.frames) if frame.function in functions}


def _without(capture: Capture, hidden: set[int]) -> Capture:
    """Return the capture without these frames; samples that have no others are gone with them."""
    builder = Builder(capture.value_types)
    places = [builder.frame(capture.functions[one.function], one.line) for one in capture.frames]
    for sample in capture.samples:
        stack = [places[at] for at in capture.stacks[sample.stack] if at not in hidden]
        if stack:
            builder.add(stack, sample.values, dict(capture.labels[sample.labels]))
    kept = builder.build()
    return replace(
        capture,
        functions=kept.functions,
        frames=kept.frames,
        stacks=kept.stacks,
        labels=kept.labels,
        samples=kept.samples,
    )
