"""Fit a table into a width: drop columns in their stated order, then cut names, then stack the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.visible import cut, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.render import document as doc

Line = list[tuple[str, "doc.Tone"]]
GAP = "  "
MIN_NAME = 14


def table_lines(table: doc.Table, columns: int) -> Iterator[Line]:
    """Return the lines of ``table`` in at most ``columns`` characters, naming the columns that had to go."""
    if table.title:
        yield [(cut(visible(table.title), columns), "strong")]
    if not table.rows:
        yield [("(none)", "muted")]
        return
    grid = [[visible(c.text) for c in row.cells] for row in table.rows]
    titles = [visible(c.title) for c in table.columns]
    widths = [max(width(titles[i]), *(width(r[i]) for r in grid)) for i in range(len(titles))]
    kept = [i for i in range(len(titles)) if any(r[i] for r in grid)]
    dropped: list[int] = []
    while _total(widths, kept) > columns:
        candidates = [i for i in kept if table.columns[i].drop]
        if _fits_when_cut(table, widths, kept, columns) and not _worth_dropping(widths, kept, columns):
            break
        if not candidates:
            break
        worst = max(candidates, key=lambda i: (table.columns[i].drop, i))
        kept.remove(worst)
        dropped.append(worst)
    if _total(widths, kept) > columns:
        if not _fits_when_cut(table, widths, kept, columns):
            yield from _stacked(table, grid, titles, columns)
            return
        _shrink(table, widths, kept, columns)
    yield from _grid(table, grid, titles, widths, kept)
    if dropped:
        named = ", ".join(dict.fromkeys(titles[i] for i in sorted(dropped)))
        yield [(cut(f"(not shown in {columns} columns: {named})", columns), "muted")]


def _total(widths: list[int], kept: list[int]) -> int:
    return sum(widths[i] for i in kept) + len(GAP) * (len(kept) - 1)


def _cuttable(table: doc.Table, kept: list[int]) -> list[int]:
    return [i for i in kept if table.columns[i].align == "left"]


def _fits_when_cut(table: doc.Table, widths: list[int], kept: list[int], columns: int) -> bool:
    saved = sum(max(0, widths[i] - MIN_NAME) for i in _cuttable(table, kept))
    return _total(widths, kept) - saved <= columns


def _worth_dropping(widths: list[int], kept: list[int], columns: int) -> bool:
    # A name is cut rather than a column dropped only where the name is what makes the table wide.
    return _total(widths, kept) - columns > 0 and max(widths[i] for i in kept) <= columns // 2


def _shrink(table: doc.Table, widths: list[int], kept: list[int], columns: int) -> None:
    while _total(widths, kept) > columns:
        widest = max(_cuttable(table, kept), key=lambda i: widths[i])
        widths[widest] -= 1


def _grid(
    table: doc.Table, grid: list[list[str]], titles: list[str], widths: list[int], kept: list[int]
) -> Iterator[Line]:
    if any(titles[i] for i in kept):
        header = GAP.join(_pad(titles[i], widths[i], table.columns[i].align) for i in kept)
        yield [(header.rstrip(), "muted")]
    for row, texts in zip(table.rows, grid, strict=True):
        line: Line = []
        for index in kept:
            if line:
                line.append((GAP, "plain"))
            tone = row.cells[index].tone
            line.append((_pad(texts[index], widths[index], table.columns[index].align), tone))
        while line and not line[-1][0].strip():
            line.pop()
        if line:
            line[-1] = (line[-1][0].rstrip(), line[-1][1])
        yield line


def _pad(text: str, columns: int, align: str) -> str:
    text = cut(text, columns)
    space = " " * (columns - width(text))
    return space + text if align == "right" else text + space


def _stacked(table: doc.Table, grid: list[list[str]], titles: list[str], columns: int) -> Iterator[Line]:
    room = min(max(width(t) for t in titles[1:]), columns // 3) if len(titles) > 1 else 0
    for row, texts in zip(table.rows, grid, strict=True):
        yield [(cut(texts[0], columns), row.cells[0].tone)]
        for title, text, cell in zip(titles[1:], texts[1:], row.cells[1:], strict=True):
            if text:
                lead = "  " + _pad(cut(title, room), room, "left") + GAP
                yield [(lead, "muted"), (cut(text, columns - width(lead)), cell.tone)]
