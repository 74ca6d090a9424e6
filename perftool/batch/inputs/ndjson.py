"""NDJSON: one JSON object a line, with the statement in one of its fields; or one JSON string a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from perftool.batch.api import Input, ReadOptions, Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOM: Final = 1 << 16
"""Bytes that a line may take beside its statement, twice over: escapes make that up to six times as long."""


def _read(path: Path, name: str, options: ReadOptions) -> Iterator[Record]:
    longest = 6 * options.max_statement + _ROOM
    try:
        with options.tap.open(path) as file:
            number = 0
            while line := file.readline(longest):
                number += 1
                if len(line) == longest and not line.endswith(b"\n"):
                    yield Record(None, name, number, problem=f"is a line of more than {longest:,} bytes")
                    while (rest := file.readline(longest)) and not rest.endswith(b"\n"):
                        pass
                elif line.strip():
                    yield _record(line, name, number, options)
    except OSError as error:
        yield Record(None, name, problem=f"cannot be read: {(error.strerror or str(error)).lower()}")


def _record(line: bytes, name: str, number: int, options: ReadOptions) -> Record:
    try:
        found: Any = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Record(None, name, number, problem=f"is no JSON: {error}"[:200])
    if isinstance(found, str):
        return Record(found, name, number)
    if not isinstance(found, dict):
        return Record(None, name, number, problem="is neither a JSON object nor a string")
    given = found.get(options.id)
    own = given if isinstance(given, (str, int)) and not isinstance(given, bool) else None
    text = found.get(options.field)
    if isinstance(text, str):
        if len(text) > options.max_statement:
            return Record(None, name, number, own, f"is longer than {options.max_statement:,} bytes")
        return Record(text, name, number, own)
    problem = f"has no field {options.field!r}" if text is None else f"the field {options.field!r} is no text"
    return Record(None, name, number, own, problem)


INPUT = Input("ndjson", (".ndjson", ".jsonl"), _read)
