"""Present a batch of queries: the verdict, what became of them, which failed, which took longest, what pools did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.query import QueryBatchPayload
from perftool.render import document as doc
from perftool.render import pool_tables
from perftool.render.figures import count
from perftool.render.notes import Notes
from perftool.render.reasons import reasons
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from perftool.model.query import BatchedQuery
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


#: Failed queries that are shown unless all details are asked for.
_SHOWN: Final = 10


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn a batch of queries into a document."""
    payload = report.payload
    assert isinstance(payload, QueryBatchPayload)
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline)]
    failed = [one for one in payload.queries if one.status not in ("ok", "skipped")]
    if len(failed) > _SHOWN:
        blocks += reasons(report.verdict)
    blocks.append(doc.KeyValues(_facts(payload)))
    slowest = [one for one in payload.queries if one.status == "ok"]
    if failed:
        title = "failed" if len(failed) <= _SHOWN or options.verbose else "the first that failed"
        blocks.append(_table(title, failed if options.verbose else failed[:_SHOWN]))
    if slowest:
        blocks.append(doc.Section("slowest", (_table("", slowest),)))
    for one in payload.databases:
        items = (*one.durability.items(), *one.settings.items())
        if items:
            blocks.append(doc.Section(f"settings of {one.label}", (doc.KeyValues(tuple(items)),)))
    if payload.pools:
        blocks.append(doc.Section("pools", (pool_tables.figures_table(payload.pools),)))
        blocks += pool_tables.alarms(payload.pools)
    blocks += Notes(report.warnings).footnotes()
    return doc.Document("perftool query batch", tuple(blocks))


def _facts(payload: QueryBatchPayload) -> tuple[tuple[str, str], ...]:
    done = sum(payload.statuses.values())
    rate = f", {done / payload.seconds:,.0f} queries/s" if payload.seconds > 0 else ""
    limited = f", at most {payload.rate:g} a second" if payload.rate else ""
    items = [
        ("queries", ", ".join(f"{number:,} {status}" for status, number in payload.statuses.items())),
        ("results", f"{count(payload.rows, 'row')}, {format_bytes(payload.size)}" + _to(payload)),
        ("time", f"{format_duration(payload.seconds)}{rate}, {payload.concurrency:,} at a time{limited}"),
        ("databases", ", ".join(_database(one) for one in payload.databases)),
    ]
    again = payload.retries
    if again.count or again.given_up:
        codes = ", ".join(f"{number:,} × {code}" for code, number in again.by_code.items())
        lost = f", {again.given_up:,} given up" if again.given_up else ""
        items.append(("retries", f"{again.count:,} ({codes}){lost}"))
    waits = [one.wait for one in payload.pools if one.wait is not None]
    if waits:
        worst = max(waits, key=lambda one: one.p95)
        items.append(("wait", f"for a connection: p50 {format_duration(worst.p50)}, p95 {format_duration(worst.p95)}"))
    return tuple((name, text) for name, text in items if text)


def _to(payload: QueryBatchPayload) -> str:
    return f", written to {payload.to}" if payload.to else ""


def _database(one: object) -> str:
    label, system, version = (getattr(one, name) for name in ("label", "system", "version"))
    return f"{label} ({' '.join(part for part in (system, version) if part)})"


def _table(title: str, queries: list[BatchedQuery]) -> doc.Table:
    columns = (
        doc.Column("query", "left", flexible=True, path=True),
        doc.Column("source", "left", drop=2),
        doc.Column("status", "left"),
        doc.Column("rows", drop=4),
        doc.Column("wait", drop=3),
        doc.Column("execution"),
        doc.Column("error", "left", flexible=True),
    )
    return doc.Table(columns, tuple(_row(one) for one in queries), title)


def _row(one: BatchedQuery) -> doc.TableRow:
    error = f"{one.code} {one.error}".strip()
    cells = (
        doc.Cell(one.id),
        doc.Cell(one.source, "muted"),
        doc.Cell(one.status, "plain" if one.status == "ok" else "bad"),
        doc.Cell(f"{one.rows:,}"),
        doc.Cell(format_duration(one.wait_s), "muted"),
        doc.Cell(format_duration(one.execution_s)),
        doc.Cell(error),
    )
    return doc.TableRow(cells)


PRESENT = present
