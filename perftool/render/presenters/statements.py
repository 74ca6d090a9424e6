"""Present the SQL that a program ran: statements by what they cost, and how they were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.statements import StatementsPayload
from perftool.render import document as doc
from perftool.render import surroundings
from perftool.render.notes import Notes
from perftool.render.reasons import reasons
from perftool.units.display import format_duration

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.model.statements import StatementFigures
    from perftool.render.api import RenderOptions

_SHORT: Final = 44
_LONG: Final = 160
_MANY: Final = 60


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn a recording of statements into a document."""
    payload = report.payload
    assert isinstance(payload, StatementsPayload)
    most = max(_MANY, payload.shown) if options.verbose else payload.shown
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline, payload.target)]
    blocks += reasons(report.verdict)
    if payload.statements:
        length = _LONG if options.verbose else _SHORT
        blocks.append(doc.Table(_COLUMNS, tuple(_row(one, length) for one in payload.statements[:most])))
    left = payload.statements[most:]
    if left:
        runs, seconds = sum(one.count for one in left), sum(one.total_s for one in left)
        text = f"{len(left):,} more statements: {runs:,} runs in {format_duration(seconds)} (--top shows more)"
        blocks.append(doc.Note(text, "muted"))
    blocks += Notes(report.warnings).footnotes()
    blocks.append(doc.Section("how it was recorded", (doc.KeyValues(_method(payload, report)),)))
    blocks.append(doc.Section("environment", (doc.KeyValues(surroundings.facts(report.environment)),)))
    return doc.Document(f"perftool profile sql: {payload.target}", tuple(blocks))


_COLUMNS: Final = (
    doc.Column("statement", "left"),
    doc.Column("count", "right"),
    doc.Column("total", "right"),
    doc.Column("p50", "right", drop=3),
    doc.Column("p95", "right", drop=2),
    doc.Column("max", "right", drop=4),
    doc.Column("rows", "right", drop=1),
    doc.Column("called from", "left"),
)


def _row(one: StatementFigures, length: int) -> doc.TableRow:
    text = one.text if len(one.text) <= length else one.text[: length - 1] + "…"
    times = (one.total_s, one.p50_s, one.p95_s, one.maximum_s)
    total, *spread = (doc.Cell(format_duration(value)) for value in times)
    rows = f"{one.rows:,}" + (f" ({one.errors:,} failed)" if one.errors else "")
    return doc.TableRow(
        (doc.Cell(text), doc.Cell(f"{one.count:,}"), total, *spread, doc.Cell(rows), doc.Cell(_site(one), "muted"))
    )


def _site(one: StatementFigures) -> str:
    if not one.sites or not one.sites[0].file:
        return ""
    first = one.sites[0]
    return f"{first.file}:{first.line}" + (f" +{len(one.sites) - 1}" if len(one.sites) > 1 else "")


def _method(payload: StatementsPayload, report: Report) -> tuple[tuple[str, str], ...]:
    longest = payload.longest_transaction_s
    transactions = f"{payload.transactions:,}" + (f", the longest {format_duration(longest)}" if longest else "")
    overhead = format_duration(payload.overhead_s) if payload.overhead_s is not None else ""
    items = (
        ("watched", ", ".join(payload.libraries)),
        ("target", f"{format_duration(payload.seconds)}, {format_duration(payload.cpu_s)} CPU"),
        ("processes", f"{payload.processes:,}" if payload.processes > 1 else ""),
        ("rows", f"{payload.rows:,}"),
        ("transactions", transactions if payload.transactions else ""),
        ("connections out", f"{payload.unreturned:,} not given back at the end" if payload.unreturned else ""),
        ("recording", overhead),
        ("times", "wall time in the calls that run a statement and read its rows"),
        ("recorded", report.created),
        ("perftool", report.tool.version),
    )
    return tuple((name, text) for name, text in items if text)


PRESENT = present
