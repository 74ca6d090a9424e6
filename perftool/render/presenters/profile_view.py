"""Present a capture as it is read: the heaviest functions, the call tree, source lines, callers and callees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.profile_view import ProfileViewPayload
from perftool.render import document as doc
from perftool.render.figures import count
from perftool.render.notes import Notes
from perftool.render.profile_source import listing_blocks, peek_blocks
from perftool.render.profile_tables import NAMES, listed, shown_of, top_table
from perftool.render.profile_tree import tree_table
from perftool.units.display import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, options: RenderOptions) -> doc.Document:  # noqa: ARG001
    """Turn a view of a capture into a document."""
    payload = report.payload
    assert isinstance(payload, ProfileViewPayload)
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline, payload.name)]
    if payload.selection:
        blocks.append(doc.Note("only " + "; ".join(payload.selection), "muted"))
    blocks += _views(payload)
    blocks.append(doc.Section("how it was taken", (doc.KeyValues(_method(payload)),)))
    blocks += Notes(report.warnings).footnotes()
    return doc.Document("perftool profile view", tuple(blocks))


def _views(payload: ProfileViewPayload) -> Iterator[doc.Block]:
    if payload.top is not None:
        rows = len(payload.top.rows)
        yield top_table(payload.top, most=rows)
        if payload.top.rest or len(listed(payload.top, rows)) < rows:
            yield doc.Note(shown_of(payload.top, rows), "muted")
    if payload.tree is not None:
        yield tree_table(payload.tree, payload.unit, payload.whole)
    for listing in payload.listings:
        yield from listing_blocks(listing, payload.unit, payload.whole)
    for peek in payload.peeks:
        yield from peek_blocks(peek, payload.unit, payload.whole)
    if payload.more:
        yield doc.Note(f"{count(payload.more, 'more function')} matched: name one more closely, or --rows N", "muted")


def _method(payload: ProfileViewPayload) -> tuple[tuple[str, str], ...]:
    others = [kind for kind in payload.values if kind != payload.value]
    items = [
        ("engine", payload.engine),
        ("duration", format_duration(payload.duration_s) if payload.duration_s else ""),
        ("also holds", ", ".join(f"{NAMES.get(kind, kind)} (--value {kind})" for kind in others)),
        *sorted(payload.facts.items()),
    ]
    return tuple((name, value) for name, value in items if value)


PRESENT = present
