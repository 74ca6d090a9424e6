"""Captures of benchmarks: repeats put together, the harness cut off, so that the operation is the root."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from perftool.errors import InputError
from perftool.profiling.capture import ALLOC_SPACE, Builder, Capture, Function, chosen, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Measure = Literal["cpu", "memory"]

#: The label of the case, ``suite/case/key=value``, and that of the repeat, "0" and on.
CASE: Final = "case"
REPEAT: Final = "repeat"
#: The fact with the number of operations of all repeats; ``operations.0`` and on have that of each.
OPERATIONS: Final = "operations.count"
#: What stands in place of the harness where nothing of the operation itself can be seen.
LOOP: Final = Function("benchmark loop", kind="marker")

# The loop that the harness compiles around an operation, and the name it imports a benchmark file under.
_LOOP_FILE: Final = "<perftool loop>"
_LOOP_MODULE: Final = "_perftool_loop."
_TARGET: Final = "_perftool_target_"
# Behind the name of a memray file: the module in each source file, and what memray itself had made.
_BESIDE: Final = ".beside.json"
# Below the harness but not in its loop run the tasks that an asynchronous operation has left behind.
_EVENT_LOOPS: Final = ("asyncio.", "uvloop.")
# A smaller share of CPU time in child processes is not worth a doubt.
_CHILDREN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Repeat:
    """One repeat of a case as the measuring process left it: a sampler's table, or a memray file, at ``path``.

    ``operations`` ran; ``cpu_s`` and ``children_s`` are CPU seconds of the process and of its children.
    """

    path: Path
    number: int
    operations: int
    cpu_s: float = 0.0
    children_s: float = 0.0


def of_case(repeats: Sequence[Repeat], measure: Measure, *, case: str, harness: Path) -> Capture:
    """Return the repeats of ``case`` as one capture, labelled ``case`` and ``repeat``.

    ``harness`` is the folder of what ran the operation: its frames are cut off.
    raises: InputError when a file holds no table of stacks, ValueError for no repeat at all.
    """
    taken = [(_read(one.path, measure, case, harness), one.number, one.operations) for one in repeats]
    capture = together(taken, case=case)
    children, own = sum(one.children_s for one in repeats), sum(one.cpu_s for one in repeats)
    if children <= _CHILDREN * (children + own):
        return capture
    share = f"{children / (children + own):.0%}".replace("%", " %")
    doubt = ("children-not-seen", f"{share} of the CPU time went to child processes, which are not in this profile")
    return replace(capture, doubts=(*capture.doubts, doubt))


def together(taken: Iterable[tuple[Capture, int, int]], *, case: str) -> Capture:
    """Return captures of one case, each with the number of its repeat and of its operations, as one.

    raises: ValueError for none at all.
    """
    held = [(_labelled(capture, {CASE: case, REPEAT: str(number)}), number, count) for capture, number, count in taken]
    capture = merged(one for one, _, _ in held)
    facts = {
        **capture.facts,
        OPERATIONS: str(sum(count for _, _, count in held)),
        **{f"operations.{number}": str(count) for _, number, count in held},
    }
    # Repeats follow each other: they cover the sum of their times.
    return replace(capture, facts=facts, duration_ns=sum(one.duration_ns for one, _, _ in held))


def repeats_of(capture: Capture) -> list[tuple[Capture, int]]:
    """Return each repeat that ``together`` put into ``capture``, with the number of its operations, in their order."""
    numbers = {value for labels in capture.labels for key, value in labels if key == REPEAT}
    # A repeat of which the profiler saw nothing is one all the same.
    numbers |= {key.partition(".")[2] for key in capture.facts if key.startswith("operations.") and key != OPERATIONS}
    return [
        (
            chosen(capture, lambda labels, number=number: labels.get(REPEAT) == number),  # type: ignore[misc]
            int(capture.facts.get(f"operations.{number}", "1")),
        )
        for number in sorted(numbers, key=lambda text: (len(text), text))
    ]


def all_cases(captures: Sequence[Capture]) -> Capture:
    """Return the captures of several cases as one, told apart by their label; facts of single repeats are left out.

    raises: ValueError for no capture at all.
    """
    plain = [
        replace(one, facts={k: v for k, v in one.facts.items() if k == OPERATIONS or not k.startswith("operations.")})
        for one in captures
    ]
    return replace(merged(plain), duration_ns=sum(one.duration_ns for one in plain))


def cut(capture: Capture, harness: Path, *, outside: bool = True) -> Capture:
    """Return ``capture`` without the frames of the harness: the operation becomes the root of its stacks.

    ``outside`` keeps what did not run in the loop of operations but beside it, in threads and tasks; without it, that
    is dropped as the profiler's own.
    """
    names = [_named(function) for function in capture.functions]
    loops = {i for i, one in enumerate(capture.functions) if _is_loop(one)}
    own = {i for i, one in enumerate(capture.functions) if _below(one.file, str(harness))}
    builder = Builder(capture.value_types)
    for sample in capture.samples:
        stack = [capture.frames[at] for at in capture.stacks[sample.stack]]
        in_loop = [i for i, frame in enumerate(stack) if frame.function in loops]
        if in_loop:
            kept = stack[in_loop[-1] + 1 :]
        elif outside:
            last = max((i for i, frame in enumerate(stack) if frame.function in own), default=-1)
            kept = stack[last + 1 :]
            if last >= 0 and not (kept and names[kept[0].function].name.startswith(_EVENT_LOOPS)):
                continue  # the harness at work, or the profiler in it
        else:
            continue
        frames = [builder.frame(names[frame.function], frame.line) for frame in kept]
        if all(names[frame.function].kind == "marker" for frame in kept):
            frames.insert(0, builder.frame(LOOP))
        builder.add(frames, sample.values, dict(capture.labels[sample.labels]))
    built = builder.build()
    return replace(
        capture,
        functions=built.functions,
        frames=built.frames,
        stacks=built.stacks,
        labels=built.labels,
        samples=built.samples,
    )


def _read(path: Path, measure: Measure, case: str, harness: Path) -> Capture:
    import json

    beside = path.with_name(path.name + _BESIDE) if measure == "memory" else None
    try:
        said = json.loads((beside or path).read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{case}: the measuring process left no profile: {error}") from error
    if measure == "cpu":
        from perftool.profiling.raw import capture_of

        return cut(capture_of(said, name=case), harness)
    from perftool.profiling import heap
    from perftool.profiling.call_objects import without_frames

    capture = cut(heap.read(path, modules=said["modules"], closed=True).capture, harness, outside=False)
    capture = without_frames(capture, said["frames"], _LOOP_FILE)
    return replace(capture, default=capture.index(ALLOC_SPACE.kind) or 0)


def _labelled(capture: Capture, labels: Mapping[str, str]) -> Capture:
    builder = Builder(capture.value_types)
    builder.take_in(capture, more=labels)
    built = builder.build()
    return replace(
        capture,
        functions=built.functions,
        frames=built.frames,
        stacks=built.stacks,
        labels=built.labels,
        samples=built.samples,
    )


def _is_loop(function: Function) -> bool:
    return function.file == _LOOP_FILE or function.name.startswith(_LOOP_MODULE)


def _named(function: Function) -> Function:
    """Call what comes from a benchmark file by the name of the file: the harness names it after its whole path."""
    if not function.name.startswith(_TARGET):
        return function
    module, _, name = function.name.partition(".")
    stem = _stem(function.file) or module.removeprefix(_TARGET)
    return function._replace(name=f"{stem}.{name}")


def _stem(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2].removesuffix(".py")


def _below(file: str, folder: str) -> bool:
    return file.replace("\\", "/").startswith(folder.replace("\\", "/").rstrip("/") + "/")
