"""What is known of one side: repeated captures reduced to weights of call paths, and exact counts of calls."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from perftool.culprit.naming import Named, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.profiling.capture import Capture, Function

Path = tuple[Named, ...]

#: The kind of value of a capture that counts calls.
CALLS: Final = "calls"
# Where there is no stack at all: an interpreter that starts or ends.
_NOWHERE: Final = Named("no Python code", "marker")
_SCALE: Final = {"nanoseconds": 1e-9, "microseconds": 1e-6, "milliseconds": 1e-3}


@dataclass(slots=True)
class Known:
    """What a side says of one function: digests of the code of each of its parts, "" itself, and where it stands."""

    codes: dict[str, set[str]] = field(default_factory=dict)
    file: str = ""
    line: int = 0

    def learn(self, function: Function, part: str) -> None:
        """Take in what one function of a capture says."""
        if function.code:
            self.codes.setdefault(part, set()).add(function.code)
        if function.file and (not self.file or not part):
            self.file = function.file
            self.line = function.start_line


@dataclass(frozen=True, slots=True)
class Evidence:
    """One side.

    ``repeats`` give the own weight of each call path in one operation, in seconds, bytes or allocations; paths begin
    with the operation. ``functions`` are all that were seen. ``calls`` are exact counts of calls of each path in one
    operation, None where nobody counted.
    """

    repeats: tuple[Mapping[Path, float], ...]
    functions: Mapping[Named, Known]
    calls: Mapping[Path, float] | None = None

    @property
    def totals(self) -> list[float]:
        """Return the weight of one operation in each repeat."""
        return [sum(repeat.values()) for repeat in self.repeats]


def leveled(side: Evidence, level: float) -> Evidence:
    """Return the side with every repeat scaled to ``level``, what an operation was measured to take.

    The speed of a machine with other work on it changes from one repeat to the next for all functions alike; how they
    share the time does not, and how long it is was measured better, in more and shorter turns.
    """
    scaled = []
    for repeat in side.repeats:
        total = math.fsum(repeat.values())
        scaled.append({path: weight * level / total for path, weight in repeat.items()} if total else repeat)
    return replace(side, repeats=tuple(scaled))


def evidence(
    repeats: Sequence[tuple[Capture, int]],
    kind: str,
    *,
    calls: tuple[Capture, int] | None = None,
    renamed: Mapping[Named, Named] | None = None,
) -> Evidence:
    """Reduce captures, each with the number of its operations, to what their value type ``kind`` says.

    ``renamed`` gives functions the name that they have on the other side.
    raises: ValueError when a capture has no such value type.
    """
    functions: dict[Named, Known] = {}
    counted = None
    if calls is not None:
        # Who counts sees every function, so that what a sampler says of their code would only mix two digests.
        counted = _paths(calls[0], CALLS, calls[1], functions, renamed or {}, folded=False)
    known = {name for name, one in functions.items() if one.codes}
    seen: dict[Named, Known] = {}
    reduced = tuple(_paths(capture, kind, count, seen, renamed or {}) for capture, count in repeats)
    functions.update((name, one) for name, one in seen.items() if name not in known)
    return Evidence(reduced, functions, counted)


def _paths(
    capture: Capture,
    kind: str,
    operations: int,
    functions: dict[Named, Known],
    renamed: Mapping[Named, Named],
    *,
    folded: bool = True,
) -> dict[Path, float]:
    """Return the weight of each path; without ``folded``, a part of a function adds nothing to it."""
    at = capture.index(kind)
    if at is None:
        raise ValueError(f"the capture has no {kind}")
    scale = _SCALE.get(capture.value_types[at].unit, 1.0) / max(operations, 1)
    names: list[Named] = []
    parts: list[str] = []
    for function in capture.functions:
        name = named(function)
        part = function.name.removeprefix(name.name)
        name = renamed.get(name, name)
        functions.setdefault(name, Known()).learn(function, part)
        names.append(name)
        parts.append(part)
    stacks = [[capture.frames[index].function for index in stack] for stack in capture.stacks]
    if not all(stacks):
        functions.setdefault(_NOWHERE, Known())
    paths = [_path(stack, names, parts) for stack in stacks]
    found: dict[Path, float] = {}
    for sample in capture.samples:
        if not sample.values[at]:
            continue
        if not folded and _is_part(stacks[sample.stack], names, parts):
            continue
        path = paths[sample.stack]
        found[path] = found.get(path, 0.0) + sample.values[at] * scale
    return found


def _path(stack: Sequence[int], names: Sequence[Named], parts: Sequence[str]) -> Path:
    """Return the functions of a stack; a part of a function that the function itself runs is not another call."""
    path: list[Named] = []
    for function in stack:
        if not (path and path[-1] == names[function] and parts[function]):
            path.append(names[function])
    return tuple(path) or (_NOWHERE,)


def _is_part(stack: Sequence[int], names: Sequence[Named], parts: Sequence[str]) -> bool:
    """Say whether the innermost frame is a part of the function that runs it."""
    return len(stack) > 1 and names[stack[-1]] == names[stack[-2]] and bool(parts[stack[-1]])
