"""Present the statements of SQL files: what each is, what it uses, what could not be analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.listing import InspectPayload
from perftool.render import document as doc

if TYPE_CHECKING:
    from perftool.model.listing import InspectedStatement
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn an inspection into a document."""
    payload = report.payload
    assert isinstance(payload, InspectPayload)
    columns = [
        doc.Column("place", "left", flexible=True, path=True),
        doc.Column("kind", "left"),
        doc.Column("digest", "left", drop=2),
        doc.Column("tokens", drop=3),
        doc.Column("tables", "left", drop=1, flexible=True),
    ]
    if options.verbose:
        columns.append(doc.Column("columns", "left", drop=4, flexible=True))
    good = [s for s in payload.statements if s.error is None]
    rows = tuple(_row(s, verbose=options.verbose) for s in good)
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline)]
    blocks.append(doc.Heading(f"{payload.files:,} files, dialect {payload.dialect or 'any'}"))
    if rows:
        blocks.append(doc.Table(tuple(columns), rows))
    failed = [s for s in payload.statements if s.error is not None]
    if failed:
        items = tuple(doc.Item(f"{place(s)}: {s.error}", "✗", "bad") for s in failed)
        blocks.append(doc.Items(items, "not analysed"))
    fingerprints = tuple((place(s), s.fingerprint) for s in good if s.fingerprint)
    if fingerprints:
        blocks.append(doc.Section("fingerprints", (doc.KeyValues(fingerprints),), detail=False))
    if report.warnings:
        items = tuple(
            doc.Item(
                f"{w.subject}: {w.message}" if w.subject and w.subject not in w.message else w.message, "⚠", "warn"
            )
            for w in report.warnings
        )
        blocks.append(doc.Footnotes(items))
    return doc.Document("perftool inspect", tuple(blocks))


def place(statement: InspectedStatement) -> str:
    """Return where a statement begins: ``path:line``."""
    return f"{statement.path}:{statement.line}"


def _row(statement: InspectedStatement, *, verbose: bool) -> doc.TableRow:
    cells = [
        doc.Cell(place(statement)),
        doc.Cell(statement.kind),
        doc.Cell(statement.digest or "", "muted"),
        doc.Cell("" if statement.tokens is None else f"{statement.tokens:,}"),
        doc.Cell(", ".join(statement.tables)),
    ]
    if verbose:
        cells.append(doc.Cell(", ".join(statement.columns)))
    return doc.TableRow(tuple(cells))


PRESENT = present
