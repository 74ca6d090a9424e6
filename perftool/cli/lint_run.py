"""Carry out ``perftool lint``: settings made definite, files found, the run, its report."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from perftool.cli import session
from perftool.cli.crew import crew
from perftool.cli.lint_recall import Recall
from perftool.cli.lint_refusals import refuse
from perftool.cli.lint_scope import Texts, on_changed_lines
from perftool.cli.output import OutputOptions, check, emit, write_stdout
from perftool.cli.progress import ProgressLine
from perftool.clock import SystemClock
from perftool.errors import EXIT_FAIL, EXIT_OK, EXIT_OUTPUT, UsageError
from perftool.lint.known import Comparison, Known

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from perftool.cli.lint_request import Request
    from perftool.config.schema import Settings
    from perftool.events import Listener
    from perftool.lint.engine import Run
    from perftool.lint.found import Found
    from perftool.lint.limits import Schema
    from perftool.lint.reading.neighbours import Neighbours
    from perftool.lint.replaying import Replay
    from perftool.lint.rulebook import Rulebook
    from perftool.lint.selection import Selection
    from perftool.lint.stopwatch import Stopwatch, Taken
    from perftool.lint.whole_run import Notes
    from perftool.model.diagnostic import Diagnostic
    from perftool.model.report import Report
    from perftool.workers.api import Executor, Job

SMALL: Final = 256 << 10
"""Bytes of files to be analysed below which starting processes costs more than they save."""

_CACHE: Final = ".perftool/lint.sqlite"
_LARGEST_STREAM: Final = 256 << 20


def run(request: Request, flags: Mapping[str, Any], output: OutputOptions) -> int:
    """Lint and show what was found; return the exit code."""
    check(output, "lint")
    refuse(request)
    settings = session.settings(flags)
    started = SystemClock().monotonic()
    recall = Recall(request, settings)
    selection = selected(settings) if recall.kept is None else None
    watch = selection.time() if selection is not None and request.timing else None
    scope = on_changed_lines(settings.root, request.changed) if request.changed is not None else None
    known = _known(request, settings)
    kept = recall.files()
    files = kept if kept is not None else found_files(request, settings, recall.notes)
    with ProgressLine(quiet=output.quiet) as line:
        fixed = None
        if selection is not None and (request.fix or request.diff):
            from perftool.cli.lint_fix import fix
            from perftool.lint.worker import Worker

            with engine(selection, settings, line, request) as first:
                first.scope, first.known = scope, _is_known(known, request)
                first.lint(files)
                fixed = fix(
                    first,
                    files,
                    Worker(_job(selection, request).settings),
                    root=settings.root,
                    unsafe=request.unsafe,
                    only_show=request.diff,
                )
            for told in fixed.refused:
                line.note(told)
            if request.diff:
                write_stdout("".join(fixed.differences).encode("utf-8", "surrogateescape"))
                return EXIT_FAIL if fixed.differences else EXIT_OK
        with _again(recall) if selection is None else engine(selection, settings, line, request, recall) as done:
            comparison = Comparison(known) if known is not None and not request.save_baseline else None
            done.scope, done.known = scope, comparison.is_known if comparison is not None else None
            done.totals.detailed = output.verbose
            done.totals.all_excluded = request.force_exclude and not files
            done.totals.named = bool(request.paths) and all(Path(path).is_file() for path in request.paths)
            done.lint(files)
            recall.keep(done, files)
            if comparison is not None and request.changed is None:
                done.totals.gone = _gone(comparison, files, done, settings.root)
            if fixed is not None:
                done.totals.fixed, done.totals.fixed_files = fixed.findings, fixed.files
            if request.save_baseline and known is not None:
                gone = {name for name in known.paths() if not (settings.root / name).exists()}
                renewed = known.renewed(done.diagnostics, gone | {found.name for found in files})
                renewed.save(settings.root / settings.lint.baseline)
                number = len(renewed)
                told = "1 finding is" if number == 1 else f"{number:,} findings are"
                line.note(f"{told} known from now on: {settings.lint.baseline}")
            seconds = SystemClock().monotonic() - started
            taken = _taken(selection, done, watch)
            report = _report(done, settings, seconds, taken)
            code = emit(report, _shown(output, request, files, done))
    if fixed is not None and fixed.unwritten:
        return EXIT_OUTPUT
    return EXIT_OK if request.save_baseline and code == EXIT_FAIL else code


@contextmanager
def _again(recall: Recall) -> Iterator[Replay]:
    """Give the run that does as the one that was kept."""
    from perftool.lint.replaying import Replay

    assert recall.kept is not None
    with closing(Replay(recall.kept)) as replay:
        yield replay


def _taken(selection: Selection | None, done: Run | Replay, watch: Stopwatch | None) -> dict[str, Taken]:
    """Return what rules took, here and in workers, if that was measured."""
    if selection is None or watch is None:
        return {}
    from perftool.lint.stopwatch import times

    return times(selection.rules, done.metrics().counters, watch.counters())


def _is_known(known: Known | None, request: Request) -> Callable[[Diagnostic], bool] | None:
    return Comparison(known).is_known if known is not None and not request.save_baseline else None


def _gone(comparison: Comparison, files: Collection[Found], done: Run | Replay, root: Path) -> int:
    """Return how many findings of the baseline are no longer found; only what this run looked for can be gone."""
    skipped = {one.path for one in done.totals.skipped}
    looked_at = {found.name for found in files} - skipped | {
        name for name in comparison.paths() if not (root / name).exists()
    }
    return sum(one.times for one in comparison.gone(looked_at) if done.looks_for(one.code))


def _known(request: Request, settings: Settings) -> Known | None:
    """Return the baseline of findings; None where none is used.

    raises: UsageError when it is to be written and no file is named.
    """
    name = settings.lint.baseline
    if not name:
        if request.save_baseline:
            raise UsageError("--save-baseline needs a file to write", hint="--baseline lint-baseline.json")
        return None
    path = settings.root / name
    if request.save_baseline and not path.exists():
        return Known()
    return Known.load(path)


def _shown(output: OutputOptions, request: Request, files: Collection[Found], done: Run | Replay) -> OutputOptions:
    """Return how the report is shown: with the text that findings stand in, read when it is needed."""
    return replace(
        output,
        source=Texts(done.reader(files)).quote,
        statistics=request.statistics or request.timing,
        show_skipped=request.show_skipped,
    )


def selected(settings: Settings) -> Selection:
    """Return the rules that the settings choose; raises: UsageError for what does not exist."""
    from perftool.lint.selection import Choices, PathRule, Selection

    lint = settings.lint
    return Selection(
        Choices(
            dialect=lint.dialect,
            rules_for=lint.rules_for,
            select=lint.select,
            extend_select=lint.extend_select,
            ignore=lint.ignore,
            severity=lint.severity,
            # With the tables known, a column that none of them has is one that does not exist.
            options=(*(("check-columns-of-tables=1",) if lint.schema else ()), *lint.options),
            plugins=tuple(_plugin(name, settings.root) for name in lint.plugins),
            paths=tuple(
                PathRule(
                    match=one.match,
                    dialect=one.dialect,
                    rules_for=one.rules_for,
                    ignore=one.ignore,
                    extend_select=one.extend_select,
                )
                for one in settings.lint_paths
            ),
        )
    )


def _plugin(name: str, root: Path) -> str:
    return str(root / name) if name.endswith(".py") else name


def found_files(request: Request, settings: Settings, notes: Notes | None = None) -> list[Found]:
    """Return what is to be looked at; standard input first. ``notes`` take which folders were searched.

    raises: UsageError for a path that does not exist.
    """
    from perftool.lint.found import Found
    from perftool.lint.reading.files import find, left_out

    exclude = settings.lint.exclude
    paths = [path for path in request.paths if path != "-"]
    found: list[Found] = []
    if "-" in request.paths:
        data = sys.stdin.buffer.read(_LARGEST_STREAM + 1)
        if len(data) > _LARGEST_STREAM:
            raise UsageError(f"standard input gives more than {_LARGEST_STREAM >> 20} MiB", hint="write it to a file")
        name = request.stdin_name or "stdin.sql"
        if not (request.force_exclude and left_out(Path(name), base=settings.root, exclude=exclude)):
            found.append(Found(path=Path(name), name=name, data=data))
    if paths or not request.paths:
        places = paths or [str(settings.root)]
        found += find(
            map(Path, places),
            base=settings.root,
            exclude=exclude,
            suffixes=_suffixes(settings),
            force_exclude=request.force_exclude,
            searched=notes.folders if notes is not None else None,
        )
    return found


def _neighbours(request: Request, settings: Settings) -> Neighbours:
    """Return how to look around files that are named alone, standard input among them."""
    from perftool.lint.reading.files import find
    from perftool.lint.reading.neighbours import Neighbours

    named = [path if path != "-" else request.stdin_name or "stdin.sql" for path in request.paths]

    def below(folder: Path) -> Iterator[Found]:
        return find([folder], base=settings.root, exclude=settings.lint.exclude, suffixes=_suffixes(settings))

    return Neighbours([Path(path) for path in named], below)


def _suffixes(settings: Settings) -> tuple[str, ...]:
    return (".sql", ".py") if settings.lint.python else (".sql",)


@contextmanager
def engine(
    selection: Selection, settings: Settings, listener: Listener, request: Request, recall: Recall | None = None
) -> Iterator[Run]:
    """Give a run with its cache and its workers for the time of a ``with`` block; ``recall`` is told what it finds."""
    from perftool.lint.cache import Cache
    from perftool.lint.engine import Run
    from perftool.lint.limits import Limits
    from perftool.lint.reading.surroundings import Surroundings
    from perftool.lint.versions import salt
    from perftool.sql.warm import settled_gc

    lint = settings.lint
    limits = Limits(
        max_statement=lint.max_statement,
        runner={"transaction": lint.transaction, "lock_timeout": lint.lock_timeout},
        partitions=_partitions(lint.partitions),
    )
    # What comes from the cache takes no rule any time: nothing to be seen of it when that is what is asked for.
    cache = Cache(settings.root / _CACHE if lint.cache and not request.timing else None)
    told = cache.note
    try:
        if told:
            listener.note(told)
        book = selection.book(limits.runner)
        with settled_gc(), _executor(selection, settings, request, book) as executor:
            schema = _schema(settings)
            given = salt(selection, limits, schema[1])
            around = Surroundings(settings.root, _neighbours(request, settings))
            run = Run(selection, cache, executor, listener, limits, given, schema[0], around)
            run.notes = recall.notes if recall is not None else None
            try:
                yield run
            finally:
                run.close()
    finally:
        cache.close()
        if cache.note != told:
            listener.note(cache.note)


def _executor(selection: Selection, settings: Settings, request: Request, book: Rulebook) -> Executor:
    """Return workers in processes of their own, or this process where there is little to do."""
    from perftool.workers.deferred import DeferredExecutor
    from perftool.workers.inline import InlineExecutor
    from perftool.workers.local import available

    return DeferredExecutor(
        lambda: InlineExecutor(_job(selection, request, book)),
        lambda: crew(_job(selection, request, book, isolated=available()), settings, timeout_s=settings.lint.timeout),
        small=SMALL,
    )


def _job(selection: Selection, request: Request, book: Rulebook | None = None, *, isolated: bool = False) -> Job:
    from perftool.lint import worker
    from perftool.workers.api import Job

    dialect = selection.choices.dialect
    given = worker.settings(
        list(selection.rules),
        selection.options,
        selection.choices.plugins,
        [dialect] if dialect else ["postgres"],
        timing=request.timing,
        isolated=isolated,
        book=book,
    )
    return Job(make="perftool.lint.worker:make", settings=given)


def _schema(settings: Settings) -> tuple[Schema | None, bytes]:
    """Return how to read the schema file, and its bytes; nothing where none is named.

    raises: UsageError when it cannot be opened.
    """
    from perftool.lint.schema import read

    name = settings.lint.schema
    if not name:
        return None, b""
    path = settings.root / name
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot read the schema {name}: {reason}", hint="--schema schema.sql") from error
    return (lambda dialect: read(data, name, dialect)), data


def _partitions(words: tuple[str, ...]) -> dict[str, str]:
    """Return partition columns by table from words like "shop.events=day"."""
    found = {}
    for word in words:
        table, equals, column = word.partition("=")
        if not (table.strip() and equals and column.strip()):
            raise UsageError(f"lint.partitions: {word!r} is not TABLE=COLUMN", hint='"shop.events=day"')
        found[table.strip().lower()] = column.strip().lower()
    return found


def _report(done: Run | Replay, settings: Settings, seconds: float, taken: Mapping[str, Taken]) -> Report:
    from perftool.lint.measuring import measurements
    from perftool.store import reports

    payload = done.totals.payload(taken)
    report = reports.build(
        payload,
        done.totals.verdict(settings.lint.fail_on),
        session.environment(settings),
        created=SystemClock().now(),
        measurements=measurements(done.totals, seconds, done.metrics(), taken),
    )
    return msgspec.structs.replace(report, diagnostics=done.diagnostics)


def describe(code: str | None, output: OutputOptions) -> int:
    """Show one rule, or a table of all of them."""
    from perftool.lint import catalog, explaining

    known = catalog.known()
    if code is None:
        write_stdout(explaining.table(known.values(), ascii_only=output.ascii_only))
        return 0
    chosen = sorted(catalog.matching([code], known))
    write_stdout("\n".join(explaining.explain(known[one], ascii_only=output.ascii_only) for one in chosen))
    return 0
