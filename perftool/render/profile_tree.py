"""A call tree as a table, its rows hung on lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.profile_tables import share as portion
from perftool.render.profile_tables import short, tone, weight, where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.profile_view import CallRow

# Spaces that break no line are kept by Markdown and HTML too.
_OPEN: Final = "│\u00a0"
_BLANK: Final = "\u00a0\u00a0"
_INNER: Final = "├\u00a0"
_LAST: Final = "└\u00a0"
#: Levels beyond these are not moved further to the right.
_DEEPEST: Final = 20


def tree_table(rows: Sequence[CallRow], unit: str, whole: float) -> doc.Table:
    """Return a call tree: total and own of every row, and the function, below its caller; ``whole`` weighs all."""
    columns = (
        doc.Column("total"),
        doc.Column("", drop=2),
        doc.Column("own"),
        doc.Column("function", "left", flexible=True),
        doc.Column("where", "left", drop=3, flexible=True, path=True),
    )
    return doc.Table(
        columns,
        tuple(_row(one, lead, unit, whole) for one, lead in zip(rows, leads([r.depth for r in rows]), strict=True)),
    )


def leads(depths: Sequence[int]) -> list[str]:
    """Return what stands before the rows of a tree with these depths, callers first."""
    made: list[str] = []
    following: set[int] = set()
    for depth in reversed(depths):
        shown = min(depth, _DEEPEST)
        before = "".join(_OPEN if level in following else _BLANK for level in range(1, shown))
        made.append(before + (_INNER if depth in following else _LAST) if depth else "")
        following = {level for level in following if level < depth} | {depth}
    return made[::-1]


def _row(one: CallRow, lead: str, unit: str, whole: float) -> doc.TableRow:
    shade = tone(one.row, one.row.total_share)
    return doc.TableRow(
        (
            doc.Cell(portion(one.row.total_share), shade),
            doc.Cell(weight(one.row.total, unit, whole), "muted"),
            doc.Cell(portion(one.row.own_share) if one.row.own else "", "muted"),
            doc.Cell(lead + short(one.row) + _aside(one), shade),
            doc.Cell(where(one.row), "muted"),
        )
    )


def _aside(one: CallRow) -> str:
    parts = []
    if one.folded:
        through = ", ".join(one.through[:3]) + ("…" if len(one.through) > 3 else "")
        parts.append(f"via {one.folded}" + (f" of {through}" if through else ""))
    if one.below:
        parts.append(f"{one.below} below")
    return f"  ({'; '.join(parts)})" if parts else ""
