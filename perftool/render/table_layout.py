"""Fit a table into a width: cut names a little, drop columns in their stated order, cut more, stack the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.visible import cut, cut_inside, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.render import document as doc

Line = list[tuple[str, "doc.Tone"]]
GAP = "  "
# Names are cut to the first before a column goes, and to the second before the cells are stacked.
READABLE, LEAST = 26, 12


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
    while _least_total(table, widths, kept, READABLE) > columns and any(table.columns[i].drop for i in kept):
        worst = max(kept, key=lambda i: (table.columns[i].drop, i))
        kept.remove(worst)
        dropped.append(worst)
    if _least_total(table, widths, kept, LEAST) > columns:
        yield from _stacked(table, grid, titles, columns)
        return
    _shrink(table, widths, kept, columns)
    yield from _grid(table, grid, titles, widths, kept)
    if dropped:
        named = ", ".join(dict.fromkeys(titles[i] for i in sorted(dropped)))
        yield [(cut(f"(not shown in {columns} columns: {named})", columns), "muted")]


def _total(widths: list[int], kept: list[int]) -> int:
    return sum(widths[i] for i in kept) + len(GAP) * (len(kept) - 1)


def _least_total(table: doc.Table, widths: list[int], kept: list[int], floor: int) -> int:
    return _total([min(w, floor) if c.flexible else w for w, c in zip(widths, table.columns, strict=True)], kept)


def _shrink(table: doc.Table, widths: list[int], kept: list[int], columns: int) -> None:
    while _total(widths, kept) > columns:
        widest = max((i for i in kept if table.columns[i].flexible), key=lambda i: widths[i])
        widths[widest] -= 1


def _grid(
    table: doc.Table, grid: list[list[str]], titles: list[str], widths: list[int], kept: list[int]
) -> Iterator[Line]:
    if any(titles[i] for i in kept):
        header = GAP.join(_pad(titles[i], widths[i], table.columns[i]) for i in kept)
        yield [(header.rstrip(), "muted")]
    middle = {i for i in kept if table.columns[i].flexible and _alike([row[i] for row in grid], widths[i])}
    for row, texts in zip(table.rows, grid, strict=True):
        line: Line = []
        for index in kept:
            if line:
                line.append((GAP, "plain"))
            tone = row.cells[index].tone
            text = cut_inside(texts[index], widths[index]) if index in middle else texts[index]
            line.append((_pad(text, widths[index], table.columns[index]), tone))
        while line and not line[-1][0].strip():
            line.pop()
        if line:
            line[-1] = (line[-1][0].rstrip(), line[-1][1])
        yield line


def _alike(texts: list[str], columns: int) -> bool:
    """Say whether cutting their ends makes names equal that are not: they differ at the end then."""
    different = set(texts)
    return len({cut(text, columns) for text in different}) < len(different)


def _pad(text: str, columns: int, column: doc.Column) -> str:
    text = cut(text, columns, front=column.path)
    space = " " * (columns - width(text))
    return space + text if column.align == "right" else text + space


def _stacked(table: doc.Table, grid: list[list[str]], titles: list[str], columns: int) -> Iterator[Line]:
    room = min(max(width(t) for t in titles[1:]), columns // 3) if len(titles) > 1 else 0
    for row, texts in zip(table.rows, grid, strict=True):
        yield [(cut(texts[0], columns), row.cells[0].tone)]
        for title, text, cell in zip(titles[1:], texts[1:], row.cells[1:], strict=True):
            if text:
                name = cut(title, room)
                lead = "  " + name + " " * (room - width(name)) + GAP
                yield [(lead, "muted"), (cut(text, columns - width(lead)), cell.tone)]
