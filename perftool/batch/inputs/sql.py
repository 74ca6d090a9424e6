"""SQL text, cut at its own statement ends: files, folders of them, a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.batch.api import Input, ReadOptions, Record
from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _read(path: Path, name: str, options: ReadOptions) -> Iterator[Record]:
    try:
        with options.tap.source(path, name) as source:
            for one in source.statements(options.dialect, max_statement=options.max_statement):
                problem = "" if one.text is not None else f"is longer than {options.max_statement:,} bytes"
                yield Record(one.text, name, one.line, problem=problem)
    except InputError as error:
        yield Record(None, name, problem=error.message)


INPUT = Input("sql", (".sql",), _read)
