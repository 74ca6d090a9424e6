"""The payloads of ``perftool profile``: what was captured, in figures; the stacks themselves are in a capture file."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model
from perftool.model.verdict import ReportWarning


class CaptureReference(Model, frozen=True):
    """A capture file that a report names: the SHA-256 ``digest`` of its bytes finds it again, wherever it is kept.

    ``name`` is its file name, ``size`` its bytes, ``engine`` who took it, ``measures`` what. ``suite``, ``case`` and
    ``parameters`` are those of the benchmark that ran, and ``operations`` how often; ``side`` as in ``Measurement``.
    """

    digest: str
    name: str
    size: int
    engine: str
    measures: Literal["cpu", "wall", "memory"]
    suite: str = ""
    case: str = ""
    parameters: dict[str, str] = {}
    operations: int = 0
    side: Literal["", "base", "now"] = ""


class FunctionRow(Model, frozen=True):
    """One function of a capture: its own weight and with what it calls, in the base unit, and shares of the whole.

    ``file`` is relative to the project, or to the folder of installed packages; "" for C code.
    """

    function: str
    own: float
    total: float
    own_share: float
    total_share: float
    file: str = ""
    line: int = 0
    kind: Literal["python", "native", "marker"] = "python"


class ProfiledProcess(Model, frozen=True):
    """One process of the target: what it ran, relative to the project, and its samples; ``parent`` 0 is the target."""

    pid: int
    parent: int
    command: str
    samples: int


class HeapPoint(Model, frozen=True, gc=False):
    """Memory at one moment: seconds since the start, bytes held by the allocators and resident in the process."""

    at_s: float
    heap_bytes: int
    resident_bytes: int


class Ranking(Model, frozen=True):
    """Functions by one value type: ``kind`` as in pprof (cpu, alloc_space …), ``unit`` s, B or count; largest first.

    ``total`` is of the whole capture; rows beyond those listed have ``rest`` of it as their own weight.
    """

    kind: str
    unit: str
    total: float
    rows: tuple[FunctionRow, ...]
    rest: float = 0.0


class ProfilePayload(Model, frozen=True, tag_field="kind", tag="profile"):
    """What one profile saw.

    ``target`` is what was profiled, as people call it; ``exit_code`` of the target, None where it was attached to or
    went on. ``duration_s`` is wall time. ``facts`` are figures of the engine by name. ``complete`` is False when the
    capture was cut short.
    """

    target: str
    engine: str
    measures: tuple[Literal["cpu", "wall", "memory"], ...]
    duration_s: float
    rankings: tuple[Ranking, ...]
    processes: tuple[ProfiledProcess, ...] = ()
    captures: tuple[CaptureReference, ...] = ()
    heap: tuple[HeapPoint, ...] = ()
    facts: dict[str, float] = {}
    rate: float = 0.0
    exit_code: int | None = None
    complete: bool = True


class FunctionChange(Model, frozen=True):
    """One function in two captures: its share (own and total, 0 to 1) on either side and what changed.

    ``before`` and ``after`` are its own weight in the unit of the whole, of a mean capture or operation, or its share
    where shares are compared. ``change`` is after - before, with the bounds ``lo`` and ``hi`` of its confidence
    interval, None where there is too little to give one; ``p`` is that of no change, corrected for the number of
    functions, None where it was not tested; ``sure`` says that chance would not do it, or that everything was
    counted. ``share_of_change`` is the part of the whole change, None where the whole did not surely change.
    ``changed`` says whether its code differs, None where that is not known.
    """

    function: str
    before: float
    after: float
    change: float
    lo: float | None
    hi: float | None
    share_of_change: float | None
    before_share: float
    after_share: float
    before_total_share: float = 0.0
    after_total_share: float = 0.0
    file: str = ""
    line: int = 0
    kind: Literal["python", "native", "marker"] = "python"
    changed: bool | None = None
    p: float | None = None
    sure: bool = False


class ProfileDiffPayload(Model, frozen=True, tag_field="kind", tag="profile-diff"):
    """Two profiles, or two groups of repeated ones, function by function; largest change first.

    ``value`` and ``unit`` are what is compared; ``per`` is "capture" (totals as they are), "share" (of each whole) or
    "op". ``before`` and ``after`` are the wholes. ``basis`` says where the intervals come from: "captures" repeated
    on both sides, or "samples" of a single one on a side, which know nothing of differences between runs, or "none"
    where everything was counted. ``left_out`` functions are too small on both sides to be listed.
    """

    labels: tuple[str, str]
    value: str
    unit: str
    per: Literal["capture", "share", "op"]
    before: float
    after: float
    captures: tuple[int, int]
    basis: Literal["captures", "samples", "none"]
    confidence: float
    rows: tuple[FunctionChange, ...]
    left_out: int = 0


class Commit(Model, frozen=True):
    """A commit that touched a function; an empty ``id`` means changes that are not committed yet."""

    id: str
    subject: str
    date: str = ""


class Suspect(Model, frozen=True):
    """A function that accounts for a part of a change.

    ``change`` is in seconds, bytes or allocations of one operation with its interval; ``share`` is its part of the
    whole change. ``why`` says what speaks against it (``code changed``, ``called more often``, ``garbage collection``
    …), one word group each. ``module`` suspects are code that runs on import.
    """

    function: str
    change: float
    lo: float | None
    hi: float | None
    share: float | None
    file: str = ""
    line: int = 0
    why: tuple[str, ...] = ()
    garbage_collection: bool = False
    commits: tuple[Commit, ...] = ()


class Explanation(Model, frozen=True):
    """Why one row of a comparison changed: ``suspects`` in order, the first is the culprit.

    ``row`` is the name of the benchmark, ``unit`` that of the row. ``unexplained`` is the part of the change that no
    suspect accounts for. ``source`` is "stored" captures or "measured" for this; ``captures`` a side. Without
    suspects, ``reason`` says why there are none.
    """

    row: str
    unit: str
    before: float
    after: float
    source: Literal["stored", "measured", "none"]
    captures: tuple[int, int]
    suspects: tuple[Suspect, ...] = ()
    unexplained: float | None = None
    reason: str = ""
    warnings: tuple[ReportWarning, ...] = ()
