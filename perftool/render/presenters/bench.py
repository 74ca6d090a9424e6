"""Present a benchmark run: a table per suite, what was skipped, every doubt once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.bench import BenchPayload
from perftool.render import bench_columns, captured, databases, surroundings
from perftool.render import document as doc
from perftool.render.case_names import aliases, label
from perftool.render.command_table import command_table
from perftool.render.figures import bare, count, ends, unit_title, value
from perftool.render.notes import Notes
from perftool.render.summaries import CaseKey, Summarized, block_count, by_case, case_key

if TYPE_CHECKING:
    from perftool.model.bench import BenchCase, SkippedCase
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

Cases = list[tuple["BenchCase", dict[str, Summarized]]]
_MOST_CHARTED: Final = 60


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn a bench report into a document."""
    payload = report.payload
    assert isinstance(payload, BenchPayload)
    summaries = by_case(report)
    notes = Notes(report.warnings)
    suites: dict[str, Cases] = {}
    for case in payload.cases:
        suites.setdefault(case.suite, []).append((case, summaries.get(case_key(case), {})))
    notes.generalize([aliases(case) for case in payload.cases])
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline)]
    aside = surroundings.in_short(report.environment)
    for suite, cases in suites.items():
        blocks.append(doc.Heading(_heading(suite, cases, report), aside))
        aside = ""
        if all(case.kind == "command" for case, _ in cases):
            blocks.append(command_table(cases, notes, verbose=options.verbose))
        else:
            blocks.append(_suite_table(cases, notes, verbose=options.verbose))
    if not suites:
        blocks.append(doc.Note("no case gave a measurement", "warn"))
    blocks += databases.concluded(payload.conclusions)
    blocks += databases.used(payload.databases)
    blocks += _unpresented(payload, summaries)
    if payload.skipped:
        blocks.append(doc.Items(tuple(_skipped(s) for s in payload.skipped)))
    if not payload.complete:
        done = count(block_count(report), "block")
        blocks.append(doc.Note(f"interrupted: {done} of {payload.settings.blocks} finished", "warn"))
    blocks += notes.footnotes()
    blocks += [_chart(cases, suite) for suite, cases in suites.items() if any(s for _, s in cases)]
    blocks += _collections(payload)
    blocks += captured.blocks(payload.captures)
    blocks.append(doc.Section("environment", (doc.KeyValues(surroundings.facts(report.environment)),)))
    blocks.append(doc.Section("how it was measured", (doc.KeyValues(_method(payload, report)),)))
    return doc.Document(f"perftool bench: {', '.join(suites) or 'nothing measured'}", tuple(blocks))


def _heading(suite: str, cases: Cases, report: Report) -> str:
    payload = report.payload
    assert isinstance(payload, BenchPayload)
    settings = payload.settings
    shape = [count(len(cases), "case")]
    if all(case.kind == "command" for case, _ in cases):
        runs = max((len(s.measurement.values) for _, units in cases for s in units.values()), default=0)
        return f"{suite}   {shape[0]} × {count(runs, 'run')}, interleaved, seed {settings.seed}"
    shape.append(count(settings.blocks, "block"))
    shape.append(count(settings.samples_per_block, "sample"))
    return f"{suite}   {' × '.join(shape)}, interleaved, seed {settings.seed}"


def _suite_table(cases: Cases, notes: Notes, *, verbose: bool) -> doc.Table:
    columns = bench_columns.choose([units for _, units in cases], [case for case, _ in cases], verbose=verbose)
    # On databases parameters are what is compared, and names with all of them would be cut.
    apart = databases.parameters([case.parameters for case, _ in cases])
    names = ["" if apart else label(case) for case, _ in cases]
    rows: list[doc.TableRow] = []
    for (case, units), name in zip(cases, names, strict=True):
        marks = notes.about(*aliases(case))
        cells = [doc.Cell(f"{name or case.case} {marks}".rstrip())]
        cells += [doc.Cell(case.parameters.get(key, "")) for key in apart]
        cells += [doc.Cell(column.text(case, units)) for column in columns]
        rows.append(doc.TableRow(tuple(cells)))
    total = [column.geomean([units for _, units in cases]) for column in columns]
    if any(total):
        cells = [doc.Cell("geomean", "muted"), *(doc.Cell("") for _ in apart)]
        cells += [doc.Cell(text, "muted") for text in total]
        rows.append(doc.TableRow(tuple(cells), total=True))
    titles = [doc.Column("case", "left", flexible=True), *(doc.Column(key, "left") for key in apart)]
    titles += [doc.Column(c.title, drop=c.drop) for c in columns]
    return doc.Table(tuple(titles), tuple(rows))


def _unpresented(payload: BenchPayload, summaries: dict[CaseKey, dict[str, Summarized]]) -> list[doc.Block]:
    """List measurements that belong to no case of the payload: nothing measured stays unsaid."""
    known = {case_key(case) for case in payload.cases}
    rows = [
        doc.TableRow(
            (
                doc.Cell(s.measurement.name),
                doc.Cell(unit_title(unit)),
                doc.Cell(value(s.center, unit, s.lo, s.hi, exact=s.measurement.exact)),
            )
        )
        for key, units in summaries.items()
        if key not in known
        for unit, s in units.items()
    ]
    columns = (doc.Column("measurement", "left", flexible=True), doc.Column("unit", "left"), doc.Column("value"))
    return [doc.Table(columns, tuple(rows))] if rows else []


def _skipped(case: SkippedCase) -> doc.Item:
    return doc.Item(f"{case.suite}/{label(case)}: {case.reason}", "skipped", "warn")


def _chart(cases: Cases, suite: str) -> doc.Chart:
    groups: list[doc.Group] = []
    apart = databases.parameters([case.parameters for case, _ in cases])
    for case, units in cases[:_MOST_CHARTED]:
        unit = bench_columns.primary_unit([units])
        if unit is None:
            continue
        s = units[unit]
        text = bare(s.center, unit, s.spread)
        name = " ".join([case.case, *(case.parameters[key] for key in apart)]) if apart else label(case)
        series = (doc.Series(name, s.values, s.center, s.lo, s.hi, text),)
        groups.append(doc.Group("", series, ends(series, unit)))
    return doc.Chart(
        f"{suite}: one dot per block, the median and its 95 % interval; each line has its own scale", tuple(groups)
    )


def _collections(payload: BenchPayload) -> list[doc.Block]:
    items = [
        (
            f"{case.suite}/{label(case)}",
            f"{pauses.count:,} in {count(pauses.ops, 'operation')}, {bare(pauses.total_s, 'sec')} in total,"
            f" the longest {bare(pauses.max_s, 'sec')}",
        )
        for case in payload.cases
        if (pauses := case.gc_pauses) is not None and pauses.count
    ]
    return [doc.Section("garbage collections", (doc.KeyValues(tuple(items)),))] if items else []


def _method(payload: BenchPayload, report: Report) -> tuple[tuple[str, str], ...]:
    settings = payload.settings
    items = [
        ("summary", "median of the block medians with its 95 % order-statistic interval"),
        ("blocks", f"{settings.blocks}, each a new process tree; {settings.samples_per_block} samples of every case"),
        ("sample", f"at least {bare(settings.min_time_s, 'sec')}"),
        ("seed", str(settings.seed)),
        ("instructions", "counted by valgrind's callgrind with one hash seed" if settings.instructions else ""),
        ("GC", settings.gc),
        ("fixed kernel", _kernel(payload)),
        ("profile", settings.profile or ""),
        ("duration", bare(payload.duration_s, "sec") if payload.duration_s else ""),
        ("measured", report.created),
        ("perftool", report.tool.version),
    ]
    return tuple((name, text) for name, text in items if text)


def _kernel(payload: BenchPayload) -> str:
    """Say how fast the machine was: ``4.08 ms computing, 5.29 ms waiting for memory``."""
    from perftool.stats.sample import block_medians, median

    named = {"cpu": "computing", "memory": "waiting for memory"}
    parts = [
        f"{bare(median(sorted(block_medians(one.values, one.blocks))), 'sec')} {named[part]}"
        for one in payload.yardstick
        if one.values and (part := one.parameters.get("part", "")) in named
    ]
    return ", ".join(parts)


PRESENT = present
