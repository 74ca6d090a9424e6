"""Present a comparison: the verdict, a table per unit, what is undecided or unmatched, how it was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.comparison import ComparisonPayload
from perftool.render import captured, compare_table, explanations, paired_run, surroundings
from perftool.render import document as doc
from perftool.render.figures import age, ends, threshold, unit_title
from perftool.render.notes import Notes
from perftool.render.pair_chart import pair_chart
from perftool.render.reasons import reasons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Column, Table
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_MOST_CHARTED: Final = 60
_MOST_LISTED: Final = 8
_PAIRED: Final = "blocks are pairs: both sides were measured in each, with one hash seed"
_CORRECTIONS: Final = {
    "": "",
    "holm": "Holm: that level for all rows of a column that may fail together; intervals are of single rows",
    "bh": "Benjamini and Hochberg: of a column's changed rows at most that share wrong; intervals are of single rows",
}
# What a waiver did not do is no doubt about the comparison.
_IDLE: Final = "waiver-unused"


def present(report: Report, _: RenderOptions) -> doc.Document:
    """Turn a comparison into a document."""
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    notes = Notes((*report.warnings, *(n for n in payload.notes if n not in report.warnings and n.code != _IDLE)))
    shared = _shared_key(payload.tables)
    judging = [t for t in payload.tables if any(r.gates for r in t.rows)]
    informing = [t for t in payload.tables if t not in judging]
    if not judging:
        judging, informing = informing, []
    notes.generalize([(name,) for name in dict.fromkeys(row.label for t in payload.tables for row in t.rows)])
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline, _aside(payload, report))]
    blocks += [_table(payload, table, shared, notes) for table in judging]
    if not payload.tables:
        blocks.append(doc.Note("nothing to compare: no benchmark has results in any input", "warn"))
    blocks += explanations.blocks(payload.explanations)
    blocks += reasons(report.verdict)
    blocks += _unmatched(payload, report.verdict.reasons)
    if payload.run is not None:
        blocks += paired_run.blocks(payload.run)
    if informing:
        names = ", ".join(dict.fromkeys(unit_title(t.unit) for t in informing))
        # Footnotes of their own: a reader who does not open the section must not find marks that lead nowhere.
        aside = Notes()
        tables = tuple(_table(payload, table, shared, aside) for table in informing)
        inside: tuple[doc.Block, ...] = (*tables, *aside.footnotes())
        blocks.append(doc.Section(f"measured too, without a say in the verdict: {names}", inside, mention=True))
    blocks += notes.footnotes()
    blocks += [c for table in judging if (c := pair_chart(payload, table, _title(table, shared))).groups]
    blocks += [c for table in judging if (c := _chart(payload, table, shared)).groups]
    blocks.append(doc.Section("how it was compared", (doc.KeyValues(_method(payload, report, shared)),)))
    if payload.run is not None:
        blocks.append(doc.Section("how both sides were measured", (doc.KeyValues(paired_run.facts(payload.run)),)))
        blocks += captured.blocks(payload.run.captures)
    for column in payload.columns:
        if column.environment is not None:
            facts = doc.KeyValues(surroundings.facts(column.environment))
            blocks.append(doc.Section(f"environment of {column.label or 'the input'}", (facts,)))
    return doc.Document("perftool compare", tuple(blocks))


def _aside(payload: ComparisonPayload, report: Report) -> str:
    if payload.run is not None:
        return paired_run.aside(payload.run)
    baseline = payload.baseline
    if baseline is None:
        return ""
    commit = surroundings.source(baseline.source).partition(" ")[0]
    old = age(baseline.created, report.created)
    place = "same environment" if baseline.same_environment else f"another environment: {baseline.environment_label}"
    details = [d for d in (commit, f"{old} ago" if old else baseline.created, place) if d]
    if baseline.buffer:
        details.append(f"buffer {threshold(baseline.buffer)}")
    return f"baseline {baseline.name} ({', '.join(details)})"


def _shared_key(tables: tuple[Table, ...]) -> frozenset[tuple[str, str]]:
    """Return the key fields on which all tables agree: they need no saying at each."""
    keys = [frozenset(t.key) for t in tables]
    return frozenset.intersection(*keys) if keys else frozenset()


def _title(table: Table, shared: frozenset[tuple[str, str]]) -> str:
    better = "" if table.better == "unknown" else f", {table.better} is better"
    own = [f"{field}: {value}" for field, value in table.key if (field, value) not in shared and value]
    name = unit_title(table.unit)
    unit = f" ({table.unit}{better})" if name != table.unit else f" ({better[2:]})" if better else ""
    return " · ".join([name + unit, *own])


def _table(payload: ComparisonPayload, table: Table, shared: frozenset[tuple[str, str]], notes: Notes) -> doc.Table:
    return compare_table.build(payload, table, _title(table, shared), notes)


def _unmatched(payload: ComparisonPayload, told: Sequence[str]) -> list[doc.Block]:
    """List benchmarks on one side only, those with the same missing units together; what was ``told`` is left out."""
    units: dict[tuple[str, str, str], list[str]] = {}
    items: list[doc.Item] = []
    for one in payload.unmatched:
        if one.reason and any(one.name in line and one.reason in line for line in told):
            continue
        if one.reason:
            mark = "missing" if one.state == "missing" else "new"
            items.append(doc.Item(f"{one.name} cannot be measured in {one.column}: {one.reason}", mark, "warn"))
            continue
        units.setdefault((one.state, one.column, one.name), []).append(one.unit)
    names: dict[tuple[str, str, str], list[str]] = {}
    for (state, column, name), found in units.items():
        names.setdefault((state, column, ", ".join(found)), []).append(name)
    for (state, column, found_units), members in names.items():
        more = f" and {len(members) - _MOST_LISTED} more" if len(members) > _MOST_LISTED else ""
        where = f"not in {column}" if column else "on one side only"
        items.append(doc.Item(f"{where}: {', '.join(members[:_MOST_LISTED])}{more} ({found_units})", state, "warn"))
    return [doc.Items(tuple(items))] if items else []


def _chart(payload: ComparisonPayload, table: Table, shared: frozenset[tuple[str, str]]) -> doc.Chart:
    groups: list[doc.Group] = []
    rows = compare_table.ordered(table)
    for row in rows[:_MOST_CHARTED]:
        series = []
        for index, cell in zip(table.columns, compare_table.cells(table, row), strict=True):
            if cell is not None and len(cell.values) > 1 and not row.exact:
                s = cell.summary
                tone = compare_table.tone(cell.change) if cell.change else "plain"
                text = compare_table.centre(cell, table.unit, exact=False)
                name = payload.columns[index].label
                series.append(doc.Series(name, tuple(cell.values), s.center, s.lo, s.hi, text, tone))
        if series:
            groups.append(doc.Group(row.label, tuple(series), ends(series, table.unit)))
    short = f", the {_MOST_CHARTED} worst of {len(rows)}" if len(rows) > _MOST_CHARTED else ""
    return doc.Chart(f"{_title(table, shared)}: one dot per block, the median and its interval{short}", tuple(groups))


def _method(
    payload: ComparisonPayload, report: Report, shared: frozenset[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    tests = {
        "mann-whitney-exact": "Mann-Whitney U (exact)",
        "mann-whitney-normal": "Mann-Whitney U (normal approximation)",
        "signed-rank-exact": "Wilcoxon signed rank (exact)",
        "signed-rank-normal": "Wilcoxon signed rank (normal approximation)",
        "exact": "equality of exact counts",
    }
    used = dict.fromkeys(
        cell.change.test
        for table in payload.tables
        for row in table.rows
        for cell in row.cells
        if cell is not None and cell.change is not None and cell.change.test != "none"
    )
    items = [
        ("test", ", ".join(tests.get(name, name) for name in used)),
        ("significance level", f"{payload.alpha:g}"),
        ("many rows", _CORRECTIONS[payload.correction]),
        ("intervals", f"{payload.confidence * 100:g} %, of the median and of the change"),
        ("times", "in ticks, 1/100,000 of the fixed kernel's CPU time in each block" if payload.normalized else ""),
        ("pairing", _PAIRED if payload.run else "blocks are paired by their number" if payload.paired else ""),
        *((field, text) for table in payload.tables[:1] for field, text in table.key if (field, text) in shared),
        *((f"column {c.label}".rstrip(), _described(c)) for c in payload.columns),
        *(("waiver", note.message) for note in payload.notes if note.code == _IDLE),
        ("compared", report.created),
        ("perftool", report.tool.version),
    ]
    return tuple((name, text) for name, text in items if text)


def _described(column: Column) -> str:
    revision = surroundings.source(column.environment.source) if column.environment else ""
    return ", ".join(p for p in (", ".join(column.sources), revision, column.created or "") if p)


PRESENT = present
