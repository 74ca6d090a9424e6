"""What connection pools did, as a table, and what is alarming about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render import document as doc
from perftool.units.display import format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.database import PoolFigures, Spread


def figures_table(pools: Sequence[PoolFigures]) -> doc.Table:
    """Return a row for each pool: its size, what it gave out, how long that was waited for and held."""
    unlike = len({one.digest for one in pools}) > 1
    columns = (
        doc.Column("pool", "left"),
        *([doc.Column("settings", "left", drop=4)] if unlike else []),
        doc.Column("size"),
        doc.Column("checkouts"),
        doc.Column("opened", drop=1),
        doc.Column("wait p50"),
        doc.Column("p95"),
        doc.Column("p99", drop=3),
        doc.Column("max", drop=2),
        doc.Column("hold p95"),
        doc.Column("most in use", drop=3),
    )
    return doc.Table(columns, tuple(_row(one, unlike=unlike) for one in pools))


def _row(one: PoolFigures, *, unlike: bool) -> doc.TableRow:
    settings = one.settings
    size = f"{settings.maximum:,}" + (f" + {settings.overflow:,}" if settings.overflow else "")
    cells = [
        one.name,
        *([one.digest] if unlike else []),
        size,
        f"{one.checkouts:,}",
        f"{one.created:,}",
        *_times(one.wait),
        "" if one.hold is None else format_duration(one.hold.p95),
        f"{one.most_in_use:,}",
    ]
    return doc.TableRow(tuple(doc.Cell(text) for text in cells))


def _times(spread: Spread | None) -> list[str]:
    if spread is None:
        return [""] * 4
    return [format_duration(value) for value in (spread.p50, spread.p95, spread.p99, spread.maximum)]


def alarms(pools: Sequence[PoolFigures]) -> list[doc.Block]:
    """Return what is alarming, and for each connection that was not given back who took it; [] where nothing is."""
    items = [doc.Item(f"{one.name}: {text}", "⚠", "warn") for one in pools for text in one.alarms]
    blocks: list[doc.Block] = [doc.Items(tuple(items))] if items else []
    for one in pools:
        for leak in one.leaks:
            held = f"held for {format_duration(leak.held_s)}"
            taken = [doc.Item(line) for line in reversed(leak.stack)]
            who = f", taken by {leak.thread}" if leak.thread else ""
            blocks.append(doc.Items(tuple(taken), f"{one.name}: a connection {held}{who}, innermost call first"))
    return blocks
