"""A JSON array of objects, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.queries.format import Format
from perftool.queries.json_frames import lines, terminated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row


def _array(pieces: Iterable[bytes]) -> Iterator[bytes]:
    lead = b"[\n"
    for piece in pieces:
        # A line's end never stands inside JSON text but between objects.
        yield lead + piece[:-1].replace(b"\n", b",\n")
        lead = b",\n"
    yield b"[]\n" if lead == b"[\n" else b"\n]\n"


def _rows(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    return _array(lines(columns, chunks))


def _copied(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return _array(terminated(pieces))


def _broken(message: str, rows: int) -> bytes:
    """End the array, so that it can be read, by an element that no reader takes for a row."""
    lead = b",\n" if rows else b"[\n"
    return lead + msgspec.json.encode({"$error": message, "$rows": rows}) + b"\n]\n"


FORMAT = Format(
    name="json",
    suffixes=(".json",),
    summary="one JSON array of objects",
    rows=_rows,
    copies="ndjson",
    copied=_copied,
    broken=_broken,
)
