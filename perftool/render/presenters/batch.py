"""Present a batch: the verdict, both rates, how long single statements took, which took longest and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.batch import BatchPayload
from perftool.render import crew
from perftool.render import document as doc
from perftool.render.figures import count
from perftool.render.notes import Notes
from perftool.render.reasons import reasons
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from perftool.model.batch import SlowStatement
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, options: RenderOptions) -> doc.Document:  # noqa: ARG001
    """Turn a batch into a document."""
    payload = report.payload
    assert isinstance(payload, BatchPayload)
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline, _aside(payload))]
    blocks += reasons(report.verdict)
    if payload.distinct:
        blocks.append(doc.KeyValues(_times(payload)))
        outliers = [one for one in payload.slowest if one.outlier]
        if outliers:
            items = tuple(doc.Item(f"{_place(one)}  {format_duration(one.seconds)}: {one.reason}") for one in outliers)
            blocks.append(doc.Items(items, "far slower than most"))
        blocks.append(doc.Section("slowest statements", (_slowest(payload),)))
    stages = crew.stages(report.measurements, "batch")
    if stages is not None:
        blocks.append(doc.Section("stages", (stages,)))
    blocks.append(doc.Section("how it was worked", (doc.KeyValues(_method(payload, report)),)))
    blocks += Notes(report.warnings).footnotes()
    return doc.Document("perftool batch", tuple(blocks))


def _aside(payload: BatchPayload) -> str:
    facts = [
        payload.operation,
        f"{payload.resumed:,} by an earlier run" if payload.resumed else "",
        f"{payload.cancelled:,} given up" if payload.cancelled else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def _times(payload: BatchPayload) -> tuple[tuple[str, str], ...]:
    items = [("time", f"{format_duration(payload.seconds)}, {format_bytes(payload.size)}")]
    if payload.seconds > 0:
        items += [
            ("as seen", f"{payload.items / payload.seconds:,.0f} statements/s, {payload.repeated:,} of them repeated"),
            ("worked", f"{payload.distinct / payload.seconds:,.0f} distinct statements/s"),
        ]
    if payload.latency is not None and payload.p50 is not None:
        shares = (("p50", payload.p50), ("p90", payload.p90), ("p99", payload.p99), ("max", payload.latency.maximum))
        text = ", ".join(f"{name} {format_duration(value)}" for name, value in shares if value is not None)
        items.append(("a statement", text))
    return tuple(items)


def _slowest(payload: BatchPayload) -> doc.Table:
    columns = (
        doc.Column("statement", "left", flexible=True, path=True),
        doc.Column("digest", "left", drop=2),
        doc.Column("bytes"),
        doc.Column("time"),
        doc.Column("cpu", drop=1),
        doc.Column("status", "left"),
    )
    return doc.Table(columns, tuple(_row(one) for one in payload.slowest))


def _row(one: SlowStatement) -> doc.TableRow:
    return doc.TableRow(
        (
            doc.Cell(_place(one)),
            doc.Cell(one.digest, "muted"),
            doc.Cell(f"{one.size:,}"),
            doc.Cell(format_duration(one.seconds)),
            doc.Cell(format_duration(one.cpu_seconds), "muted"),
            doc.Cell(one.status, "plain" if one.status == "ok" else "bad"),
        )
    )


def _place(one: SlowStatement) -> str:
    return f"{one.path}:{one.line}" if one.path else f"item {one.number}"


def _method(payload: BatchPayload, report: Report) -> tuple[tuple[str, str], ...]:
    second = f", sqlglot asked about {count(payload.second_opinions, 'statement')} that it refused"
    items = (
        ("operation", payload.operation + (f" to {payload.to}" if payload.to else "")),
        ("dialect", payload.dialect or "any"),
        ("engine", payload.engine + (second if payload.second_opinions else "")),
        ("workers", crew.workers(report.measurements, "batch") or count(payload.workers, "process", "processes")),
        ("equal statements", "worked once" if payload.dedupe else "worked each time"),
        ("worked", report.created),
        ("perftool", report.tool.version),
    )
    return tuple(items)


PRESENT = present
