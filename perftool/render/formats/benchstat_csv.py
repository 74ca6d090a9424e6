"""The CSV that benchstat prints, byte for byte, with its warnings by cell for standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.comparison import ComparisonPayload
from perftool.render.api import Format, RenderOptions
from perftool.render.benchstat_table import Body, body, key_lines
from perftool.units.plain import plain

if TYPE_CHECKING:
    from perftool.model.comparison import Table
    from perftool.model.report import Report


class _Sheet:
    """Lines written so far, and the warnings about their cells."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.warnings: list[str] = []
        self._row = 1

    def record(self, fields: list[str]) -> None:
        """Write one record, and count the physical lines that it takes."""
        line = ",".join(_quoted(field) for field in fields)
        self.lines.append(line + "\n")
        self._row += 1 + line.count("\n")

    def warn(self, column: int, warnings: tuple[str, ...]) -> None:
        """Note warnings about the cell in ``column`` (from 0) of the record to be written next."""
        self.warnings += [f"{_letters(column)}{self._row}: {warning}\n" for warning in warnings]


def render(report: Report, options: RenderOptions) -> str:
    """Return the tables of a comparison as benchstat writes them with ``-format csv``."""
    del options
    return "".join(_sheet(report).lines)


def messages(report: Report, options: RenderOptions) -> str:
    """Return what benchstat says on standard error: the faults of its inputs, then the warnings by cell."""
    del options
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    syntax = "".join(message + "\n" for message in payload.syntax_messages)
    return syntax + "".join(_sheet(report).warnings)


def _sheet(report: Report) -> _Sheet:
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    sheet = _Sheet()
    previous: Table | None = None
    for table in payload.tables:
        if previous is not None:
            sheet.record([""])
        for line in key_lines(table, previous):
            sheet.record([line])
        _table(sheet, table.unit, body(payload, table))
        previous = table
    return sheet


def _start(group: int) -> int:
    """Return the index of a column's centre."""
    return 1 if not group else 3 + 4 * (group - 1)


def _table(sheet: _Sheet, unit: str, content: Body) -> None:
    groups = len(content.headers)
    for values in zip(*content.headers, strict=True):
        header = [""] * _start(groups)
        for group, value in enumerate(values):
            header[_start(group)] = value
        sheet.record(header)
    units = ["", unit, "CI"]
    for _ in range(1, groups):
        units += [unit, "CI", "vs base", "P"]
    sheet.record(units)
    for label, cells in content.rows:
        record = [label]
        for group, cell in enumerate(cells):
            if cell is None:
                continue
            # Only what precedes a cell is padded, so records without later cells are shorter.
            record += [""] * (_start(group) - len(record))
            record += [plain(cell.center), cell.spread]
            sheet.warn(_start(group), cell.warnings)
            if cell.delta is not None:
                record += [cell.delta.text, cell.delta.p_text]
                sheet.warn(_start(group) + 2, (cell.delta.warning,) if cell.delta.warning else ())
        sheet.record(record)
    geomeans = ["geomean"]
    for group, mean in enumerate(content.means):
        geomeans += ["" if mean.center is None else plain(mean.center), ""]
        if mean.ratio is not None:
            geomeans += [mean.ratio, ""]
        sheet.warn(_start(group), mean.warnings)
    sheet.record(geomeans)


def _quoted(field: str) -> str:
    """Quote as Go's encoding/csv does, which leaves an empty field bare and quotes a leading space."""
    if not field:
        return field
    starts_blank = field[0].isspace() and field[0] not in "\x1c\x1d\x1e\x1f"  # Go does not call these white space
    if field == r"\." or starts_blank or any(character in field for character in ',"\r\n'):
        return '"' + field.replace('"', '""') + '"'
    return field


def _letters(column: int) -> str:
    """Return benchstat's letters of a column from 0; wrong beyond Z: 26 is BA where a spreadsheet says AA."""
    letters = chr(ord("A") + column % 26)
    while column >= 26:
        column //= 26
        letters = chr(ord("A") + column % 26) + letters
    return letters


FORMAT = Format(name="benchstat-csv", suffixes=(), kinds=frozenset({"compare"}), render=render, messages=messages)
