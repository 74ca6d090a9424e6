"""Keep reports to compare with: save, list, show, update, remove."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from perftool.cli import baseline_captures, options, session
from perftool.cli.output import OutputOptions, emit
from perftool.clock import SystemClock
from perftool.config.schema import Settings
from perftool.model.listing import BaselineEntry, BaselinesPayload
from perftool.model.verdict import ReportWarning
from perftool.store import baselines

PANEL = "Guard"
command = typer.Typer(
    help="""Keep reports to compare with, by environment and name.

    Examples:
      perftool baseline save
      perftool baseline list
      perftool compare --baseline main latest
    """
)

Name = Annotated[str, typer.Argument(metavar="[NAME]", help="Name of the baseline.")]
Report = Annotated[str, typer.Argument(metavar="[REPORT]", help="A bench report, 'latest', or '-' for standard input.")]
Label = Annotated[str | None, typer.Option("--label", metavar="LABEL", help="Environment, such as ci-linux-x64.")]
Buffer = Annotated[
    str | None,
    typer.Option("--buffer", metavar="SHARE", help="Add this to every threshold when judging, such as 10%."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Say why, for those who find it later.")]
Force = Annotated[
    bool, typer.Option("--force", help="Take it though the tree was dirty or the run inconclusive; this is recorded.")
]


@command.command("save")
def save(
    name: Name = "main",
    report: Report = "latest",
    buffer: Buffer = None,
    reason: Reason = "",
    force: Force = False,
    label: Label = None,
    quiet: options.Quiet = False,
) -> int:
    """Save a bench report as a new baseline.

    Examples:
      perftool baseline save
      perftool baseline save release-2 .perftool/reports/latest.json
      perftool baseline save main --buffer 10% --reason "shared runners scatter"
    """
    return _store(name, report, buffer=buffer, reason=reason, force=force, label=label, quiet=quiet, replace=False)


@command.command("update")
def update(
    name: Name = "main",
    report: Report = "latest",
    buffer: Buffer = None,
    reason: Reason = "",
    force: Force = False,
    label: Label = None,
    quiet: options.Quiet = False,
) -> int:
    """Replace a baseline by a newer report.

    Examples:
      perftool baseline update
      perftool baseline update main --reason "parser rewritten, 12 % slower is accepted"
      perftool baseline update main latest --buffer 10%
    """
    return _store(name, report, buffer=buffer, reason=reason, force=force, label=label, quiet=quiet, replace=True)


@command.command("list")
def list_all(
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    ascii_only: options.Ascii = False,
) -> int:
    """List all baselines, newest first.

    Examples:
      perftool baseline list
      perftool baseline list --format json
      perftool baseline list -o baselines.md
    """
    settings = session.settings()
    entries, warnings = baselines.entries(settings.baseline_folder)
    headline = f"{len(entries)} baseline{'s' * (len(entries) != 1)} in {settings.baseline.folder}"
    report = session.plain_report(BaselinesPayload(entries=entries), headline, settings, warnings=warnings)
    return emit(report, OutputOptions(formats=formats, outputs=outputs, ascii_only=ascii_only, judge=False))


@command.command("show")
def show(
    name: Name = "main",
    label: Label = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """Show what a baseline measured.

    Examples:
      perftool baseline show
      perftool baseline show main --format gobench
      perftool baseline show main --label ci-linux-x64
    """
    settings = session.settings({"label": label})
    stored = baselines.load(settings.baseline_folder, name, session.environment(settings).label)
    return emit(
        stored,
        OutputOptions(
            formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only, judge=False
        ),
    )


@command.command("remove")
def remove(name: Annotated[str, typer.Argument(metavar="NAME")], label: Label = None) -> int:
    """Remove a baseline.

    Examples:
      perftool baseline remove release-1
      perftool baseline remove main --label local-linux-x64
      perftool baseline remove old && perftool baseline list
    """
    settings = session.settings()
    named = baseline_captures.named(settings, name, label)
    path = baselines.remove(settings.baseline_folder, name, label)
    doubts = baseline_captures.drop(named, settings)
    left, _ = baselines.entries(settings.baseline_folder)
    action = f"removed baseline {name} of {path.parent.name}"
    payload = BaselinesPayload(entries=left, action=action)
    return emit(session.plain_report(payload, action, settings, warnings=doubts), OutputOptions())


def _store(
    name: str, report: str, *, buffer: str | None, label: str | None, replace: bool, quiet: bool, **told: Any
) -> int:
    settings = session.settings({"baseline.buffer": buffer, "label": label})
    stored = session.open_report(report, settings)
    if label:
        from msgspec.structs import replace as with_changes

        stored = with_changes(stored, environment=with_changes(stored.environment, label=label))
    folder = settings.baseline_folder
    kept = settings.baseline.buffer
    before = baseline_captures.named(settings, name, stored.environment.label) if replace else ()
    with baseline_captures.Keeping(settings) as captures:
        path = baselines.save(
            folder,
            name,
            stored,
            saved=SystemClock().now(),
            reason=told["reason"],
            force=told["force"],
            buffer=_buffer(folder, name, stored.environment.label) if replace and buffer is None and not kept else kept,
            replace=replace,
            prepare=captures.keep,
        )
    doubts = [*captures.doubts, *baseline_captures.drop(before, settings)]
    action = "updated" if replace else "saved"
    entry = baselines.entry(baselines.load(folder, name, path.parent.name), path, folder)
    told_all = f"{action} baseline {name} of {path.parent.name}{captures.told}"
    return _tell(settings, (entry,), told_all, doubts, quiet=quiet)


def _buffer(folder: Path, name: str, label: str) -> float:
    """Return the buffer of the baseline that an update replaces: it stays unless a new one is said."""
    info = baselines.load(folder, name, label).baseline
    return info.buffer if info else 0.0


def _tell(
    settings: Settings,
    entries: tuple[BaselineEntry, ...],
    action: str,
    doubts: Iterable[ReportWarning],
    *,
    quiet: bool = False,
) -> int:
    payload = BaselinesPayload(entries=entries, action=action)
    report = session.plain_report(payload, action, settings, warnings=doubts)
    steps = (f"next    perftool compare --baseline {entries[0].name} latest",)
    return emit(report, OutputOptions(quiet=quiet, next_steps=steps))
