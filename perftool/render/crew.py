"""What worker processes and the stages of a batch did, for those who ask how a run went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render import document as doc
from perftool.render.figures import count, percent
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.model.measurement import Measurement


def workers(found: Iterable[Measurement], suite: str) -> str:
    """Return in one line what the workers of ``suite`` did; "" where no measurement tells."""
    told: dict[str, float] = {}
    number = 1
    for one in found:
        if (one.suite, one.case) == (suite, "workers") and one.values:
            given = one.parameters.get("workers", "")
            number = int(given) if given.isdecimal() and len(given) < 10 else 1
            told[one.unit] = told.get(one.unit, 0.0) + one.values[0]
    if not told:
        return ""
    return ", ".join(part for part in (count(number, "process", "processes"), *_parts(told)) if part)


def _parts(told: dict[str, float]) -> list[str]:
    share, hits = told.get("busy-share"), told.get("pool-hit-share")
    peak, wait = told.get("peak-PSS-B", 0.0), told.get("wait-sec/item")
    items = int(told.get("items", 0))
    most = told.get("most-queued-items", 0.0)
    return [
        f"busy for {percent(share, signed=False)} of the time" if share is not None else "",
        f"{items:,} items" + (f" that waited {format_duration(wait)} each" if wait else "") if items else "",
        f"at most {most:,.0f} of them queued" if most else "",
        _some(told, "retries", "begun again"),
        _some(told, "replaced-workers", "replaced"),
        _some(told, "recycled-workers", "ended for their size"),
        count(int(told["errors"]), "failure") if told.get("errors") else "",
        f"pool hits {percent(hits, signed=False)}" if hits is not None else "",
        f"peak of all {format_bytes(peak)}" if peak else "",
    ]


def _some(told: dict[str, float], unit: str, what: str) -> str:
    number = int(told.get(unit, 0))
    return f"{number:,} {what}" if number else ""


def stages(found: Iterable[Measurement], suite: str) -> doc.Table | None:
    """Return what each stage of ``suite`` did, in their order; None where no measurement tells."""
    told: dict[str, dict[str, float]] = {}
    for one in found:
        stage = one.parameters.get("stage")
        if stage is not None and (one.suite, one.case) == (suite, "stages") and one.values:
            told.setdefault(stage, {})[one.unit] = one.values[0]
    if not told:
        return None
    columns = (
        doc.Column("stage", "left"),
        doc.Column("items"),
        doc.Column("bytes", drop=2),
        doc.Column("busy"),
        doc.Column("wait of an item"),
        doc.Column("queued", drop=1),
        doc.Column("at most", drop=3),
    )
    return doc.Table(columns, tuple(_row(stage, units) for stage, units in told.items()))


def _row(stage: str, units: dict[str, float]) -> doc.TableRow:
    wait = units.get("wait-sec/item")
    queued, most = units.get("queued-items"), units.get("most-queued-items")
    cells = (
        stage,
        f"{units.get('items', 0):,.0f}",
        format_bytes(units.get("bytes", 0.0)),
        format_duration(units.get("busy-sec", 0.0)),
        format_duration(wait) if wait is not None else "",
        f"{queued:,.1f}" if queued is not None else "",
        f"{most:,.0f}" if most is not None else "",
    )
    return doc.TableRow(tuple(doc.Cell(text) for text in cells))
