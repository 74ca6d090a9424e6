"""A SQL file too large to hold, cut a stretch at a time: it takes the memory of its longest statement.

A stretch ends anywhere, so what is decided near its end may be wrong: a quote that seems open, a GO that is the start
of GOAL. Such decisions are not kept; the next stretch begins where the last one was sure.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.sql.positions import FIRST, Places
from perftool.sql.source import MAX_STATEMENT, Statement, decoded
from perftool.sql.splitter import BLANK_LINE, COPY_END, UTF8_MARK, Piece, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LONGEST: Final = 256 << 20
"""Bytes that one statement, one comment or one line of data may take at most."""

_STRETCH: Final = 1 << 20
# How far behind its end a decision of the splitter may look: blank lines after COPY, for example.
_AHEAD: Final = 1 << 13
# How far before its start: one character, to know whether a line begins there.
_BEHIND: Final = 64


class Stretched:
    """SQL text in a file that is read while it is cut; ``size`` is how long it was when it was opened."""

    encoding: Final = "utf-8"

    def __init__(self, file: BinaryIO) -> None:
        self._number = file.fileno()
        status = os.fstat(self._number)
        self.size = status.st_size
        self._changed = status.st_mtime_ns

    def statements(self, dialect: str = "", *, max_statement: int = MAX_STATEMENT) -> Iterator[Statement]:
        """Yield the statements, each decoded when its turn comes; one over ``max_statement`` bytes without its text.

        raises: InputError when the file changes meanwhile, or a statement is too long to find its end.
        """
        walk = _Walk(dialect)
        at, place, room = 0, FIRST, _STRETCH
        while at < self.size:
            base = max(0, at - _BEHIND)
            data = self._read(base, room)
            walk.enter(data, at - base, last=base + len(data) == self.size)
            places = Places(data, at - base, place)
            for piece in walk.sure():
                start, end = piece.start, piece.end
                line, column = places.find(start)
                text, damaged = None, False
                if end - start <= max_statement:
                    text, damaged = decoded(data[start:end])
                yield Statement(base + start, base + end, line, column, text, piece.fault, damaged)
            if base + walk.position > at:
                at, place, room = base + walk.position, places.find(walk.position), _STRETCH
            elif room >= LONGEST:
                raise InputError(f"what begins on line {place.line:,} does not end within {LONGEST >> 20} MiB")
            else:
                room *= 2
            # Not two stretches at a time.
            del data, places
            walk.leave()
        self._look_for_changes()

    def _read(self, base: int, room: int) -> bytes:
        wanted = min(room, self.size - base)
        try:
            parts = [os.pread(self._number, wanted, base)]
            # A system may give less than it has.
            while (missing := wanted - sum(map(len, parts))) and parts[-1]:
                parts.append(os.pread(self._number, missing, base + wanted - missing))
        except OSError as error:
            raise InputError(f"cannot be read on: {error.strerror or error}") from error
        self._look_for_changes()
        if missing:
            raise InputError("it was cut short while it was read", hint="run it again")
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _look_for_changes(self) -> None:
        now = os.fstat(self._number)
        if now.st_size < self.size:
            raise InputError("it was cut short while it was read", hint="run it again")
        if now.st_size > self.size:
            raise InputError("it has grown while it was read", hint="run it again")
        if now.st_mtime_ns != self._changed:
            raise InputError("it was written to while it was read", hint="run it again")


class _Walk(Walk):
    """The splitter's walk, going on from stretch to stretch; it stops where it is no longer sure."""

    def __init__(self, dialect: str) -> None:
        super().__init__(b"", dialect)
        self.position = 0
        self._until = 0
        # Whether an ordinary statement goes on where nothing is sure.
        self._cut = False
        self._in_data = False
        # Where the data begin that follow what was just looked at.
        self._data: int | None = None

    def enter(self, data: bytes, position: int, *, last: bool) -> None:
        """Go on at ``position`` of ``data``, which is the ``last`` stretch of its file or not."""
        self.buffer, self.size = data, len(data)
        self.position = position
        if position == 0 and data[:3] == UTF8_MARK:
            self.position = 3
        self._until = self.size if last else self.size - _AHEAD

    def leave(self) -> None:
        """Let go of the stretch."""
        self.buffer = b""

    def sure(self) -> Iterator[Piece]:
        """Yield the statements that end where they do whatever follows this stretch; then go on at ``position``."""
        while self.position < self.size:
            if self._in_data:
                if not self._pass_data():
                    return
                continue
            yield from self._ordinary()
            if self._cut:
                self._pass_lines()
                return
            passed = self.scan.between.match(self.buffer, self.position)
            if passed and passed.end() <= self._until:
                self.position = passed.end()
            scan, group = self.scan, []
            if self.position < self.size:
                self._data = None
                group = list(self._decide(self.position))
            if not group:
                return
            end = group[-1].end if self._data is None else self._data
            if end > self._until:
                self.scan = scan
                self._pass_lines()
                return
            self.position = end
            self._in_data = self._data is not None
            yield from (piece for piece in group if piece.kind == "statement")

    def _ordinary(self) -> Iterator[Piece]:
        """Yield the statements that take one match each, up to the first that does not or of which nothing is sure."""
        until = self._until
        self._cut = False
        for match in self.scan.plain.finditer(self.buffer, self.position):
            start, end = match.span(1)
            if start < 0 or match.end() > until:
                self._cut = start >= 0
                return
            self.position = match.end()
            yield Piece("statement", start, self._trimmed(start, end))

    def _pass_lines(self) -> None:
        """Pass the whole lines among the white space and comments here, however long that goes on."""
        cut = self.buffer.rfind(b"\n", self.position, max(self._until, 0)) + 1
        passed = self.scan.between.match(self.buffer, self.position, cut) if cut > self.position else None
        if passed:
            self.position = passed.end()

    def _copy_data(self, position: int) -> Iterator[Piece]:
        """Take note of where the data begin, that nobody asks for and that may be longer than any stretch."""
        line = BLANK_LINE.match(self.buffer, position)
        if line is not None and line.end() < self.size:
            self._data = line.end()
        elif line is not None:
            # Whether data follow is told in the next stretch.
            self._data = self.size
        return iter(())

    def _pass_data(self) -> bool:
        """Go to the end of the data, or of their last line that is sure; say whether that is their end."""
        found = COPY_END.search(self.buffer, self.position)
        if found is not None and found.end() <= self._until:
            self.position = found.end()
            self._in_data = False
        elif self._until == self.size:
            self.position = self.size
        else:
            line = self.buffer.rfind(b"\n", self.position, max(self._until, 0)) + 1
            self.position = max(self.position, line)
        return not self._in_data
