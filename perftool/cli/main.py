"""The entry point: the only place that catches errors and the only one that exits."""

from __future__ import annotations

import errno
import gc
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations of _options at run time
from typing import TYPE_CHECKING, Annotated

import typer
from typer._click.exceptions import ClickException
from typer._click.exceptions import UsageError as TyperUsageError

import perftool
from perftool.cli.group import RootGroup
from perftool.cli.session import Session
from perftool.cli.streams import open_missing, silence
from perftool.errors import EXIT_BUG, EXIT_INTERRUPTED, EXIT_OK, EXIT_OUTPUT, PerftoolError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run perftool on ``arguments`` (default: the process's own) and return the exit code."""
    # Starting makes no garbage worth looking for: without the collector it takes a tenth less. The command itself
    # runs with it, as the user has it: see RootGroup.resolve_command.
    gc.disable()
    session = Session()
    try:
        code = _run(arguments, session)
    finally:
        gc.enable()
    if session.status is None:
        return code
    if session.status < 0 and arguments is None:
        from perftool.cli.endings import die

        die(-session.status)
    return session.status if session.status >= 0 else 128 - session.status


def _run(arguments: Sequence[str] | None, session: Session) -> int:
    open_missing()
    try:
        result = _root().run(list(sys.argv[1:] if arguments is None else arguments), session)
        sys.stdout.flush()
    except typer.Exit as stop:
        return _finished(stop.exit_code)
    except SystemExit as stop:
        return _finished(stop.code if isinstance(stop.code, int) else EXIT_OK)
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted", None, EXIT_INTERRUPTED)
    except BrokenPipeError:
        silence(sys.stdout)
        return EXIT_OK
    except Exception as error:  # noqa: BLE001 - the border: whatever happens is told in one line
        return _failed(error, session)
    return result if isinstance(result, int) else EXIT_OK


def _root() -> RootGroup:
    app = typer.Typer(
        cls=RootGroup,
        invoke_without_command=True,
        rich_markup_mode=None,
        options_metavar="",
        subcommand_metavar="COMMAND …",
        help="Measure, find, fix and guard the performance of SQL-heavy software.",
        epilog="perftool COMMAND --help shows examples. perftool bench runs with no option at all.",
    )
    app.callback()(_options)
    group = typer.main.get_command(app)
    if not isinstance(group, RootGroup):
        raise TypeError("typer built another class of group than it was told")
    return group


def _options(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Read this configuration instead of perftool.toml."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Keep the options before the subcommand for it; without one, show the help."""
    session = context.ensure_object(Session)
    session.config, session.debug = config, debug
    if version:
        sys.stdout.write(f"perftool {perftool.__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


def _failed(error: Exception, session: Session) -> int:
    if session.debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, PerftoolError):
        # A configuration error carries every other problem in ``more``.
        for message in (error.message, *getattr(error, "more", ())):
            _say(f"error: {message}", None, error.exit_code)
        return _say(None, error.hint, error.exit_code)
    if isinstance(error, ClickException):
        path = error.ctx.command_path if isinstance(error, TyperUsageError) and error.ctx else "perftool"
        message = error.format_message().rstrip(".")
        return _say(f"error: {message[:1].lower()}{message[1:]}", f"{path} --help", error.exit_code)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        silence(sys.stdout)
        where = error.filename or "to standard output"
        return _say(f"error: cannot write {where}: no space left on device", None, EXIT_OUTPUT)
    if isinstance(error, MemoryError):
        return _say("error: out of memory", "give it less input at a time", EXIT_BUG)
    hint = None if session.debug else "run it again as: perftool --debug COMMAND … and report what it prints"
    return _say(f"error: {type(error).__name__}: {error} - this is a bug in perftool", hint, EXIT_BUG)


def _finished(code: int) -> int:
    """Flush what --help and the like have printed, and return ``code`` unless the output is full."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        return _say(f"error: cannot write to standard output: {error.strerror}", None, EXIT_OUTPUT)
    return code


def _say(message: str | None, hint: str | None, code: int) -> int:
    text = (f"perftool: {_one_line(message)}\n" if message else "") + (f"  {_one_line(hint)}\n" if hint else "")
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)
    return code


def _one_line(text: str) -> str:
    """Escape what would break the line or drive the terminal: names come from files and may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)
