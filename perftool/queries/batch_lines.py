"""Results of a batch as lines of NDJSON, written as they come or in the order of the input."""

from __future__ import annotations

import io
import tempfile
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec

from perftool.errors import OutputError
from perftool.queries.written_values import json_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.databases.api import Column, Row
    from perftool.model.database import QueryStatus

#: Rows of one result beyond these bytes wait in a file, not in memory.
HELD: Final = 1 << 20
#: Results that wait for one before them when they are written in the order of the input.
AHEAD: Final = 1024
_BUFFER: Final = 1 << 16
_FLUSH_EVERY_S: Final = 0.5
_PATIENCE_S: Final = 2.0


class Line(msgspec.Struct, frozen=True, gc=False, omit_defaults=False):
    """What came of one query: ``number`` counts the input from 1, ``bytes`` are its rows as JSON, times in seconds."""

    number: int
    id: str
    source: str
    status: QueryStatus
    rows: int = 0
    affected: int | None = None
    bytes: int = 0
    wait_s: float = 0.0
    execution_s: float = 0.0
    retries: int = 0
    error: str = ""
    code: str = ""


class Rows:
    """The rows of one result as JSON arrays with commas between, in memory or beyond ``HELD`` in a file."""

    def __init__(self) -> None:
        self._file: Any = tempfile.SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115 - closed when it is written
        self.columns: tuple[Column, ...] = ()
        self.size = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Take some more rows."""
        if not rows:
            return
        data = _ENCODER.encode([[json_value(value) for value in row] for row in rows])[1:-1]
        self._file.write(b"," + data if self.size else data)
        self.size += len(data) + 1

    def clear(self) -> None:
        """Forget all rows: the query begins again."""
        self._file.seek(0)
        self._file.truncate()
        self.size = 0

    def pieces(self) -> Any:
        """Yield what was taken."""
        self._file.seek(0)
        while piece := self._file.read(_BUFFER):
            yield piece

    def close(self) -> None:
        """Let go of the memory or the file."""
        self._file.close()


_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


class Sink:
    """Writes lines to ``file``, many at a time, but none later than half a second; for many threads.

    ``ordered`` holds each back until those before it are written. ``file`` None takes them and writes nothing.
    raises: OutputError when ``name`` cannot be written; a closed pipe stays a BrokenPipeError.
    """

    def __init__(self, file: BinaryIO | None, *, name: str, ordered: bool = False) -> None:
        self._file = file
        self._name = name
        self._ordered = ordered
        self._early: dict[int, tuple[Line, Rows | None]] = {}
        self._next = 1
        self._buffer = io.BytesIO()
        self._flushed = 0.0
        self._lock = threading.Condition()
        self.written = 0

    def room(self, number: int, timeout_s: float) -> bool:
        """Wait until the line with this number may be made; False when that takes longer."""
        if not self._ordered or number - self._next < AHEAD:
            return True
        with self._lock:
            return self._lock.wait_for(lambda: number - self._next < AHEAD, timeout_s)

    def write(self, line: Line, rows: Rows | None, now: float) -> None:
        """Take one line and its rows, if they are wanted, at ``now`` by a rising clock."""
        with self._lock:
            if not self._ordered:
                self._line(line, rows)
            else:
                self._early[line.number] = (line, rows)
                while self._next in self._early:
                    self._line(*self._early.pop(self._next))
                    self._next += 1
                self._lock.notify_all()
            if now - self._flushed >= _FLUSH_EVERY_S:
                self._flushed = now
                self._flush()

    def tick(self, now: float) -> None:
        """Write what has waited for long, ``now`` by the clock of ``write``."""
        if now - self._flushed >= _FLUSH_EVERY_S and self._buffer.tell() and self._lock.acquire(blocking=False):
            try:
                self._flushed = now
                self._flush()
            finally:
                self._lock.release()

    def finish(self) -> None:
        """Write what waits, also behind a query that never was finished; not where a reader holds everybody up."""
        if not self._lock.acquire(timeout=_PATIENCE_S):
            return
        try:
            for number in sorted(self._early):
                self._line(*self._early.pop(number))
            self._flush()
        finally:
            self._lock.release()

    def _line(self, line: Line, rows: Rows | None) -> None:
        self.written += 1
        if self._file is not None:
            head = _encoded(line)
            if rows is None or not rows.columns:
                self._buffer.write(head + b"\n")
            else:
                columns = _ENCODER.encode([column.name for column in rows.columns])
                self._buffer.write(head[:-1] + b',"columns":' + columns + b',"values":[')
                for piece in rows.pieces():
                    self._buffer.write(piece)
                    self._spill()
                self._buffer.write(b"]}\n")
            self._spill()
        if rows is not None:
            rows.close()

    def _spill(self) -> None:
        if self._buffer.tell() >= _BUFFER:
            self._flush()

    def _flush(self) -> None:
        data = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        if self._file is None or not data:
            return
        view, done = memoryview(data), 0
        try:
            while done < len(view):
                done += self._file.write(view[done:]) or 0
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"cannot write {self._name}: {(error.strerror or str(error)).lower()}") from error


def _encoded(line: Line) -> bytes:
    try:
        return _ENCODER.encode(line)
    except UnicodeEncodeError:
        # A name or message with half of a pair.
        texts = {
            name: getattr(line, name).encode("utf-8", "backslashreplace").decode() for name in ("id", "source", "error")
        }
        return _ENCODER.encode(msgspec.structs.replace(line, **texts))
