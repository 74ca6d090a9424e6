"""SQL text as bytes to walk over; UTF-16 is decoded, with its positions kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.errors import InputError
from perftool.sql.positions import Places
from perftool.sql.splitter import Piece, pieces, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.sql.splitter import Buffer

MAX_STATEMENT: Final = 1 << 20
LARGEST_UTF16: Final = 64 << 20

SNIFFED: Final = 64
"""Bytes that tell whether a text is UTF-16."""

_UTF32: Final = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a text.

    ``start`` and ``end`` are half-open byte offsets in the original file, ``line`` and ``column`` count from 1.
    ``text`` is None when the statement is longer than the limit: it has not been decoded then. Bytes that are not
    UTF-8 stand in ``text`` as lone surrogates, and ``damaged`` says so. ``fault`` says what was never closed.
    """

    start: int
    end: int
    line: int
    column: int
    text: str | None
    fault: str = ""
    damaged: bool = False


class Text(msgspec.Struct, frozen=True, gc=False):
    """A statement by its half-open byte offsets in the original file; the rest as in ``Statement``.

    ``place`` is its line and column where they came for nothing, else None.
    """

    start: int
    end: int
    text: str | None
    fault: str = ""
    place: tuple[int, int] | None = None


class Source:
    """SQL text to be cut: ``buffer`` is UTF-8 (or nearly), ``encoding`` what the original was in."""

    def __init__(self, buffer: Buffer, *, encoding: str = "utf-8", mark: int = 0) -> None:
        self.buffer = buffer
        self.encoding = encoding
        # The length of the original's byte order mark, where the buffer is a translation without one.
        self._mark = mark

    @property
    def size(self) -> int:
        """Return how many bytes there are to cut."""
        return len(self.buffer)

    @classmethod
    def of(cls, data: Buffer, *, name: str) -> Source:
        """Make a source of ``data``, translating UTF-16; raises: InputError for what cannot be text."""
        head = data[:SNIFFED]
        if head.startswith(_UTF32):
            raise InputError(f"{name} is UTF-32", hint=f"iconv -f UTF-32 -t UTF-8 {name}")
        encoding, mark = _utf16(head)
        if encoding is None:
            return cls(data)
        if len(data) > LARGEST_UTF16:
            raise InputError(
                f"{name} is UTF-16 and larger than {LARGEST_UTF16 >> 20} MiB", hint=f"iconv -f UTF-16 -t UTF-8 {name}"
            )
        if len(data) % 2:
            raise InputError(f"{name} is UTF-16 but ends in the middle of a character", hint="is the file complete?")
        text = data[mark:].decode(encoding, "surrogatepass")
        if text.startswith("\ufeff"):
            # A second mark is a character like any other, and takes a column.
            text = " " + text[1:]
        # Half a pair stands for nothing: a question mark takes its place, and as much room.
        return cls(text.encode("utf-8", "replace"), encoding=encoding, mark=mark)

    def pieces(self, dialect: str = "") -> Iterator[Piece]:
        """Yield all pieces with offsets in the original file."""
        return (original for original, _ in self._both(dialect))

    def texts(self, dialect: str = "", *, max_statement: int = MAX_STATEMENT) -> Iterator[Text]:
        """Yield the statements without their lines and columns, which cost as much again; otherwise as below.

        Bytes that are not UTF-8 stand as question marks: the text can be sent and kept, and each takes one byte still.
        """
        if self.encoding != "utf-8":
            for one in self.statements(dialect, max_statement=max_statement):
                text = one.text
                if text is not None and one.damaged:
                    text = _printable(text.encode("utf-8", "surrogateescape"))
                yield Text(one.start, one.end, text, one.fault, (one.line, one.column))
            return
        buffer = self.buffer
        for _, start, end, fault in statements(buffer, dialect):
            text = None
            if end - start <= max_statement:
                data = buffer[start:end]
                try:
                    text = data.decode()
                except UnicodeDecodeError:
                    text = _printable(data)
            yield Text(start, end, text, fault)

    def statements(self, dialect: str = "", *, max_statement: int = MAX_STATEMENT) -> Iterator[Statement]:
        """Yield the statements, each decoded when its turn comes; one over ``max_statement`` bytes without its text."""
        places = Places(self.buffer)
        for original, piece in self._both(dialect):
            if piece.kind != "statement":
                continue
            line, column = places.find(piece.start)
            text, damaged = None, False
            if piece.end - piece.start <= max_statement:
                text, damaged = decoded(self.buffer[piece.start : piece.end])
            yield Statement(original.start, original.end, line, column, text, piece.fault, damaged)

    def _both(self, dialect: str) -> Iterator[tuple[Piece, Piece]]:
        """Yield each piece as it is in the original and as it is in the buffer."""
        if self.encoding != "utf-8":
            yield from self._translated(dialect)
            return
        for piece in pieces(self.buffer, dialect):
            yield piece, piece

    def _translated(self, dialect: str) -> Iterator[tuple[Piece, Piece]]:
        original = 0
        if self._mark:
            yield Piece("trivia", 0, self._mark), Piece("trivia", 0, 0)
            original = self._mark
        for piece in pieces(self.buffer, dialect):
            text = self.buffer[piece.start : piece.end].decode()
            # Characters beyond the first plane take two units.
            end = original + 2 * len(text) + 2 * sum(1 for c in text if c > "\uffff")
            yield Piece(piece.kind, original, end, piece.fault), piece
            original = end


def is_wide(head: bytes) -> bool:
    """Say whether a text that begins so takes two bytes or four for each character."""
    return head.startswith(_UTF32) or _utf16(head)[0] is not None


def _utf16(head: bytes) -> tuple[str | None, int]:
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le", 2
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be", 2
    even, odd = head[::2], head[1::2]
    if len(head) >= 4:
        if not any(odd) and all(even):
            return "utf-16-le", 0
        if not any(even) and all(odd):
            return "utf-16-be", 0
    return None, 0


def _printable(data: bytes) -> str:
    """Return ``data`` as text, with a question mark for each byte that is no UTF-8."""
    return data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()


def decoded(data: bytes) -> tuple[str, bool]:
    """Return ``data`` as text, with a lone surrogate for each byte that is no UTF-8, and whether there is one."""
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape"), True
