"""Lines of a byte stream in batches, with a bound on the length of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.compare.api import Imported

LINE_LIMIT: Final = 65_536
_CHUNK_BYTES: Final = 65_536


class LineTooLongError(InputError):
    """A line of an input is too long to be a result.

    ``last_line`` is the number of the last whole line; ``before`` what was read up to there.
    """

    def __init__(self, name: str, last_line: int) -> None:
        super().__init__(
            f"{name}:{last_line + 1}: the line has {LINE_LIMIT:,} bytes or more",
            hint="benchmark text has one short line a result: is this the right file?",
        )
        self.name = name
        self.last_line = last_line
        self.before: Imported | None = None


def batches(stream: BinaryIO, name: str) -> Iterator[list[bytes]]:
    """Yield the lines of ``stream`` without their line feeds, many at a time; ``name`` is for messages.

    raises: LineTooLongError before more than a line's limit is held.
    cost: one chunk and its lines at a time, whatever the size of the stream.
    """
    rest = b""
    count = 0
    while chunk := stream.read(_CHUNK_BYTES):
        lines = chunk.split(b"\n")
        # Only the joined first line can reach the limit: the others lie inside one chunk.
        lines[0] = rest + lines[0]
        rest = lines.pop()
        if lines and len(lines[0]) >= LINE_LIMIT:
            raise LineTooLongError(name, count)
        if lines:
            count += len(lines)
            yield lines
        if len(rest) >= LINE_LIMIT:
            raise LineTooLongError(name, count)
    if rest:
        yield [rest]
