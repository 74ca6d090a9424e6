"""The text that benchstat prints, byte for byte, its errors included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.comparison import ComparisonPayload
from perftool.render.api import Format, RenderOptions
from perftool.render.benchstat_layout import Grid
from perftool.render.benchstat_table import Body, Mean, Sampled, body, key_lines
from perftool.units.scale import Scale, common_scale
from perftool.units.unit import is_binary

if TYPE_CHECKING:
    from perftool.model.comparison import Table
    from perftool.model.report import Report

_BAR: Final = " │ "
_SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Physical columns of a column: centre, spread, marks; from the second on also change, p and n, marks.
_FIRST: Final = 3
_OTHER: Final = 6


def render(report: Report, options: RenderOptions) -> str:
    """Return the tables of a comparison as benchstat prints them; no option of perftool's changes them."""
    del options
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    pieces: list[str] = []
    previous: Table | None = None
    for table in payload.tables:
        if previous is not None:
            pieces.append("\n")
        pieces += [line + "\n" for line in key_lines(table, previous)]
        pieces.append(_table(table, body(payload, table)))
        previous = table
    return "".join(pieces)


def messages(report: Report, options: RenderOptions) -> str:
    """Return what benchstat says on standard error: the faults of its inputs."""
    del options
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    return "".join(message + "\n" for message in payload.syntax_messages)


class _Footnotes:
    """Warnings of one table, numbered as they are first used."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def marks(self, warnings: tuple[str, ...]) -> str:
        return " ".join(_superscript(self._numbers.setdefault(w, len(self._numbers) + 1)) for w in warnings)

    def lines(self) -> str:
        return "".join(f"{_superscript(number)} {warning}\n" for warning, number in self._numbers.items())


def _superscript(number: int) -> str:
    return str(number).translate(_SUPERSCRIPTS)


def _start(group: int) -> int:
    """Return the first physical column of a column."""
    return 1 if not group else 1 + _FIRST + _OTHER * (group - 1)


def _end(group: int) -> int:
    return _start(group + 1)


def _table(table: Table, content: Body) -> str:
    groups = len(content.headers)
    edge = _end(groups - 1)
    starts = {_start(group) for group in range(groups)}
    grid = Grid(edge + 1, frozenset(range(1, edge)) - starts)
    notes = _Footnotes()
    row = _headers(grid, content, edge)
    _units(grid, row, table.unit, groups, edge)
    binary = is_binary(table.unit)
    for label, cells in content.rows:
        row += 1
        grid.add(row, 0, label)
        scale = common_scale([cell.center for cell in cells if cell is not None], binary)
        for group, cell in enumerate(cells):
            if cell is not None:
                _sampled(grid, row, _start(group), cell, scale, notes)
    if len(content.rows) >= 2:
        row += 1
        grid.add(row, 0, "geomean")
        for group, mean in enumerate(content.means):
            _mean(grid, row, group, mean, binary, notes)
    return grid.lines() + notes.lines()


def _headers(grid: Grid, content: Body, edge: int) -> int:
    """Add a row for each header field, equal neighbours as one cell; return the next row."""
    fields = len(content.headers[0])
    for field in range(fields):
        group = 0
        while group < len(content.headers):
            last = group
            while last + 1 < len(content.headers) and (
                content.headers[last + 1][: field + 1] == content.headers[group][: field + 1]
            ):
                last += 1
            text = content.headers[group][field]
            span = _end(last) - _start(group)
            grid.add(field, _start(group), text, margin=_BAR, align="center", span=span)
            group = last + 1
        grid.add(field, edge, "", margin=_BAR.rstrip())
    return fields


def _units(grid: Grid, row: int, unit: str, groups: int, edge: int) -> None:
    for group in range(groups):
        grid.add(row, _start(group), unit, margin=_BAR, align="center", span=_FIRST)
        if group:
            grid.add(row, _start(group) + _FIRST, "vs base", margin="  ", span=_FIRST)
    grid.add(row, edge, "", margin=_BAR.rstrip())


def _sampled(grid: Grid, row: int, start: int, cell: Sampled, scale: Scale, notes: _Footnotes) -> None:
    grid.add(row, start, scale.format(cell.center), align="right")
    grid.add(row, start + 1, cell.spread, margin=" ± ", align="right")
    grid.add(row, start + 2, notes.marks(cell.warnings))
    if cell.delta is not None:
        grid.add(row, start + 3, cell.delta.text, align="right")
        grid.add(row, start + 4, f"({cell.delta.p_text})")
        grid.add(row, start + 5, notes.marks((cell.delta.warning,) if cell.delta.warning else ()))


def _mean(grid: Grid, row: int, group: int, mean: Mean, binary: bool, notes: _Footnotes) -> None:
    start = _start(group)
    if mean.center is not None:
        grid.add(row, start, common_scale([mean.center], binary).format(mean.center), align="right")
    if mean.ratio is not None:
        grid.add(row, start + 3, mean.ratio, align="left" if mean.ratio == "?" else "right")
    grid.add(row, _end(group) - 1, notes.marks(mean.warnings))


FORMAT = Format(name="benchstat", suffixes=(), kinds=frozenset({"compare"}), render=render, messages=messages)
