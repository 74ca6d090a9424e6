"""``perftool compare --history``: read a folder of results, find changes of level, judge the last of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from perftool.compare import inputs as reading
from perftool.compare.history import history, in_order
from perftool.compare.history_runs import run as taken
from perftool.compare.matcher import CompareQuery, compile_query
from perftool.errors import InputError, UsageError
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from perftool.compare.api import Imported
    from perftool.compare.history_runs import Run
    from perftool.config.schema import Settings
    from perftool.model.report import Report


def run(folder: str, expression: str, settings: Settings, *, judged: bool) -> Report:
    """Return the report of the results in ``folder`` that the filter ``expression`` lets through.

    A file that cannot be read is a warning: one damaged report must not hide the others.
    raises: UsageError when the folder cannot be opened, InputError when nothing usable is in it.
    """
    from perftool.cli.judging import gate_rules, waivers
    from perftool.cli.session import environment
    from perftool.clock import SystemClock
    from perftool.store import reports

    admits, _ = compile_query(CompareQuery(filter=expression))
    runs: list[Run] = []
    warnings: list[ReportWarning] = []
    for path in _files(folder):
        try:
            runs.append(taken(_read(path), admits, settings.compare.confidence))
        except (InputError, OSError) as error:
            message = error.message if isinstance(error, InputError) else (error.strerror or str(error)).lower()
            text = message.removeprefix(f"{path.name}: ")
            warnings.append(ReportWarning(code="run-unreadable", message=f"left out: {text}", subject=path.name))
    if not runs:
        why = f": {warnings[0].subject} {warnings[0].message}" if warnings else ", the folder holds no files"
        raise InputError(f"{folder}: no run could be read{why}", hint="perftool bench writes .perftool/reports/")
    now = SystemClock().now()
    payload, verdict, doubts = history(
        in_order(runs),
        alpha=settings.compare.alpha,
        confidence=settings.compare.confidence,
        gate=gate_rules(settings) if judged else None,
        waivers=waivers(settings),
        today=now.date().isoformat(),
    )
    return reports.build(payload, verdict, environment(settings), created=now, warnings=(*doubts, *warnings))


def alone(others: Mapping[str, object], query: CompareQuery) -> None:
    """Make sure that nothing was asked for beside a history that it would not do.

    ``others`` are the values of options that do not go with ``--history``; of ``query`` only the filter does.
    raises: UsageError naming what was given.
    """
    wrong = [name for name, value in others.items() if value]
    plain = CompareQuery()
    given = {"--row": query.row, "--col": query.column, "--table": query.table, "--ignore": query.ignore}
    usual = (plain.row, plain.column, plain.table, plain.ignore)
    wrong += [name for (name, value), default in zip(given.items(), usual, strict=True) if value != default]
    if wrong:
        raise UsageError(
            f"--history compares the runs of a folder with each other: {', '.join(wrong)} cannot be used with it",
            hint="perftool compare --history FOLDER",
        )


def _files(folder: str) -> Iterator[Path]:
    """Yield the files of ``folder`` by name, each content once: ``latest.json`` is a copy of the newest report."""
    from hashlib import sha256

    try:
        found = sorted(path for path in Path(folder).iterdir() if path.is_file() and not path.name.startswith("."))
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(
            f"cannot open the folder {folder}: {reason}", hint="--history takes a folder of results"
        ) from error
    seen: set[bytes] = set()
    for path in found:
        try:
            digest = sha256(path.read_bytes()).digest()
        except OSError:
            digest = b""  # reading it again will tell why
        if digest not in seen or not digest:
            seen.add(digest)
            yield path


def _read(path: Path) -> Imported:
    with path.open("rb") as stream:
        imported = reading.read(stream, path.name)
    if not imported.series:
        raise InputError(f"{path.name}: no benchmark results in it")
    return imported
