"""The results of a batch as lines of a file: NDJSON or CSV, written as they come."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, Protocol

import msgspec

from perftool.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Status = Literal["ok", "failed", "timeout", "killed", "memory", "unreadable"]

_FLUSH_EVERY_S: Final = 0.5
_BUFFER: Final = 1 << 17


class Line(msgspec.Struct, frozen=True, gc=False):
    """What came of one item; ``number`` counts all of the input from 0.

    ``digest`` names its text and the operation. ``error_line`` and ``error_column`` are places in its text, from 1,
    0 where unknown. ``seconds`` is the wall time of its last attempt, 0 where an equal one had been worked
    (``repeated``).
    """

    number: int
    id: str | int | None
    path: str
    line: int
    status: Status
    result: msgspec.Raw | None
    error: str
    error_line: int
    error_column: int
    seconds: float
    cpu_seconds: float
    bytes: int
    attempts: int
    repeated: bool
    digest: str


class Form(Protocol):
    """How lines are written."""

    def head(self) -> bytes:
        """Return what comes before all lines."""

    def line(self, line: Line) -> bytes:
        """Return one line with its end."""


class Ndjson:
    """One JSON object a line."""

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode

    def head(self) -> bytes:
        """Return nothing."""
        return b""

    def line(self, line: Line) -> bytes:
        """Return one line with its end."""
        try:
            return self._encode(line) + b"\n"
        except UnicodeEncodeError:
            # Names of files and identifiers may hold bytes that are no UTF-8.
            return self._encode(_readable(line)) + b"\n"


FIELDS: Final = tuple(name for name in Line.__struct_fields__ if name != "result")
_BEFORE: Final = FIELDS.index("error")


class Csv:
    """A header, then one row an item; the operation's ``columns`` stand where NDJSON has ``result``."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._out = io.StringIO(newline="")
        self._writer = csv.writer(self._out, lineterminator="\n")

    @property
    def width(self) -> int:
        """Return the number of cells in a row."""
        return len(FIELDS) + len(self._columns)

    def head(self) -> bytes:
        """Return the header."""
        return self._row([*FIELDS[:_BEFORE], *self._columns, *FIELDS[_BEFORE:]])

    def line(self, line: Line) -> bytes:
        """Return one row."""
        result = msgspec.json.decode(line.result) if line.result is not None else {}
        cells = [_cell(getattr(line, name)) for name in FIELDS]
        own = [_cell(result.get(name)) for name in self._columns]
        return self._row([*cells[:_BEFORE], *own, *cells[_BEFORE:]])

    def _row(self, cells: Sequence[str]) -> bytes:
        self._out.seek(0)
        self._out.truncate()
        self._writer.writerow(cells)
        return self._out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return msgspec.json.encode(value).decode() if isinstance(value, (list, dict)) else str(value)


def _readable(line: Line) -> Line:
    changes = {
        name: value.encode("utf-8", "replace").decode()
        for name in ("id", "path", "error")
        if isinstance(value := getattr(line, name), str)
    }
    return msgspec.structs.replace(line, **changes)


class Sink:
    """Writes lines to ``file`` in large pieces, but lets none wait for longer than half a second.

    ``fresh``: nothing stands in the file yet, so the head is written first.
    raises: OutputError when ``name`` cannot be written; a closed pipe stays a BrokenPipeError.
    """

    def __init__(self, file: BinaryIO, form: Form, *, name: str, fresh: bool = True) -> None:
        self._file = file
        self._name = name
        self._form = form
        self._waiting = bytearray(form.head() if fresh else b"")
        self._written_at = time.monotonic()

    def write(self, line: Line, now: float) -> int:
        """Take one line; return its bytes."""
        data = self._form.line(line)
        self._waiting += data
        if len(self._waiting) >= _BUFFER:
            self.flush()
        else:
            self.tick(now)
        return len(data)

    def tick(self, now: float) -> None:
        """Write what waits if it has waited for long, ``now`` by a rising clock."""
        if now - self._written_at >= _FLUSH_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        view, done = memoryview(bytes(self._waiting)), 0
        self._waiting.clear()
        try:
            while done < len(view):
                done += self._file.write(view[done:]) or 0
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"cannot write {self._name}: {(error.strerror or str(error)).lower()}") from error
        self._written_at = time.monotonic()
