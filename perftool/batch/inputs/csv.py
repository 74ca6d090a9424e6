"""CSV with a header line: the statement stands in one of its columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from perftool.batch.api import Input, ReadOptions, Record
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LARGEST: Final = 64 << 20
_LONGEST_HINT: Final = 200


def _read(path: Path, name: str, options: ReadOptions) -> Iterator[Record]:
    csv.field_size_limit(_LARGEST)
    try:
        # Strict: else a quote that is never closed would make one statement of all that follows.
        with io.TextIOWrapper(
            options.tap.open(path), encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as file:
            yield from _rows(csv.reader(file, delimiter=_separator(name), strict=True), name, options)
    except OSError as error:
        yield Record(None, name, problem=f"cannot be read: {(error.strerror or str(error)).lower()}")


def _separator(name: str) -> str:
    return "\t" if name.lower().endswith(".tsv") else ","


def _rows(reader: Any, name: str, options: ReadOptions) -> Iterator[Record]:
    column, own = None, None
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(None, name, line, problem=f"is no CSV: {error}"[:200])
            continue
        if column is None:
            column, own = _places(row, name, options)
        elif row:
            yield _record(row, column, own, name, line, options)


def _places(header: list[str], name: str, options: ReadOptions) -> tuple[int, int | None]:
    if options.column not in header:
        names = ", ".join(header[:10])[:_LONGEST_HINT]
        raise UsageError(f"{name} has no column {options.column!r}", hint=f"--column, one of: {names}")
    return header.index(options.column), header.index(options.id) if options.id in header else None


def _record(row: list[str], column: int, own: int | None, name: str, line: int, options: ReadOptions) -> Record:
    given = row[own] if own is not None and own < len(row) else None
    if column >= len(row):
        return Record(None, name, line, given, "is a row that ends before the column")
    if len(row[column]) > options.max_statement:
        return Record(None, name, line, given, f"is longer than {options.max_statement:,} bytes")
    return Record(row[column], name, line, given)


INPUT = Input("csv", (".csv", ".tsv"), _read)
