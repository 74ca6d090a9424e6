"""Present statements that were run: the rows of each, what failed and where, and how long each part took."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.model.query import QueryPayload
from perftool.render import document as doc
from perftool.render import summaries
from perftool.render.excerpt import excerpt
from perftool.render.figures import count, value
from perftool.render.findings import findings
from perftool.render.notes import Notes
from perftool.render.table_layout import GAP
from perftool.render.visible import width

if TYPE_CHECKING:
    from perftool.model.diagnostic import Diagnostic
    from perftool.model.query import QueryResult, Value
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_NUMBER_TYPE: Final = re.compile(r"num|dec|int|float|double|real|money|serial", re.IGNORECASE)
#: A text that would be taken for something else: it is shown in quotes.
_AMBIGUOUS: Final = re.compile(r"|NULL|\s.*|.*\s|'.*'", re.DOTALL)
_LONGEST: Final = 200
#: A value is cut to this before the table is folded.
_READABLE: Final = 24
_TITLES: Final = {
    "sec/op": "total",
    "first-row-sec/op": "first row",
    "fetch-sec/op": "fetch",
    "format-sec/op": "format",
    "connect-sec/op": "connect",
    "wait-sec/op": "wait",
}


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn a run of statements into a document."""
    payload = report.payload
    assert isinstance(payload, QueryPayload)
    blocks: list[doc.Block] = []
    named = len(payload.results) > 1
    faults = {one.key: one for one in report.diagnostics}
    for one in payload.results:
        blocks += _result(one, faults.get(one.name), options, named=named)
    blocks.append(doc.Banner(report.verdict.outcome, report.verdict.headline, _system(payload)))
    timing = _timing(report, len(payload.results))
    if timing is not None:
        blocks.append(timing)
    durability = tuple(payload.database.durability.items())
    settings = tuple(payload.database.settings.items())
    if durability or settings:
        blocks.append(doc.Section("settings of the database", (doc.KeyValues(durability + settings),)))
    names = {one.name for one in payload.results}
    blocks += findings([one for one in report.diagnostics if one.key not in names])
    blocks += Notes(report.warnings).footnotes()
    return doc.Document("perftool query", tuple(blocks))


def _system(payload: QueryPayload) -> str:
    facts = payload.database
    return " ".join(part for part in (facts.system, facts.version) if part) + (", writing" if payload.write else "")


def _result(one: QueryResult, fault: Diagnostic | None, options: RenderOptions, *, named: bool) -> list[doc.Block]:
    blocks: list[doc.Block] = [doc.Heading(one.name, _said(one))] if named else []
    if one.error:
        blocks += _fault(one, fault, options)
        if fault is not None and fault.help:
            blocks.append(doc.Note(fault.help))
    if one.plan:
        blocks.append(doc.Snippet(one.plan))
    if one.shown and one.columns:
        blocks += _rows(one, options.width)
    elif one.columns and one.status == "ok" and not one.rows:
        blocks.append(doc.Note(f"no rows of {', '.join(name for name, _ in one.columns)}", "muted"))
    more = one.rows - len(one.shown)
    if more > 0 and one.columns:
        blocks.append(doc.Note(f"{more:,} more {'row' if more == 1 else 'rows'} (--limit shows more)", "muted"))
    elif one.affected is not None and not named:
        blocks.append(doc.Note(f"{count(one.affected, 'row')} changed"))
    if one.counters:
        items = tuple((unit, f"{number:,.15g}") for unit, number in one.counters.items())
        blocks.append(doc.KeyValues(items))
    return blocks


def _said(one: QueryResult) -> str:
    if one.status != "ok":
        return one.status
    if one.plan:
        return "explained"
    if not one.columns and one.affected is None:
        return "done"
    return f"{count(one.affected, 'row')} changed" if one.affected is not None else count(one.rows, "row")


def _fault(one: QueryResult, fault: Diagnostic | None, options: RenderOptions) -> list[doc.Block]:
    """Say what is wrong; the line it is on, with a stroke under it, where that is known."""
    code = f" ({one.code})" if one.code else ""
    span = fault.span if fault is not None else None
    pointed = span is not None and span.end > span.start
    place = f"{span.path}:{span.line}:{span.column}" if span is not None and pointed else one.name
    blocks: list[doc.Block] = [doc.Items((doc.Item(f"{place}: {one.error}{code}", "✗", "bad"),))]
    text = options.source(span.path, span.start, span.end) if span is not None and options.source is not None else None
    if span is not None and pointed and text is not None:
        bar, stroke = ("|", "^") if options.ascii_only else ("│", "━")
        number = str(span.line)
        found = excerpt(text, span, max(options.width - len(number) - 8, 24), ascii_only=options.ascii_only)
        under = " " * width(found.before) + stroke * max(1, width(found.marked))
        blocks.append(
            doc.Snippet(f"{number} {bar} {found.before}{found.marked}{found.after}\n{' ' * len(number)} {bar} {under}")
        )
    return blocks


def _rows(one: QueryResult, columns: int) -> list[doc.Block]:
    """Return the rows as a table, or one value a line where a table would cut what can be read."""
    rows = [[_cell(given) for given in row] for row in one.shown]
    titles = [name for name, _ in one.columns]
    widest = [max(map(width, (title, *(row[at].text for row in rows)))) for at, title in enumerate(titles)]
    if sum(min(size, _READABLE) + len(GAP) for size in widest) - len(GAP) <= columns:
        return [_table(one, rows)]
    blocks: list[doc.Block] = []
    for number, row in enumerate(rows, 1):
        blocks.append(doc.Note(f"row {number:,}", "muted"))
        blocks.append(doc.KeyValues(tuple(zip(titles, (cell.text for cell in row), strict=True))))
    return blocks


def _table(one: QueryResult, rows: list[list[doc.Cell]]) -> doc.Table:
    columns = tuple(
        doc.Column(name, "right" if _is_number(one, index, kind) else "left", flexible=True)
        for index, (name, kind) in enumerate(one.columns)
    )
    return doc.Table(columns, tuple(doc.TableRow(tuple(row)) for row in rows))


def _is_number(one: QueryResult, index: int, kind: str) -> bool:
    """Say whether a column holds numbers, by its values, and by its type where those are texts of digits."""
    seen = [row[index] for row in one.shown if row[index] is not None]
    if any(isinstance(given, bool) or not isinstance(given, int | float | str) for given in seen):
        return False
    if all(isinstance(given, int | float) for given in seen):
        return bool(seen) or _NUMBER_TYPE.search(kind) is not None
    return _NUMBER_TYPE.search(kind) is not None


def _cell(given: Value) -> doc.Cell:
    """Return a value as text: NULL is told from an empty text and from the word."""
    if given is None:
        return doc.Cell("NULL", "muted")
    if isinstance(given, bool):
        return doc.Cell("true" if given else "false")
    if isinstance(given, str):
        text = given if len(given) <= _LONGEST else given[: _LONGEST - 1] + "…"
        return doc.Cell(f"'{text}'" if _AMBIGUOUS.fullmatch(text) else text)
    return doc.Cell(str(given))


def _timing(report: Report, statements: int) -> doc.Block | None:
    """Return how long each part took, with its spread where there was more than one run."""
    told: dict[str, dict[str, str]] = {}
    for one in filter(None, map(summaries.summarize_measurement, report.measurements)):
        unit = one.measurement.unit
        if unit in _TITLES:
            spread = value(one.center, unit, one.lo, one.hi).removesuffix(" ± ∞")
            told.setdefault(one.measurement.case, {})[unit] = spread
    if not told:
        return None
    session = told.pop("session", {})
    said = [f"{_TITLES[unit]} {text}" for unit, text in session.items()]
    if not told:
        return doc.Note(", ".join(said), "muted")
    if len(told) == 1 and statements == 1:
        said += [f"{_TITLES[unit]} {text}" for unit, text in next(iter(told.values())).items()]
        return doc.Note(", ".join(said), "muted")
    units = [unit for unit in _TITLES if any(unit in parts for parts in told.values())]
    columns = (doc.Column("statement", "left", flexible=True, path=True), *(doc.Column(_TITLES[u]) for u in units))
    rows = tuple(
        doc.TableRow((doc.Cell(case), *(doc.Cell(parts.get(unit, "")) for unit in units)))
        for case, parts in told.items()
    )
    return doc.Section("timing: " + ", ".join(said), (doc.Table(columns, rows),), detail=False)


PRESENT = present
