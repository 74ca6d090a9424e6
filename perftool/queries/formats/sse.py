"""Server-sent events: each row the data of a message, then an event "end", or "error" where the stream broke."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.queries.format import Format
from perftool.queries.json_frames import lines, terminated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row


def _events(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rows = 0
    for piece in pieces:
        rows += piece.count(b"\n")
        yield b"data: " + piece[:-1].replace(b"\n", b"\n\ndata: ") + b"\n\n"
    yield b"event: end\ndata: " + msgspec.json.encode({"rows": rows}) + b"\n\n"


def _rows(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    return _events(lines(columns, chunks))


def _copied(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return _events(terminated(pieces))


def _broken(message: str, rows: int) -> bytes:
    return b"event: error\ndata: " + msgspec.json.encode({"error": message, "rows": rows}) + b"\n\n"


FORMAT = Format(
    name="sse",
    suffixes=(".sse",),
    summary="server-sent events, a row each",
    rows=_rows,
    copies="ndjson",
    copied=_copied,
    broken=_broken,
)
