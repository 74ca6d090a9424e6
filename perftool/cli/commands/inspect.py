"""List the statements of SQL files: where they are, what they are, what they use."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from perftool.cli import options, session
from perftool.cli.output import OutputOptions, check, emit
from perftool.cli.progress import ProgressLine
from perftool.config.schema import Settings
from perftool.errors import InputError, UsageError
from perftool.events import Listener, Progress
from perftool.model.listing import InspectedStatement, InspectPayload
from perftool.model.verdict import ReportWarning, Verdict
from perftool.sql import files, opening
from perftool.sql.dialects import canonical, label
from perftool.sql.pool import ParserPool
from perftool.sql.source import Source
from perftool.sql.statements import analyse_statement
from perftool.sql.stretches import Stretched
from perftool.sql.warm import settled_gc

PANEL = "Find"
STDIN = Path("-")


def command(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER...", help="SQL files, folders of them, - for standard input.")
    ],
    dialect: Annotated[
        str | None, typer.Option("--dialect", "-d", metavar="NAME", help="postgres, mysql, tsql, bigquery, …")
    ] = None,
    max_statement: Annotated[
        str | None,
        typer.Option(
            "--max-statement", metavar="SIZE", help="Do not read statements above this size; 1MiB if not set."
        ),
    ] = None,
    fingerprint: Annotated[
        bool, typer.Option("--fingerprint", help="Give the literal-normalised text of each statement too.")
    ] = False,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    ascii_only: options.Ascii = False,
) -> int:
    """List the statements of SQL files: where they are, what they are, what they use.

    A statement that cannot be parsed is listed with the reason; one too long is listed and not read. When none can
    be analysed the exit code is 3.

    Examples:
      perftool inspect queries.sql
      perftool inspect migrations --dialect postgres
      perftool inspect queries.sql --fingerprint --format json
      git show HEAD~1:queries.sql | perftool inspect -
    """
    output = OutputOptions(formats=formats, outputs=outputs, quiet=quiet, verbose=verbose, ascii_only=ascii_only)
    check(output, "inspect")
    settings = session.settings({"bench.max_statement": max_statement, "bench.dialect": dialect})
    name = canonical(settings.bench.dialect)
    warnings: list[ReportWarning] = []
    read: set[str] = set()
    with settled_gc(), ProgressLine(quiet=quiet) as line:
        found = _inspect(paths, name, settings, fingerprint, read, warnings)
        statements = tuple(_told(found, line))
    if not statements:
        raise InputError(
            warnings[0].message if warnings else "there is no statement in " + ", ".join(map(str, paths)),
            hint="perftool inspect FILE.sql",
        )
    payload = InspectPayload(dialect=label(name), statements=statements, files=len(read))
    report = session.plain_report(payload, _headline(statements, len(read)), settings, warnings=warnings)
    if all(statement.error for statement in statements):
        verdict = Verdict(outcome="inconclusive", headline=report.verdict.headline, undecidable=True)
        report = msgspec.structs.replace(report, verdict=verdict)
    return emit(report, output)


def _told(found: Iterator[InspectedStatement], listener: Listener) -> Iterator[InspectedStatement]:
    """Pass statements on, and tell the listener of every five-hundredth."""
    for count, statement in enumerate(found, 1):
        if count % 500 == 0:
            listener.progress(Progress(done=count, total=None, activity=f"statements, in {statement.path}"))
        yield statement


def _inspect(
    paths: list[Path],
    dialect: str,
    settings: Settings,
    fingerprint: bool,
    read: set[str],
    warnings: list[ReportWarning],
) -> Iterator[InspectedStatement]:
    pool = ParserPool()
    limit = settings.bench.max_statement
    for file in _found(paths, settings.root):
        damaged, begun = 0, False
        try:
            if file.reason:
                raise InputError(f"cannot read {file.name}: {file.reason}")
            with _opened(file) as text:
                begun = True
                for statement in text.statements(dialect, max_statement=limit):
                    damaged += statement.damaged
                    known = analyse_statement(statement, dialect, pool, max_statement=limit)
                    yield InspectedStatement(
                        path=file.name,
                        start=statement.start,
                        end=statement.end,
                        line=statement.line,
                        kind=known.kind,
                        digest=known.digest,
                        fingerprint=_writable(known.normal) if fingerprint else None,
                        tables=tuple(filter(None, map(_writable, known.tables))),
                        columns=tuple(filter(None, map(_writable, known.columns))),
                        tokens=known.tokens,
                        error=_writable(known.error),
                    )
            read.add(file.name)
        except InputError as error:
            if file.path in paths and not begun:
                raise UsageError(error.message, hint=error.hint) from error
            # What was read before the file changed stands.
            code = "half-read-file" if begun else "unreadable-file"
            warnings.append(ReportWarning(code=code, message=error.message, subject=file.name))
        if damaged:
            message = f"{damaged:,} statement{'s hold' if damaged > 1 else ' holds'} bytes that are not UTF-8"
            warnings.append(ReportWarning(code="not-utf8", message=message, subject=file.name))


def _found(paths: list[Path], root: Path | None) -> Iterator[files.SqlFile]:
    """Yield what is to be read, standard input first and once."""
    if STDIN in paths:
        yield files.SqlFile(STDIN, "stdin")
    yield from files.find((path for path in paths if path != STDIN), base=root)


def _opened(file: files.SqlFile) -> AbstractContextManager[Source | Stretched]:
    if file.path == STDIN:
        return nullcontext(opening.streamed(sys.stdin.buffer, name=file.name))
    return opening.opened(file.path, name=file.name)


def _writable(text: str | None) -> str | None:
    """Make lone surrogates, which stand for bytes that are no UTF-8, fit for a report."""
    return text if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _headline(statements: tuple[InspectedStatement, ...], count: int) -> str:
    failed = sum(1 for statement in statements if statement.error)
    distinct = len({statement.digest for statement in statements if statement.digest})
    noun = "statement" if len(statements) == 1 else "statements"
    return f"{len(statements):,} {noun} in {count:,} file{'' if count == 1 else 's'}, {distinct:,} distinct" + (
        f", {failed:,} not analysed" if failed else ""
    )
