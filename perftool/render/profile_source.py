"""A profiled function with its source, and one between its callers and what it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.profile_tables import share, weight, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.profile import FunctionRow
    from perftool.model.profile_view import Edge, Listing, Peek

#: A share of the function from which a line is marked.
_HOT: Final = 0.1
_NOTHING: Final = "·"


def listing_blocks(listing: Listing, unit: str, whole: float) -> Iterator[doc.Block]:
    """Yield a function and its lines: own, with what they call, number, text; those that weigh much marked."""
    yield doc.Heading(_named(listing.row), _weighed(listing.row, unit, whole))
    if listing.note:
        yield doc.Note(listing.note, "warn")
    yield doc.Snippet("\n".join(_lines(listing, unit, whole)))


def _lines(listing: Listing, unit: str, whole: float) -> Iterator[str]:
    yield f"{'own':>9} {'total':>9}"
    for one in listing.lines:
        if one.gap:
            yield f"{'':>9} {'':>9}   {'⋮':>5}"
        hot = listing.row.total and (one.total or 0.0) >= _HOT * listing.row.total
        number = f"{one.line:>5}" if one.line else "    ?"
        yield (
            f"{_cell(one.own, unit, whole):>9} {_cell(one.total, unit, whole):>9} {'>' if hot else ' '} {number}  "
            + (one.text.expandtabs(4).rstrip() if one.line else "(line not known)")
        )


def _cell(value: float | None, unit: str, whole: float) -> str:
    if value is None:
        return ""
    return weight(value, unit, whole) if value else _NOTHING


def peek_blocks(peek: Peek, unit: str, whole: float) -> Iterator[doc.Block]:
    """Yield a function, who calls it and what it calls."""
    yield doc.Heading(_named(peek.row), _weighed(peek.row, unit, whole))
    columns = (
        doc.Column("", "left"),
        doc.Column("share"),
        doc.Column("weight"),
        doc.Column("function", "left", flexible=True, path=True),
        doc.Column("where", "left", drop=1, flexible=True, path=True),
    )
    own = peek.row.own / peek.row.total if peek.row.total else 0.0
    rows = [
        *(_edge(one, "from", unit, whole) for one in peek.callers),
        doc.TableRow(
            (
                doc.Cell("itself", "strong"),
                doc.Cell(share(own), "strong"),
                doc.Cell(weight(peek.row.own, unit, whole), "strong"),
                doc.Cell(peek.row.function, "strong"),
                doc.Cell(where(peek.row), "muted"),
            )
        ),
        *(_edge(one, "calls", unit, whole) for one in peek.callees),
    ]
    yield doc.Table(columns, tuple(rows))


def _edge(one: Edge, role: str, unit: str, whole: float) -> doc.TableRow:
    return doc.TableRow(
        (
            doc.Cell(role, "muted"),
            doc.Cell(share(one.share)),
            doc.Cell(weight(one.weight, unit, whole), "muted"),
            doc.Cell(one.function, "warn" if one.kind == "marker" else "plain"),
            doc.Cell(where(one), "muted"),
        )
    )


def _named(row: FunctionRow) -> str:
    place = where(row)
    return f"{row.function}  {place}" if place else row.function


def _weighed(row: FunctionRow, unit: str, whole: float) -> str:
    own = f"own {weight(row.own, unit, whole)} ({share(row.own_share)})"
    return f"{own}, total {weight(row.total, unit, whole)} ({share(row.total_share)})"
