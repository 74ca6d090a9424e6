"""Show a report where the user wants it and turn its verdict into the exit code."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perftool.cli.streams import silence
from perftool.errors import EXIT_FAIL, EXIT_NOTHING_USABLE, EXIT_OK, OutputError, UsageError
from perftool.render import dispatch
from perftool.render.api import RenderOptions
from perftool.store import atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.model.report import Report
    from perftool.model.verdict import Verdict
    from perftool.render.api import Quote

_WIDTH = 100
_PIECE = 1 << 16


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """Where and how to show a report.

    ``formats`` go to standard output one after the other; none means a table for the terminal or plain text.
    ``outputs`` are files, ``FORMAT=FILE`` or a FILE whose suffix tells the format. ``next_steps`` are lines for
    standard error at the end ("report  PATH", "next    COMMAND"), not shown when quiet. With ``judge`` False the
    verdict does not decide the exit code. ``statistics``, ``show_skipped`` and ``source`` are for lint reports, see
    ``RenderOptions``.
    """

    formats: Sequence[str] | None = None
    outputs: Sequence[str] | None = None
    quiet: bool = False
    verbose: bool = False
    ascii_only: bool = False
    strict: bool = False
    next_steps: Sequence[str] = ()
    judge: bool = True
    statistics: bool = False
    show_skipped: bool = False
    source: Quote | None = None


def check(options: OutputOptions, kind: str) -> None:
    """Make sure, before long work, that ``emit`` will be able to show a report of ``kind``.

    raises: UsageError as ``emit`` would.
    """
    formats, targets = _plan(options)
    for name in [*formats, *(name for name, _ in targets)]:
        dispatch.check(kind, name)


def emit(report: Report, options: OutputOptions) -> int:
    """Write ``report`` to files and standard output and return the exit code.

    Everything that can be refused is refused before anything is written, so that a wrong format leaves nothing half
    done. What may be long is drawn while it is written.
    raises: UsageError for an unknown format or one that cannot show this kind, OutputError when writing fails.
    """
    formats, targets = _plan(options)
    shown = [dispatch.pieces(report, name, _render_options(options, name)) for name in formats]
    # --quiet is about the screen: a file is asked for because someone wants to read it.
    plain = RenderOptions(
        width=_WIDTH,
        ascii_only=options.ascii_only,
        verbose=options.verbose,
        statistics=options.statistics,
        show_skipped=options.show_skipped,
        source=options.source,
    )
    files = [(path, dispatch.pieces(report, name, plain)) for name, path in targets]
    for path, pieces in files:
        atomic.write_pieces(path, (_encoded(piece, "utf-8") for piece in pieces))
    for pieces in shown:
        write_pieces(pieces)
    for name in dict.fromkeys([*formats, *(name for name, _ in targets)]):
        _tell(dispatch.messages(report, name, plain))
    if not options.quiet:
        _tell("\n".join(options.next_steps))
    return exit_code(report.verdict, strict=options.strict) if options.judge else EXIT_OK


def exit_code(verdict: Verdict, *, strict: bool) -> int:
    """Return what a verdict means for the caller: a failure is never readable as a pass."""
    if verdict.undecidable:
        return EXIT_NOTHING_USABLE
    if verdict.outcome == "fail" or (strict and verdict.outcome == "inconclusive"):
        return EXIT_FAIL
    return EXIT_OK


def colour_wanted() -> bool:
    """Say whether standard output takes colours: a terminal, NO_COLOR unset, not dumb."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write_stdout(content: str | bytes) -> None:
    """Write to standard output now.

    A closed pipe is a quiet end: what remains is dropped, the exit code still tells the verdict.
    raises: OutputError when the disk is full.
    """
    write_pieces((content,))


def write_pieces(pieces: Iterable[str | bytes]) -> None:
    """Write to standard output what comes, as ``write_stdout`` does; after a closed pipe nothing more is asked for."""
    encoder = codecs.getincrementalencoder(sys.stdout.encoding or "utf-8")("backslashreplace")
    try:
        sys.stdout.flush()
        for piece in pieces:
            # Cut: the encoded copy of a long table would be what takes most memory in the end.
            for start in range(0, len(piece), _PIECE):
                part = piece[start : start + _PIECE]
                sys.stdout.buffer.write(part if isinstance(part, bytes) else encoder.encode(part))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        if error.errno == errno.EINVAL and os.name == "nt":
            return  # Windows' way to say that the reader of a pipe has gone
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot write to standard output: {reason}") from error


def _encoded(content: str | bytes, encoding: str) -> bytes:
    return content if isinstance(content, bytes) else content.encode(encoding, "backslashreplace")


def _default_format() -> str:
    return "terminal" if sys.stdout.isatty() else "text"


def _render_options(options: OutputOptions, name: str) -> RenderOptions:
    width = _WIDTH
    if sys.stdout.isatty() and name in {"terminal", "text"}:
        import shutil

        width = shutil.get_terminal_size((_WIDTH, 24)).columns
    return RenderOptions(
        width=width,
        colour=colour_wanted(),
        ascii_only=options.ascii_only or not _speaks_unicode(),
        quiet=options.quiet,
        verbose=options.verbose,
        statistics=options.statistics,
        show_skipped=options.show_skipped,
        source=options.source,
    )


def _speaks_unicode() -> bool:
    try:
        "✓±µ…".encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _plan(options: OutputOptions) -> tuple[list[str], list[tuple[str, Path]]]:
    """Return the formats for standard output, and format and path of each file."""
    formats = list(options.formats or [_default_format()])
    targets = list(dict.fromkeys(_target(output, options.formats) for output in options.outputs or ()))
    seen: dict[Path, str] = {}
    for name, path in targets:
        if path in seen:
            raise UsageError(f"--output {path} is given as {seen[path]} and as {name}", hint="name two files")
        seen[path] = name
        if path.is_dir():
            raise OutputError(f"cannot write {path}: is a directory")
    return formats, targets


def _target(output: str, formats: Sequence[str] | None) -> tuple[str, Path]:
    """Return format and path of one ``--output`` value."""
    if not output:
        raise UsageError("--output needs a file name", hint="for example --output report.md")
    prefix, equals, rest = output.partition("=")
    if equals and rest and prefix in dispatch.names():
        return prefix, Path(rest)
    try:
        return dispatch.format_for_path(output), Path(output)
    except UsageError:
        if formats and len(formats) == 1:
            return formats[0], Path(output)
        raise


def _tell(text: str) -> None:
    if text:
        sys.stderr.write(text if text.endswith("\n") else text + "\n")
        sys.stderr.flush()
