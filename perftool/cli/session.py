"""What the options before the subcommand said, for the command that runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from perftool.config.schema import Settings
    from perftool.model.environment import Activity, Environment
    from perftool.model.report import Payload, Report
    from perftool.model.verdict import ReportWarning


class Session:
    """Global options: ``config`` names a configuration file, ``debug`` asks for tracebacks.

    ``status`` is how a program ended that stands for this command, its exit code or -n for signal n: from then on it
    decides how perftool ends, whatever else goes wrong.
    """

    def __init__(self, config: Path | None = None, *, debug: bool = False) -> None:
        self.config = config
        self.debug = debug
        self.status: int | None = None


def current() -> Session:
    """Return the session of the running command; a fresh one outside of any."""
    from typer._click.globals import get_current_context

    context = get_current_context(silent=True)
    found = context.find_root().obj if context is not None else None
    return found if isinstance(found, Session) else Session()


def settings(flags: Mapping[str, Any] | None = None, *, profile: str | None = None) -> Settings:
    """Load the configuration for the running command: its ``flags`` win over environment, files, profile, defaults.

    ``flags`` maps dotted names ("bench.blocks") to values as the command line gave them; None means not given.
    """
    import os

    from perftool.config.sources import load

    return load(Path.cwd(), environment=os.environ, flags=flags or {}, file=current().config, profile=profile)


def environment(settings: Settings) -> Environment:
    """Describe this machine cheaply, for a command that measures nothing."""
    from perftool.machine.environment import capture

    return capture(label=settings.label or None, project=settings.root, light=True)


def target_environment(settings: Settings, python: str | None = None, activity: Activity | None = None) -> Environment:
    """Describe this machine and the interpreter that ran a target: ``python`` where that is another than perftool's."""
    import contextlib
    import os
    import sys

    from msgspec.structs import replace

    from perftool.errors import PerftoolError
    from perftool.machine.environment import DEFAULT_PACKAGES, capture
    from perftool.machine.interpreter import describe_python

    def place(path: str) -> str:
        # Links stay: the interpreter of an environment is often one to that which the environment was made with.
        return os.path.normpath(os.path.abspath(path))

    described = None
    if python is not None and place(python) != place(sys.executable):
        # An interpreter that cannot be asked any more has run the target all the same.
        with contextlib.suppress(PerftoolError):
            described = describe_python(python, DEFAULT_PACKAGES)
    found = capture(label=settings.label or None, project=settings.root, python=described)
    return replace(found, activity=activity) if activity is not None else found


def plain_report(
    payload: Payload, headline: str, settings: Settings, *, warnings: Iterable[ReportWarning] = ()
) -> Report:
    """Build the report of a command that measures and judges nothing: its verdict is a pass that says ``headline``."""
    from perftool.clock import SystemClock
    from perftool.model.verdict import Verdict
    from perftool.store import reports

    doubts = tuple(warnings)
    verdict = Verdict(outcome="warn" if doubts else "pass", headline=headline)
    return reports.build(payload, verdict, environment(settings), created=SystemClock().now(), warnings=doubts)


def open_report(name: str, settings: Settings) -> Report:
    """Read the report that the user named: a path, ``latest``, or ``-`` for standard input.

    raises: UsageError when it cannot be opened, InputError when it is no valid report.
    """
    from perftool.errors import UsageError
    from perftool.store import reports

    if name == "-":
        import sys

        return reports.decode(sys.stdin.buffer.read(), name="standard input")
    if name == "latest" and not Path(name).exists():
        path = settings.report_folder / "latest.json"
        if not path.exists():
            raise UsageError(f"no report yet in {settings.report.folder}", hint="perftool bench")
        return reports.read(path)
    return reports.read(Path(name))


def run_command(arguments: list[str]) -> int:
    """Run another subcommand inside the running one, as if it had been typed, and return its exit code."""
    from typer._click.globals import get_current_context

    from perftool.cli.group import RootGroup

    root = get_current_context().find_root()
    if not isinstance(root.command, RootGroup):
        raise TypeError("a subcommand can only be run below the root command")
    options = ["--config", str(current().config)] if current().config else []
    result = root.command.run([*options, *arguments], Session())
    return result if isinstance(result, int) else 0
