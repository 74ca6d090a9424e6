"""Set a project up: configuration, CI workflow, first baseline."""

import contextlib
import sys
from typing import Annotated, Literal

import typer

from perftool.cli import options, session
from perftool.cli.output import OutputOptions, emit
from perftool.clock import SystemClock
from perftool.config.schema import Settings
from perftool.config.setup import plan
from perftool.errors import EXIT_OK, PerftoolError
from perftool.model.listing import SetupPayload, WrittenFile
from perftool.store import atomic, baselines

PANEL = "Setup"
_NAME = "main"


def command(
    ci: Annotated[
        Literal["auto", "github", "gitlab", "both", "none"],
        typer.Option("--ci", help="Write the workflow of this CI system; auto looks which one the project has."),
    ] = "auto",
    baseline: Annotated[
        bool, typer.Option("--baseline/--no-baseline", help="Measure a first baseline (under a minute).")
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be written.")] = False,
    formats: options.Formats = None,
    ascii_only: options.Ascii = False,
) -> int:
    """Set a project up: configuration, CI workflow, first baseline.

    A file that exists is kept. Everything written can be deleted without regret.

    Examples:
      perftool init
      perftool init --dry-run
      perftool init --ci gitlab --no-baseline
    """
    settings = session.settings()
    files = plan(settings.root, ci=ci, force=force)
    written = [WrittenFile(path=file.path, state=file.state, description=file.description) for file in files]
    if baseline and not dry_run:
        # Before the files are written: they would make the working tree dirty, and a baseline wants a clean one.
        written.append(_first_baseline(settings))
    for file in files:
        if file.content is not None and not dry_run:
            atomic.write_bytes(settings.root / file.path, file.content)
    changed = sum(file.state != "kept" for file in written)
    would = "would be written" if dry_run else "written"
    headline = f"{changed} file{'s' * (changed != 1)} {would}, {len(written) - changed} kept"
    report = session.plain_report(SetupPayload(files=tuple(written)), headline, settings)
    steps = ("next    perftool bench · perftool compare --baseline main latest",)
    return emit(report, OutputOptions(formats=formats, ascii_only=ascii_only, next_steps=() if dry_run else steps))


def _first_baseline(settings: Settings) -> WrittenFile:
    """Measure with ``perftool bench`` and keep the report as baseline; what stands in the way is told, not raised."""
    environment = session.environment(settings)
    stem = f"{settings.baseline.folder}/{environment.label}/{_NAME}.json"
    if (settings.root / stem).exists():
        return WrittenFile(path=stem, state="kept", description="the first baseline")
    sys.stderr.write("measuring a first baseline; skip it with --no-baseline\n")
    try:
        # Standard output is for the report of this command.
        with contextlib.redirect_stdout(sys.stderr):
            code = session.run_command(["bench", "--quiet"])
        if code != EXIT_OK:
            return WrittenFile(path=stem, state="kept", description=f"no baseline: perftool bench ended with {code}")
        report = session.open_report("latest", settings)
        path = baselines.save(
            settings.baseline_folder, _NAME, report, saved=SystemClock().now(), reason="first baseline"
        )
    except PerftoolError as error:
        return WrittenFile(path=stem, state="kept", description=f"no baseline: {error.message}")
    return WrittenFile(
        path=path.relative_to(settings.root).as_posix(), state="created", description="the first baseline"
    )
