"""A capture: a table of stacks with weights and labels, whoever took it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read at run time, by what decodes captures
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Kind = Literal["python", "native", "marker"]
Labels = tuple[tuple[str, str], ...]


class ValueType(NamedTuple):
    """What a weight counts: ``kind`` and ``unit`` as pprof spells them, such as ("cpu", "nanoseconds")."""

    kind: str
    unit: str


SAMPLES: Final = ValueType("samples", "count")
CPU: Final = ValueType("cpu", "nanoseconds")
WALL: Final = ValueType("wall", "nanoseconds")
#: Everything allocated while the capture ran, by number and size.
ALLOC_OBJECTS: Final = ValueType("alloc_objects", "count")
ALLOC_SPACE: Final = ValueType("alloc_space", "bytes")
#: What was still held at its end.
INUSE_OBJECTS: Final = ValueType("inuse_objects", "count")
INUSE_SPACE: Final = ValueType("inuse_space", "bytes")
#: What was held when the process held the most.
PEAK_OBJECTS: Final = ValueType("peak_objects", "count")
PEAK_SPACE: Final = ValueType("peak_space", "bytes")
#: What was freed before the next allocation was made.
TEMPORARY_OBJECTS: Final = ValueType("temporary_objects", "count")

#: The leaf under which time in the collector stands, below the function whose allocation started it.
GARBAGE_COLLECTION: Final = "garbage collection"
#: The leaf for what was dropped because there were too many different stacks.
TOO_MANY_STACKS: Final = "too many different stacks"


class Function(NamedTuple):
    """A function as a stack names it.

    ``name`` is its module and qualified name (``myapp.parse.Reader.rows``), or the C symbol. ``file`` is the path of
    its source, "" where it has none; ``start_line`` its first line, 0 where not known. A ``marker`` is no function but
    something the profiler says: garbage collection. ``code`` is a digest of what the function does, without its line
    numbers and the functions inside it, "" where not known: equal digests mean that the code did not change.
    """

    name: str
    file: str = ""
    start_line: int = 0
    kind: Kind = "python"
    code: str = ""


class Frame(NamedTuple):
    """One entry of a stack: an index into the capture's functions and the line that ran, 0 where not known."""

    function: int
    line: int = 0


class Sample(NamedTuple):
    """Weights of one stack under one set of labels: ``values`` in the order of the capture's value types."""

    stack: int
    labels: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """What a profiler saw.

    ``stacks`` hold indexes into ``frames``, the outermost first; ``samples`` indexes into ``stacks`` and ``labels``
    (``labels[0]`` is the empty set; each set is sorted by key; usual keys are ``pid``, ``thread``, ``test``,
    ``endpoint``, ``case``). ``default`` is the index of the value type that people mean. ``period`` is the mean
    weight between two samples, of ``period_type``; 0 where every event was seen. ``started_ns`` is nanoseconds since
    1970, ``duration_ns`` the wall time that the capture covers, 0 where not known. ``engine`` took it; ``facts`` are
    what else it says (``gc.cpu_ns``, ``process.cpu_ns``, ``rate`` …), as text. ``doubts`` are
    (code, message) pairs: what it could not see.
    """

    value_types: tuple[ValueType, ...]
    functions: tuple[Function, ...] = ()
    frames: tuple[Frame, ...] = ()
    stacks: tuple[tuple[int, ...], ...] = ()
    labels: tuple[Labels, ...] = ((),)
    samples: tuple[Sample, ...] = ()
    default: int = 0
    period: int = 0
    period_type: ValueType | None = None
    started_ns: int = 0
    duration_ns: int = 0
    engine: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[tuple[str, str], ...] = ()

    def total(self, index: int | None = None) -> int:
        """Return the sum of all weights of value type ``index``, by default the default one."""
        at = self.default if index is None else index
        return sum(sample.values[at] for sample in self.samples)

    def index(self, kind: str) -> int | None:
        """Return the index of the value type of this kind, None when the capture has none."""
        return next((i for i, one in enumerate(self.value_types) if one.kind == kind), None)

    def function_of(self, frame: int) -> Function:
        """Return the function of the frame with this index."""
        return self.functions[self.frames[frame].function]


class Builder:
    """Collects samples into a capture, every function, frame, stack and label set held once."""

    def __init__(self, value_types: Iterable[ValueType]) -> None:
        self._value_types = tuple(value_types)
        self._functions: dict[Function, int] = {}
        self._frames: dict[Frame, int] = {}
        self._stacks: dict[tuple[int, ...], int] = {}
        self._labels: dict[Labels, int] = {(): 0}
        self._samples: dict[tuple[int, int], list[int]] = {}

    def frame(self, function: Function, line: int = 0) -> int:
        """Return the index of a frame."""
        at = self._functions.setdefault(function, len(self._functions))
        return self._frames.setdefault(Frame(at, line), len(self._frames))

    def add(self, stack: Iterable[int], values: Iterable[int], labels: Mapping[str, str] | None = None) -> None:
        """Add weights to a stack of frame indexes, the outermost first."""
        at = self._stacks.setdefault(tuple(stack), len(self._stacks))
        named: Labels = tuple(sorted(labels.items())) if labels else ()
        key = (at, self._labels.setdefault(named, len(self._labels)))
        held = self._samples.get(key)
        if held is None:
            self._samples[key] = list(values)
        else:
            for index, value in enumerate(values):
                held[index] += value

    def take_in(self, capture: Capture, *, more: Mapping[str, str] | None = None) -> None:
        """Add every sample of another capture, with ``more`` labels; value types it does not have count 0.

        raises: ValueError when it has value types that are not collected here.
        """
        places = [capture.value_types.index(one) if one in capture.value_types else None for one in self._value_types]
        if foreign := [one.kind for one in capture.value_types if one not in self._value_types]:
            raise ValueError("not collected here: " + ", ".join(foreign))
        frames = [self.frame(capture.functions[f.function], f.line) for f in capture.frames]
        stacks = [tuple(frames[i] for i in stack) for stack in capture.stacks]
        for sample in capture.samples:
            values = [sample.values[at] if at is not None else 0 for at in places]
            labels = {**dict(capture.labels[sample.labels]), **(more or {})}
            self.add(stacks[sample.stack], values, labels)

    def build(self) -> Capture:
        """Return what was collected; what is not a sample is for the caller to fill in (``dataclasses.replace``)."""
        return Capture(
            value_types=self._value_types,
            functions=tuple(self._functions),
            frames=tuple(self._frames),
            stacks=tuple(self._stacks),
            labels=tuple(self._labels),
            samples=tuple(Sample(stack, labels, tuple(v)) for (stack, labels), v in self._samples.items()),
        )


def merged(captures: Iterable[Capture]) -> Capture:
    """Return one capture with the samples of all: durations stay the longest, the start the earliest.

    raises: ValueError for no capture at all.
    """
    held = list(captures)
    if not held:
        raise ValueError("no capture to merge")
    kinds = list(dict.fromkeys(kind for one in held for kind in one.value_types))
    builder = Builder(kinds)
    for one in held:
        builder.take_in(one)
    first = held[0]
    started = [one.started_ns for one in held if one.started_ns]
    return replace(
        builder.build(),
        default=kinds.index(first.value_types[first.default]) if first.value_types else 0,
        period=first.period,
        period_type=first.period_type,
        started_ns=min(started, default=0),
        duration_ns=max(one.duration_ns for one in held),
        engine=first.engine,
        facts=first.facts if len(held) == 1 else _summed(held),
        doubts=tuple(dict.fromkeys(doubt for one in held for doubt in one.doubts)),
    )


def _summed(captures: list[Capture]) -> dict[str, str]:
    """Add up facts that are nanoseconds or counts (``….…_ns``, ``….count``); of others keep the first that is said."""
    facts: dict[str, str] = {}
    for one in captures:
        for key, value in one.facts.items():
            known = facts.get(key)
            added = key.endswith(("_ns", ".count")) and not key.endswith("max_ns")
            if known is None:
                facts[key] = value
            elif added:
                facts[key] = str(int(known) + int(value))
            elif key.endswith("max_ns"):
                facts[key] = str(max(int(known), int(value)))
    return facts


def chosen(capture: Capture, wanted: Callable[[dict[str, str]], bool]) -> Capture:
    """Return the capture with only the samples whose labels are ``wanted``."""
    keep = {index for index, labels in enumerate(capture.labels) if wanted(dict(labels))}
    return replace(capture, samples=tuple(s for s in capture.samples if s.labels in keep))
