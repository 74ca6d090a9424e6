"""Captures of benchmarks between the process that took them and the files that reports name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from perftool.model.profile import CaptureReference
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.bench.captures import Captured, Kit, Measure, Taken
    from perftool.config.schema import Settings
    from perftool.profiling.api import Engine, Options
    from perftool.profiling.capture import Capture

#: The engine that takes captures of whole commands, by what they measure.
ENGINES: Final[dict[Measure, str]] = {"cpu": "sampler", "memory": "memray"}
#: The code of the doubt that the user ended the profiling.
INTERRUPTED: Final = "captures-interrupted"
SIDES: Final[tuple[Literal["base", "now"], ...]] = ("base", "now")


@dataclass(frozen=True, slots=True)
class Subject:
    """A benchmark that was captured, as reports name it."""

    suite: str
    case: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return ``suite/case/key=value``, which labels its samples."""
        return "/".join([self.suite, self.case, *(f"{key}={value}" for key, value in self.parameters.items())])


@dataclass(frozen=True, slots=True)
class Profile:
    """The capture of one benchmark on one side (0 where there is one), all repeats in it."""

    subject: Subject
    measure: Measure
    side: int
    capture: Capture
    operations: int


def kit(
    settings: Settings,
    folder: Path,
    *,
    commands: Sequence[Measure] = (),
    seconds: float | None = None,
    repeats: int | None = None,
    rate: float | None = None,
    pure: Sequence[str] | None = None,
) -> Kit:
    """Return what captures are taken with, as the settings have it where nothing else is said.

    ``folder`` is where they go; ``commands`` are the measures of whole commands, whose engines are asked for theirs.
    """
    import perftool.profiling.runtime
    from perftool.bench.captures import RATE, Kit

    bench = settings.bench
    packages = tuple(bench.pure if pure is None else pure)
    pace = RATE if rate is None else rate
    modules = {measure: [_module(measure, options(pace, packages))] for measure in commands}
    return Kit(
        runtime=Path(perftool.profiling.runtime.__file__).parent,
        folder=folder,
        repeats=bench.capture_repeats if repeats is None else repeats,
        seconds=bench.capture_time if seconds is None else seconds,
        rate=pace,
        pure=packages,
        modules=modules,
    )


def options(rate: float, pure: Sequence[str] = ()) -> Options:
    """Return the options of an engine that profiles whole commands."""
    from perftool.profiling.api import Options

    return Options(rate=rate, pure=tuple(pure))


def engine(measure: Measure) -> Engine:
    """Return the engine of a measure."""
    from perftool import discovery

    found: Engine = discovery.load("perftool.profiling.engines", ENGINES[measure], "ENGINE", what="profiler")
    return found


def _module(measure: Measure, how: Options) -> dict[str, Any]:
    found = engine(measure)
    return {"name": found.runtime, "settings": found.settings(how) if found.settings is not None else {}}


def profiles(
    captured: Captured, subjects: Sequence[Subject], how: Kit, *, commands: bool = False
) -> tuple[list[Profile], list[ReportWarning]]:
    """Read what was captured: a capture for each subject, measure and side; and a doubt where there is none.

    ``subjects`` are in the order in which they were captured; ``commands`` says that they are whole commands.
    """
    from perftool.errors import PerftoolError

    groups: dict[tuple[int, Measure, int], list[Taken]] = {}
    for one in captured.taken:
        groups.setdefault((one.subject, one.measure, one.side), []).append(one)
    found: list[Profile] = []
    doubts = [_missed(subjects[one.subject], one.measure, one.reason) for one in captured.missed]
    for (at, measure, side), taken in sorted(groups.items()):
        subject = subjects[at]
        ordered = sorted(taken, key=lambda one: one.repeat)
        try:
            capture = _of_command(ordered, subject, how) if commands else _of_case(ordered, subject)
        except PerftoolError as error:
            # Whatever is wrong with a profile, what was measured stands.
            doubts.append(_missed(subject, measure, error.message))
            continue
        found.append(Profile(subject, measure, side, capture, sum(one.operations for one in taken)))
    if captured.interrupted:
        doubts.append(interrupted())
    return found, _distinct(doubts)


def interrupted() -> ReportWarning:
    """Return the doubt about a run that the user ended while it profiled."""
    return ReportWarning(code="captures-interrupted", message="interrupted while profiling: not every case has one")


def _of_case(taken: Sequence[Taken], subject: Subject) -> Capture:
    from perftool.bench.server import START
    from perftool.profiling.benchmarked import Repeat, of_case

    repeats = [Repeat(one.path, one.repeat, one.operations, one.cpu_s, one.children_s) for one in taken]
    return of_case(repeats, taken[0].measure, case=subject.name, harness=START.parent)


def _of_command(taken: Sequence[Taken], subject: Subject, how: Kit) -> Capture:
    """Collect what the processes of each run left.

    raises: InputError when they left nothing.
    """
    from perftool.profiling.benchmarked import together

    collect = engine(taken[0].measure).collect
    assert collect is not None
    chosen = options(how.rate, how.pure)
    return together(
        [(collect(one.path, chosen).capture, one.repeat, one.operations) for one in taken], case=subject.name
    )


def keep(found: Sequence[Profile], folder: Path, *, sided: bool = False) -> list[CaptureReference]:
    """Write captures to ``folder`` and return how a report names them.

    raises: OutputError when one cannot be written.
    """
    from perftool.profiling.storing import keep as kept

    references = []
    for one in found:
        side = SIDES[one.side] if sided else ""
        stem = "-".join(part for part in (one.subject.name, one.measure, side) if part)
        file = kept(one.capture, folder, stem)
        references.append(
            CaptureReference(
                digest=file.digest,
                name=file.path.name,
                size=file.size,
                engine=one.capture.engine or ENGINES[one.measure],
                measures=one.measure,
                suite=one.subject.suite,
                case=one.subject.case,
                parameters=one.subject.parameters,
                operations=one.operations,
                side=side,
            )
        )
    return references


def _missed(subject: Subject, measure: Measure, reason: str) -> ReportWarning:
    from perftool.bench.processes.naming import without_folders

    what = {"cpu": "CPU profile", "memory": "memory profile"}[measure]
    return ReportWarning(code="capture-missing", message=f"no {what}: {without_folders(reason)}", subject=subject.name)


def _distinct(doubts: Sequence[ReportWarning]) -> list[ReportWarning]:
    return list({(one.code, one.message, one.subject): one for one in doubts}.values())
