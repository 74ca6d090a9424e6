"""Present two profiles side by side: which functions changed, how surely, and where their code did too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.profile import ProfileDiffPayload
from perftool.render import document as doc
from perftool.render.figures import count
from perftool.render.notes import Notes
from perftool.render.profile_tables import NAMES, share, weight

if TYPE_CHECKING:
    from perftool.model.profile import FunctionChange
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_MOST: Final = 30
_MINUS: Final = "\u2212"
_PER: Final = {"capture": "of a capture", "share": "of each whole", "op": "of an operation"}
_BASIS: Final = {
    "captures": "from captures repeated on both sides, each function learning from all",
    "samples": "from the samples of single captures: differences between runs are not in them (--repeat 5)",
    "none": "none: everything was counted",
}


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn two profiles into a document."""
    payload = report.payload
    assert isinstance(payload, ProfileDiffPayload)
    most = len(payload.rows) if options.verbose else _MOST
    # What only calls others has no weight of its own that could differ; of counted ones, only changes are told.
    counted = payload.basis == "none"
    weighing = [row for row in payload.rows if (row.change if counted else row.before or row.after)]
    certain = [row for row in weighing if row.sure]
    others = [row for row in weighing if not row.sure]
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline, _aside(payload))]
    rows = [_row(row, payload) for row in certain[:most]]
    rows += [_row(row, payload, folded=bool(certain)) for row in others[:most]]
    title = f"{count(len(others), 'function')} whose change may be chance"
    blocks.append(doc.Table(_columns(payload), tuple(rows), fold_title=title))
    if counted:
        blocks.append(doc.Note(f"{count(len(payload.rows) - len(weighing), 'function')} unchanged", "muted"))
    if hidden := len(weighing) - len(rows):
        blocks.append(doc.Note(f"{count(hidden, 'more function')} with smaller changes: --verbose", "muted"))
    blocks.append(doc.Section("how it was compared", (doc.KeyValues(_method(payload)),)))
    blocks += Notes(report.warnings).footnotes()
    return doc.Document("perftool profile diff", tuple(blocks))


def _aside(payload: ProfileDiffPayload) -> str:
    each = {"capture": "", "share": "", "op": " per operation"}[payload.per]
    whole = f"{weight(payload.before, payload.unit)} → {weight(payload.after, payload.unit)}"
    return f"{payload.labels[0]} → {payload.labels[1]}: {whole} {NAMES.get(payload.value, payload.value)}{each}"


def _columns(payload: ProfileDiffPayload) -> tuple[doc.Column, ...]:
    part = [doc.Column("of the change", drop=2)] if payload.per != "share" else []
    return (
        doc.Column("function", "left", flexible=True, path=True),
        doc.Column(payload.labels[0] if payload.labels[0] != payload.labels[1] else "before", flexible=True, path=True),
        doc.Column(payload.labels[1] if payload.labels[0] != payload.labels[1] else "after", flexible=True, path=True),
        doc.Column("change, points" if payload.per == "share" else "change"),
        doc.Column("interval", "left", drop=1),
        *part,
        doc.Column("", "left"),
        doc.Column("where", "left", drop=3, flexible=True, path=True),
    )


def _row(row: FunctionChange, payload: ProfileDiffPayload, *, folded: bool = False) -> doc.TableRow:
    tone: doc.Tone = ("bad" if row.change > 0 else "good") if row.sure else "muted"
    part = [] if payload.per == "share" else [doc.Cell(_percent(row.share_of_change), "muted")]
    return doc.TableRow(
        (
            doc.Cell(row.function, "strong" if row.sure else "plain"),
            doc.Cell(_value(row.before, payload)),
            doc.Cell(_value(row.after, payload)),
            doc.Cell(_signed(row.change, payload), tone),
            doc.Cell(_interval(row, payload), "muted"),
            *part,
            doc.Cell(_remark(row), "warn" if row.changed else "plain"),
            doc.Cell(f"{row.file}:{row.line}" if row.file and row.line else row.file, "muted"),
        ),
        folded=folded,
    )


def _value(value: float, payload: ProfileDiffPayload) -> str:
    if payload.per == "share":
        return share(value)
    return weight(value, payload.unit, max(payload.before, payload.after)) if value else "0"


def _signed(change: float, payload: ProfileDiffPayload) -> str:
    if payload.per == "share":
        return _points(change)
    if not change:
        return "0"
    whole = max(payload.before, payload.after)
    return f"{'+' if change > 0 else _MINUS}{weight(abs(change), payload.unit, whole)}"


def _interval(row: FunctionChange, payload: ProfileDiffPayload) -> str:
    if row.lo is None or row.hi is None:
        return ""
    if payload.per == "share":
        return f"[{_points(row.lo)}, {_points(row.hi)}]"
    return f"[{_signed(row.lo, payload)}, {_signed(row.hi, payload)}]"


def _points(fraction: float) -> str:
    """Return a difference of shares in points of a per cent: ``+12.3``, ``−0.42``."""
    size = abs(fraction) * 100
    text = f"{size:.1f}" if size >= 0.95 else f"{size:.2f}"
    if not float(text):
        return "0"
    return f"{'+' if fraction > 0 else _MINUS}{text}"


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{fraction:.0%}".replace("%", " %").replace("-", _MINUS)


def _remark(row: FunctionChange) -> str:
    if not row.before_total_share:
        return "only after"
    if not row.after_total_share:
        return "only before"
    return "code changed" if row.changed else ""


def _method(payload: ProfileDiffPayload) -> tuple[tuple[str, str], ...]:
    before, after = payload.captures
    items = (
        ("before", f"{payload.labels[0]}: {count(before, 'capture')}"),
        ("after", f"{payload.labels[1]}: {count(after, 'capture')}"),
        ("compared", f"own {NAMES.get(payload.value, payload.value)} {_PER[payload.per]}"),
        ("intervals", f"{payload.confidence:.0%} ".replace("%", " %") + _BASIS[payload.basis]
         if payload.basis != "none" else _BASIS["none"]),
        ("called a change", "when chance would do it in one comparison of "
         f"{1 / (1 - payload.confidence):.0f}, however many functions there are" if payload.basis != "none" else ""),
    )  # fmt: skip
    return tuple((name, text) for name, text in items if text)


PRESENT = present
