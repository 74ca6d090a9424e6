"""Take out of a memory capture what only its profiler allocated: a frame object for each call of a Python function."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from perftool.profiling.capture import ALLOC_OBJECTS, ALLOC_SPACE, TEMPORARY_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.profiling.capture import Capture, Sample

#: The doubt that is answered by this, but for what is said instead.
FRAME_OBJECTS: Final = "frame-objects"
WATCHED: Final = (
    "watched-calls",
    "while memray watches, Python takes no short cuts: some calls into C code make an object more than otherwise",
)

Place = tuple[str, int]


def without_frames(capture: Capture, made: Iterable[Any], loop: str) -> Capture:
    """Return ``capture`` without the frame objects in ``made``: (stack, number, bytes), a stack of (file, line).

    ``loop`` is the file of the loop that the capture was cut off below: what was made outside of it is not in there.
    How many of them were freed before anything else was allocated is not known: of what is temporary at most as many
    are left as of all.
    """
    counted: dict[tuple[Place, ...], list[int]] = {}
    for stack, number, size in made:
        places = [(file, line) for file, line in stack]
        ends = [at for at, (file, _) in enumerate(places) if file == loop]
        if ends:
            held = counted.setdefault(tuple(places[ends[-1] + 1 :]), [0, 0])
            held[0] += number
            held[1] += size
    objects, space = capture.index(ALLOC_OBJECTS.kind), capture.index(ALLOC_SPACE.kind)
    if objects is None or space is None:
        return capture
    temporary = capture.index(TEMPORARY_OBJECTS.kind)
    samples = [
        _less(sample, counted.get(_places(capture, sample)), objects, space, temporary) for sample in capture.samples
    ]
    return replace(
        capture,
        samples=tuple(sample for sample in samples if any(sample.values)),
        doubts=(*(doubt for doubt in capture.doubts if doubt[0] != FRAME_OBJECTS), WATCHED),
    )


def _places(capture: Capture, sample: Sample) -> tuple[Place, ...]:
    """Return file and line of every frame; a marker has neither."""
    frames = [capture.frames[at] for at in capture.stacks[sample.stack]]
    found = [(capture.functions[one.function], one.line) for one in frames]
    return tuple((function.file, line) for function, line in found if function.kind != "marker")


def _less(sample: Sample, held: list[int] | None, objects: int, space: int, temporary: int | None) -> Sample:
    """Take from a sample as much of ``held`` as it has; what is taken is gone from there."""
    if held is None or not held[0]:
        return sample
    number, size = min(held[0], sample.values[objects]), min(held[1], sample.values[space])
    held[0], held[1] = held[0] - number, held[1] - size
    values = list(sample.values)
    values[objects] -= number
    values[space] -= size
    if temporary is not None:
        values[temporary] = min(values[temporary], values[objects])
    return sample._replace(values=tuple(values))
