"""Functions with their source, each line with what it weighs."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.model.profile_view import Listing, SourceLine
from perftool.profiling.peek import matching
from perftool.profiling.shares import Weight, by_stack, spot_of, unit, weights
from perftool.profiling.sources import extent
from perftool.profiling.top import row

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture
    from perftool.profiling.shares import Spot
    from perftool.profiling.sources import Source, Sources

#: Lines around one with a weight that are shown with it.
_AROUND: Final = 4
#: A function up to this long is shown whole.
_WHOLE: Final = 40


class _Place(NamedTuple):
    """Where a function stands, and what is wrong with that."""

    first: int
    last: int
    note: str


def listings(
    capture: Capture,
    at: int,
    wanted: str,
    sources: Sources,
    *,
    most: int,
    whole: int | None = None,
    root: str = "",
) -> tuple[tuple[Listing, ...], int]:
    """Return the ``most`` heaviest functions that the pattern ``wanted`` finds, and how many more there are.

    The total of a line counts a sample once, however often recursion passes it. ``whole`` and ``root`` are as in
    ``ranking``.
    """
    everything = capture.total(at) if whole is None else whole
    found = weights(capture, at)
    names = matching(found, wanted, "list")
    kept = names[:most]
    by_line = _by_line(capture, at, set(kept))
    _, parts = unit(capture.value_types[at])
    # A file may be written while its program runs and still be what ran; what is written later is not.
    ended = capture.started_ns + capture.duration_ns if capture.started_ns else 0
    made = []
    for spot in kept:
        source = sources.read(spot.file)
        place = _place(spot, source, by_line[spot], ended)
        shown = _lines(by_line[spot], source, place, parts)
        made.append(
            Listing(
                row=row(spot, found[spot].own, found[spot].total, everything, parts, root),
                lines=tuple(shown),
                note=place.note,
            )
        )
    return tuple(made), len(names) - len(kept)


def _by_line(capture: Capture, at: int, kept: set[Spot]) -> dict[Spot, dict[int, Weight]]:
    places = {
        index: (spot, frame.line)
        for index, frame in enumerate(capture.frames)
        if (spot := spot_of(capture.functions[frame.function])) in kept
    }
    found: dict[Spot, dict[int, Weight]] = {spot: defaultdict(Weight) for spot in kept}
    for stack, value in by_stack(capture, at).items():
        frames = capture.stacks[stack]
        for spot, line in {places[frame] for frame in frames if frame in places}:
            found[spot][line].total += value
        if frames and frames[-1] in places:
            spot, line = places[frames[-1]]
            found[spot][line].own += value
    return found


def _place(spot: Spot, source: Source | None, lines: dict[int, Weight], ended: int) -> _Place:
    known = [line for line in lines if line > 0]
    first, last = min([*known, spot.start_line or known[0]], default=0) if known else 0, max(known, default=0)
    if spot.kind != "python" or not spot.file:
        return _Place(first, last, "compiled: no source")
    if source is None:
        return _Place(first, last, "its source is not here any more" if not spot.file.startswith("<") else "no source")
    changed = bool(ended) and source.written_ns > ended
    note = "the file was changed after the capture: lines may be off" if changed else ""
    if _is_block(spot):
        if stands := extent(source, spot.name, spot.start_line):
            return _Place(stands[0], max(stands[1], last), note)
        if not spot.start_line:
            return _Place(first, last, note)
        note = "it does not begin where it did: the file was changed after the capture"
    if last > len(source.lines):
        note = "the file is shorter than it was: it was changed after the capture"
    return _Place(first, min(last, len(source.lines)), note)


def _is_block(spot: Spot) -> bool:
    """Say whether a function has a name of its own in the source; lambdas, comprehensions and modules have none."""
    return spot.name.rpartition(".")[2].isidentifier()


def _lines(lines: dict[int, Weight], source: Source | None, place: _Place, parts: float) -> list[SourceLine]:
    """Return the lines of a function: all of a short one, else those with a weight and what stands around them."""
    weighed = {line for line in lines if line > 0}
    if source is None:
        shown = weighed
    else:
        end = min(place.last, len(source.lines))
        shown = set(range(place.first, end + 1))
        if len(shown) > _WHOLE:
            near = {at for line in weighed for at in range(line - _AROUND, line + _AROUND + 1)}
            shown &= near | {place.first}
        shown |= weighed
    ordered = sorted(one for one in shown if one > 0)
    gaps = [0, *(after - before - 1 for before, after in pairwise(ordered))]
    made = [
        SourceLine(
            line=line,
            text=source.lines[line - 1] if source is not None and line <= len(source.lines) else "",
            own=lines[line].own / parts if line in lines else None,
            total=lines[line].total / parts if line in lines else None,
            gap=gap,
        )
        for line, gap in zip(ordered, gaps, strict=True)
    ]
    if 0 in lines:
        made.append(SourceLine(line=0, text="", own=lines[0].own / parts, total=lines[0].total / parts))
    return made
