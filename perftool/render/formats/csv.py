"""CSV: raw numbers for a spreadsheet or a data frame, one header line, one table per report.

A benchmark run or a batch gives one row per raw sample; a comparison one row per table, row and column; a history one
row per benchmark and run; a lint run one row per finding; the listings one row per entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftool.render.api import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.batch import BatchPayload
    from perftool.model.bench import BenchPayload
    from perftool.model.comparison import Cell, Change, ComparisonPayload
    from perftool.model.history import HistoryPayload
    from perftool.model.lint import LintPayload
    from perftool.model.listing import BaselinesPayload, ConfigPayload, InspectPayload, SetupPayload
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

Record = list[Any]


def render(report: Report, options: RenderOptions) -> str:
    """Return the report's numbers, unrounded; an unknown one is empty, truth is true or false."""
    return "".join(pieces(report, options))


def pieces(report: Report, _: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.render.portions import portions

    return portions(_lines(_RECORDS[report.kind](report, report.payload)))


def _lines(records: Iterator[Record]) -> Iterator[str]:
    import csv
    import io

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for record in records:
        writer.writerow([_text(field) for field in record])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _text(field: Any) -> str:
    if field is None:
        return ""
    if isinstance(field, bool):
        return "true" if field else "false"
    return repr(field) if isinstance(field, float) else str(field)


def _parameters(parameters: dict[str, str]) -> str:
    return "/".join(f"{name}={value}" for name, value in parameters.items())


def _bench(report: Report, _: BenchPayload | BatchPayload) -> Iterator[Record]:
    yield ["suite", "case", "parameters", "unit", "better", "gates", "exact", "block", "index", "value"]
    for m in report.measurements:
        blocks = m.blocks or range(len(m.values))
        for index, (block, value) in enumerate(zip(blocks, m.values, strict=True)):
            lead = [m.suite, m.case, _parameters(m.parameters), m.unit, m.better, m.gates, m.exact]
            yield [*lead, block, index, value]


_CHANGE = (
    "ratio", "estimate", "lo", "hi", "p", "statistic", "test", "n_old", "n_new", "significant", "direction", "outcome",
    "reason", "needed", "p_adjusted", "waived",
)  # fmt: skip


def _compare(_: Report, payload: ComparisonPayload) -> Iterator[Record]:
    keys = list(dict.fromkeys(field for table in payload.tables for field, _ in table.key))
    change = [name if name.startswith("n_") else f"change_{name}" for name in _CHANGE]
    yield [
        *keys, "unit", "better", *payload.row_fields, "gates", "exact", "column", "n", "samples", "center", "lo", "hi",
        *change, "gate_fail", "gate_warn", "gate_origin", "warnings",
    ]  # fmt: skip
    for table in payload.tables:
        key = dict(table.key)
        for row in table.rows:
            lead = [*(key.get(k, "") for k in keys), table.unit, table.better, *row.key, row.gates]
            for index in table.columns:
                if (cell := row.cells[index]) is not None:
                    exact = row.exact or table.assume_exact
                    yield [*lead, exact, payload.columns[index].label, *_cell(cell)]


def _cell(cell: Cell) -> Record:
    s, change = cell.summary, cell.change
    judged = [getattr(change, name) if change else None for name in _CHANGE]
    gate = change.gate if change else None
    limits = [gate.fail, gate.warn, gate.origin] if gate else [None] * 3
    return [s.n, cell.samples, s.center, s.lo, s.hi, *judged, *limits, "; ".join(_doubts(cell, change))]


def _doubts(cell: Cell, change: Change | None) -> list[str]:
    doubts = [*cell.summary.warnings, *(change.warnings if change else ())]
    return [*doubts, f"benchmarks vary in {', '.join(cell.residue)}"] if cell.residue else doubts


def _history(_: Report, payload: HistoryPayload) -> Iterator[Record]:
    yield [
        "name", "unit", "better", "gates", "exact", "environment", "run", "created", "commit", "center", "lo", "hi",
        "n", "level", "change", "change_lo", "change_hi", "change_p", "change_direction", "outcome", "reason",
    ]  # fmt: skip
    for one in payload.series:
        lead = [one.name, one.unit, one.better, one.gates, one.exact, payload.environments[one.environment].label]
        begun = {change.at: change for change in one.changes}
        levels = [level.center for level in one.levels for _ in range(level.first, level.last + 1)]
        for index, (point, level) in enumerate(zip(one.points, levels, strict=True)):
            run, change = payload.runs[point.run], begun.get(index)
            place = [run.name, run.created, run.source.commit if run.source else None]
            size = [change.change, change.lo, change.hi, change.p, change.direction] if change else [None] * 5
            yield [*lead, *place, point.center, point.lo, point.hi, point.n, level, *size, one.outcome, one.reason]


def _config(_: Report, payload: ConfigPayload) -> Iterator[Record]:
    yield ["name", "value", "origin", "description"]
    for v in payload.values:
        yield [v.name, v.value, v.origin, v.description]


def _baselines(_: Report, payload: BaselinesPayload) -> Iterator[Record]:
    revision = ["commit", "branch", "dirty"]
    yield ["name", "environment", "created", *revision, "cases", "measurements", "buffer", "reason", "path"]
    for e in payload.entries:
        found = [e.source.commit, e.source.branch, e.source.dirty] if e.source else [None] * 3
        yield [e.name, e.environment_label, e.created, *found, e.cases, e.measurements, e.buffer, e.reason, e.path]


def _inspect(_: Report, payload: InspectPayload) -> Iterator[Record]:
    yield ["path", "line", "start", "end", "kind", "digest", "tokens", "tables", "columns", "fingerprint", "error"]
    for s in payload.statements:
        used = [" ".join(s.tables), " ".join(s.columns)]
        yield [s.path, s.line, s.start, s.end, s.kind, s.digest, s.tokens, *used, s.fingerprint, s.error]


def _lint(report: Report, _: LintPayload) -> Iterator[Record]:
    yield [
        "code", "name", "severity", "message", "path", "line", "column", "end_line", "end_column", "start", "end",
        "help", "fix", "key",
    ]  # fmt: skip
    for one in report.diagnostics:
        span = one.span
        place: Record = [None] * 7
        if span is not None:
            ends = [span.end_line or None, span.end_column or None]
            place = [span.path, span.line, span.column, *ends, span.start, span.end]
        fix = None if one.fix is None else "safe" if one.fix.safe else "unsafe"
        yield [one.code, one.name, one.severity, one.message, *place, one.help, fix, one.key]


def _setup(_: Report, payload: SetupPayload) -> Iterator[Record]:
    yield ["path", "state", "description"]
    for f in payload.files:
        yield [f.path, f.state, f.description]


_RECORDS: dict[str, Any] = {
    "bench": _bench,
    "compare": _compare,
    "history": _history,
    "config": _config,
    "baselines": _baselines,
    "inspect": _inspect,
    "lint": _lint,
    "batch": _bench,
    "setup": _setup,
}

FORMAT = Format(name="csv", suffixes=(".csv",), kinds=frozenset(_RECORDS), render=render, pieces=pieces)
