"""The report of a profile: captures kept, figures drawn from them, shown where the target's output is not."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.cli.capture_outputs import CaptureFile
    from perftool.cli.output import OutputOptions
    from perftool.config.schema import Settings
    from perftool.model.diagnostic import Diagnostic
    from perftool.model.environment import Activity
    from perftool.model.profile import ProfilePayload
    from perftool.model.report import Report
    from perftool.model.verdict import ReportWarning
    from perftool.profiling.api import Collected, Measured
    from perftool.profiling.capture import Capture
    from perftool.profiling.summary import Part, Profile

_MOST_NAMED: Final = 5


@dataclass(slots=True)
class Shelf:
    """Keeps captures in the folder of the settings; what cannot be written is told at the end, not in between.

    ``target`` is what people call what was profiled: a capture says it wherever it is read.
    """

    settings: Settings
    stem: str
    target: str = ""
    parts: list[Part] = field(default_factory=list)
    originals: list[Path] = field(default_factory=list)
    errors: list[OutputError] = field(default_factory=list)

    def take(self, measured: Measured, collected: Collected, *, operations: int = 0) -> None:
        """Keep one capture, and the files that its engine left."""
        from perftool.model.profile import CaptureReference
        from perftool.profiling import storing
        from perftool.profiling.summary import Part

        if self.target:
            capture = collected.capture
            named = replace(capture, facts={**capture.facts, "target": self.target})
            collected = replace(collected, capture=named)
        folder = self.settings.capture_folder
        try:
            kept = storing.keep(collected.capture, folder, f"{self.stem}-{measured}")
        except OutputError as error:
            self.errors.append(error)
            self.parts.append(Part(measured=measured, collected=collected))
            return
        reference = CaptureReference(
            digest=kept.digest,
            name=kept.path.name,
            size=kept.size,
            engine=collected.capture.engine,
            measures=measured,
            operations=operations,
        )
        self.parts.append(Part(measured=measured, collected=collected, reference=reference))
        self.originals += storing.keep_originals(
            collected.originals, kept.path, most_bytes=self.settings.profiling.originals
        )

    def tidy(self) -> None:
        """Remove the oldest captures where the settings say how many to keep."""
        from perftool.profiling import storing

        if self.settings.profiling.keep:
            storing.remove_oldest(self.settings.capture_folder, keep=self.settings.profiling.keep)

    def path(self, part: Part) -> Path | None:
        """Return the file that a part is kept in."""
        return self.settings.capture_folder / part.reference.name if part.reference is not None else None


def build(
    profile: Profile,
    settings: Settings,
    *,
    doubts: Sequence[ReportWarning] = (),
    python: str | None = None,
    activity: Activity | None = None,
) -> Report:
    """Return the report of a profile; ``python`` is the interpreter that ran the target where it is not perftool's."""
    from perftool.cli import session
    from perftool.clock import SystemClock
    from perftool.profiling import concluding, summary
    from perftool.store import reports

    payload = summary.payload(profile)
    found = _findings(profile, payload)
    return reports.build(
        payload,
        concluding.verdict(profile, found),
        session.target_environment(settings, python, activity),
        created=SystemClock().now(),
        measurements=summary.measurements(profile),
        diagnostics=found,
        warnings=[*doubts, *concluding.doubts(profile)],
    )


def _findings(profile: Profile, payload: ProfilePayload) -> tuple[Diagnostic, ...]:
    """Return what is certain about the captures of each measure, those of several runs taken together."""
    from perftool.profiling.findings import findings

    commands = [one.command for one in payload.processes if not one.parent and not one.command.endswith("…")]
    # A benchmark is an option of the other commands too; what was joined or fetched cannot be started by them.
    named = f"--{profile.target}" if profile.target.startswith("bench ") else "TARGET"
    target = commands[0] if commands else named
    found: list[Diagnostic] = []
    for measured in profile.measures:
        parts = profile.of(measured)
        heap = parts[0].collected.heap if len(parts) == 1 else ()
        found += findings(profile.pooled(measured), heap=heap, root=profile.root, target=target)
    return tuple(found)


def show(
    report: Report,
    shelf: Shelf,
    profile: Profile,
    files: Sequence[CaptureFile],
    output: OutputOptions,
    *,
    apart: bool,
) -> None:
    """Write the files that were asked for, save the report and show it.

    ``apart`` says that standard output is the target's: the report then goes there only where a person reads it.
    raises: OutputError, the first one, once all that could be written is.
    """
    from perftool.cli import capture_outputs
    from perftool.cli.output import emit

    errors = shelf.errors
    if files:
        try:
            capture_outputs.write(pooled(profile), files)
        except OutputError as error:
            errors.append(error)
    saved = _saved(report, profile, shelf)
    shelf.tidy()
    steps = next_steps(saved, shelf, files)
    elsewhere = (
        contextlib.redirect_stdout(sys.stderr) if apart and not sys.stdout.isatty() else contextlib.nullcontext()
    )
    with elsewhere:
        emit(report, replace(output, next_steps=steps, judge=False))
    if errors:
        raise errors[0]


def _saved(report: Report, profile: Profile, shelf: Shelf) -> Path | None:
    from perftool.store import reports

    settings = shelf.settings
    stem = "-".join(["profile", *profile.measures, profile.stem])
    try:
        return reports.save_run(report, settings.report_folder, stem, keep=settings.report.keep, latest=False)
    except OutputError as error:
        shelf.errors.append(error)
        return None


def pooled(profile: Profile) -> Capture:
    """Return all captures of a profile as one, samples of several runs told apart by a label."""
    from perftool.profiling.capture import merged

    return merged(profile.pooled(measured) for measured in profile.measures)


def next_steps(saved: Path | None, shelf: Shelf, files: Sequence[CaptureFile]) -> list[str]:
    """Return the last lines: where things are and which commands read them."""
    steps = [f"written  {path}" for path, _ in files]
    if saved is not None:
        steps.append(f"report   {os.path.relpath(saved)}")
    kept = [os.path.relpath(path) for part in shelf.parts if (path := shelf.path(part)) is not None]
    steps += [f"capture  {name}" for name in kept[:_MOST_NAMED]]
    if len(kept) > _MOST_NAMED:
        steps.append(f"         … and {len(kept) - _MOST_NAMED} more beside them")
    if kept:
        name = "latest" if len(kept) == 1 else kept[0]
        steps.append(f"next     perftool profile view {name} --tree · --web · go tool pprof {kept[0]}")
    for path in shelf.originals[:1]:
        steps += own_tools(Path(os.path.relpath(path)))
    return steps


def own_tools(path: Path) -> list[str]:
    """Return the commands of an engine's own that read its file."""
    if path.suffix == ".bin":
        return [f"memray   memray flamegraph {path} · memray stats {path}"]
    if path.suffix == ".pyisession":
        return [f"html     pyinstrument --load {path} -r html -o {path.with_suffix('.html')}"]
    return []
