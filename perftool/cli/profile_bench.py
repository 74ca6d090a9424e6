"""Profile a benchmark, or the parsing of a folder of SQL, for ``perftool profile --bench`` and ``--sql``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.bench.api import Case, JsonValue
    from perftool.bench.captures import Measure
    from perftool.bench.targets import Selection
    from perftool.config.schema import Settings
    from perftool.events import Listener
    from perftool.model.verdict import ReportWarning
    from perftool.profiling.api import Options
    from perftool.profiling.capture import Capture

#: How long all cases together are profiled unless said otherwise, and the least that one of them gets, in CPU seconds.
DURATION_S: Final = 10.0
LEAST_S: Final = 0.2


@dataclass(slots=True)
class Profiled:
    """What was captured of benchmarks.

    ``target`` is what people call it, ``stem`` the beginning of file names. ``captures`` holds, by what they measure, a
    capture for each repeat, all cases in it, labelled ``case``; the fact ``operations.count`` is the number of
    operations. ``doubts`` are cases that could not be captured; ``interrupted`` says that the user ended it.
    """

    target: str
    stem: str
    captures: dict[Measure, list[Capture]] = field(default_factory=dict)
    doubts: list[ReportWarning] = field(default_factory=list)
    interrupted: bool = False


def profile(
    settings: Settings,
    *,
    bench: str | None = None,
    sql: str | None = None,
    measures: Sequence[Measure],
    options: Options,
    repeat: int = 1,
    listener: Listener,
) -> Profiled:
    """Loop over the operations of ``bench`` (suite, suite/case, file.py::bench_x, a folder) or of the folder ``sql``.

    ``options.duration_s`` is the CPU time of one repeat, all cases together; by the clock it takes twice that at most.
    raises: UsageError when nothing is called so, InputError when nothing could be captured.
    """
    from perftool.cli import bench_captures, bench_run, capture_files
    from perftool.profiling.benchmarked import all_cases

    start = bench_run.servers(settings)
    chosen = _folder(sql, settings) if sql is not None else _named(bench or "", settings)
    target = f"sql {sql}" if sql is not None else f"bench {bench}"
    done = Profiled(target, chosen.stem)
    measured = with_memray(measures, settings)
    how = bench_run.run_settings(settings)
    duration_s = options.duration_s or DURATION_S
    done.captures = {measure: [] for measure in measures}
    for number in range(repeat):
        added = bench_captures.of_cases(
            chosen.cases,
            [start],
            settings,
            replace(how, seed=how.seed + number),
            measures=measured,
            times={},
            listener=listener,
            seconds=max(LEAST_S, duration_s / len(chosen.cases)),
            repeats=1,
            rate=options.rate,
            pure=options.pure,
        )
        done.doubts += [doubt for doubt in added.doubts if doubt not in done.doubts]
        for measure in measures:
            if found := [one.capture for one in added.profiles if one.measure == measure]:
                done.captures[measure].append(all_cases(found))
        if any(doubt.code == capture_files.INTERRUPTED for doubt in added.doubts):
            done.interrupted = True
            break
    if not any(done.captures.values()):
        if done.interrupted:
            raise KeyboardInterrupt
        reason = next((doubt.message for doubt in done.doubts), "no case ran")
        raise InputError(f"nothing of {target} was captured: {reason}")
    return done


def with_memray(measures: Sequence[Measure], settings: Settings) -> Sequence[Measure]:
    """Return ``measures`` after making sure that allocations can be recorded where they are asked for.

    raises: UnavailableError.
    """
    if "memory" in measures:
        from perftool.bench.measuring import require_memray
        from perftool.cli import bench_run

        require_memray(bench_run.servers(settings), settings.bench.timeout, option="profile memory")
    return measures


def _named(name: str, settings: Settings) -> Selection:
    """Return the cases of a benchmark by its name.

    raises: UsageError when nothing is called so.
    """
    from perftool.bench.targets import full_name
    from perftool.cli import bench_run

    start = bench_run.servers(settings)
    suite, slash, _ = name.partition("/")
    if not slash or Path(name.partition("::")[0]).exists():
        return _some(bench_run.selection([name], settings, start, only_commands=False), name)
    found = bench_run.selection([suite], settings, start, only_commands=False)
    wanted = [one for one in found.cases if full_name(one) == name or full_name(one).startswith(f"{name}/")]
    if not wanted:
        known = ", ".join(full_name(one) for one in found.cases[:5])
        raise UsageError(f"the suite {suite} has no case {name}", hint=f"cases: {known}" if known else None)
    return replace(found, cases=wanted, stem=name.replace("/", "-"))


def _folder(sql: str, settings: Settings) -> Selection:
    """Return one case that takes every statement of a folder, or of a file, through the configured stage once.

    raises: UsageError for what is no SQL.
    """
    from perftool.cli import bench_run

    path = Path(sql)
    if not path.exists():
        raise UsageError(f"cannot read {sql}: no such file or folder", hint="perftool profile cpu --sql queries/")
    targets = [sql] if path.is_dir() or path.suffix == ".sql" else []
    if not targets:
        raise UsageError(f"{sql} is neither a folder nor a .sql file")
    found = _some(bench_run.selection(targets, settings, bench_run.servers(settings), only_commands=False), sql)
    cases = [one for one in found.cases if one.kind == "sql"]
    if not cases:
        raise UsageError(f"no SQL statement in {sql} can be profiled", hint=f"perftool inspect {sql}")
    return replace(found, cases=[_together(cases, path)])


def _together(cases: Sequence[Case], path: Path) -> Case:
    """Return one case with the statements of all: how often each function runs is then what the folder makes of it."""
    texts: list[JsonValue] = []
    for case in cases:
        several = case.arguments.get("texts")
        texts += several if isinstance(several, list) else [case.arguments["text"]]
    first = cases[0]
    kept = {key: first.arguments[key] for key in ("stage", "dialect")}
    name, arguments = path.resolve().name, {**kept, "texts": texts}
    return replace(first, case=name, factory="make_all", arguments=arguments, source=None, work={})


def _some(found: Selection, name: str) -> Selection:
    """Return the selection unless it is empty.

    raises: UsageError with the reason of the first case that cannot run.
    """
    if found.cases:
        return found
    reason = f": {found.skipped[0].reason}" if found.skipped else ""
    raise UsageError(f"{name} has nothing to profile{reason}", hint="perftool bench --list")
