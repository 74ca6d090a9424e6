"""Lines of JSON, one object each, from rows or from an engine: the stuff of NDJSON, JSON arrays and event streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.queries.written_values import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row


def lines(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """Yield chunks of rows as lines of JSON."""
    writer = Lines(columns)
    for chunk in chunks:
        if chunk:
            yield writer.encode(chunk)


def terminated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines, the last with its end too where the engine left that out."""
    for piece in pieces:
        if piece:
            yield piece if piece.endswith(b"\n") else piece + b"\n"
