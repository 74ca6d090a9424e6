"""Find the comments of a file that silence findings, and what each of them reaches."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.directives import MARKS, Directive, Form, directives
from perftool.lint.lines import Offsets, Rows
from perftool.sql.positions import Places
from perftool.sql.source import MAX_STATEMENT, Source
from perftool.sql.splitter import pieces
from perftool.sql.tokens import comments, lexemes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.sql.splitter import Buffer

_MARKS: Final = tuple(mark.encode() for mark in MARKS)
_TEMPLATES: Final = (b"{{", b"{%", b"{#")
_BREAK: Final = re.compile(rb"\r\n?|\n")
_BLANK: Final = re.compile(rb"[ \t\f\v\0]*+")
_COMMENT_MARKS: Final = " \t-#/*"
_NOWHERE: Final = (0, 0)


class Named(msgspec.Struct, frozen=True, array_like=True):
    """A rule as a comment names it, with its half-open byte offsets in the file."""

    text: str
    start: int
    end: int


class Suppression(msgspec.Struct, frozen=True, array_like=True):
    """A directive in a file; all offsets are bytes of the file, ranges half-open.

    ``text`` is what stands from ``start`` to ``end``. Findings that begin or end within ``rows`` are silenced, and all
    of the statement that is ``statement``. ``removal`` is what to delete to be rid of it, empty where that is not
    plain. ``fault`` says what is wrong with it; then it silences nothing.
    """

    form: Form
    text: str
    start: int
    end: int
    line: int
    column: int
    words: tuple[Named, ...] = ()
    reason: str = ""
    rows: tuple[int, int] = _NOWHERE
    statement: tuple[int, int] = _NOWHERE
    removal: tuple[int, int] = _NOWHERE
    fault: str = ""


def read(data: Buffer, dialect: str = "", *, within: Sequence[tuple[int, int]] = ()) -> tuple[Suppression, ...]:
    """Return the directives of a file in the order of its text; ``data`` is the file as it is on disk.

    ``within`` are the byte ranges that hold SQL, when not all of it does. Templates are looked through.
    raises: InputError for what cannot be text.
    cost: a search for a few words in a file without any; there, one pass over the parts of the file that have one.
    """
    if not within or list(within) == [(0, len(data))]:
        return tuple(_File(data, dialect).read())
    places = Places(data)
    found: list[Suppression] = []
    for start, end in within:
        line, column = places.find(start)
        inside = _File(bytes(data[start:end]), dialect).read()
        found += [_moved(one, start, line - 1, column - 1) for one in inside]
    return tuple(found)


class _File:
    """One walk over a text."""

    def __init__(self, data: Buffer, dialect: str) -> None:
        self.dialect = dialect
        source = Source.of(data, name="the file")
        self.buffer = source.buffer
        self.encoding = source.encoding
        self.mark = 2 if data[:2] in (b"\xff\xfe", b"\xfe\xff") else 0
        self.found: list[Suppression] = []
        # Those that silence the next statement, by their place in ``found``, and where the last statement ended.
        self.waiting: list[int] = []
        self.last = _NOWHERE

    def read(self) -> list[Suppression]:
        if not _mentions(self.buffer, 0, len(self.buffer)):
            return []
        if any(self.buffer.find(opening) >= 0 for opening in _TEMPLATES):
            from perftool.lint.reading.templates import neutralise

            self.buffer = neutralise(bytes(self.buffer), self.dialect).data
        self.rows = Rows(self.buffer)
        self.places = Places(self.buffer)
        for piece in pieces(self.buffer, self.dialect):
            if piece.kind == "statement":
                self._give(piece.start, piece.end)
                end = piece.end
                if piece.end - piece.start <= MAX_STATEMENT and _mentions(self.buffer, piece.start, piece.end):
                    end = self._in_statement(piece.start, piece.end)
                self.last = (piece.start, end)
            elif piece.kind == "trivia" and _mentions(self.buffer, piece.start, piece.end):
                for start, end, found in self._directives(piece.start, self._text(piece.start, piece.end)):
                    self._beside(start, end, found)
        return self.found if self.encoding == "utf-8" else _in_original(self.found, self.buffer, self.mark)

    def _text(self, start: int, end: int) -> str:
        return bytes(self.buffer[start:end]).decode("utf-8", "surrogateescape")

    def _directives(self, base: int, text: str) -> Iterator[tuple[int, int, list[Suppression]]]:
        """Yield each comment of ``text`` that has directives: its bytes, and the directives without their reach."""
        offsets = Offsets(text, base)
        for start, end in comments(text, self.dialect):
            comment = text[start:end]
            found = list(directives(comment))
            if found:
                first = offsets.of(start)
                inner = Offsets(comment, first)
                last = offsets.of(end)
                made = [self._made(one, inner, comment) for one in found]
                alone = len(found) == 1 and not comment[: found[0].start].strip(_COMMENT_MARKS)
                if alone and not _BREAK.search(self.buffer, first, last):
                    made = [msgspec.structs.replace(made[0], removal=self._removal(first, last))]
                yield first, last, made

    def _made(self, one: Directive, offsets: Offsets, comment: str) -> Suppression:
        start = offsets.of(one.start)
        words = tuple(Named(_clean(word.text), offsets.of(word.start), offsets.of(word.end)) for word in one.words)
        line, column = self.places.find(start)
        return Suppression(
            form=one.form,
            text=_clean(comment[one.start : one.end]),
            start=start,
            end=offsets.of(one.end),
            line=line,
            column=column,
            words=words,
            reason=_clean(one.reason),
            fault=one.fault,
        )

    def _removal(self, start: int, end: int) -> tuple[int, int]:
        """Return what goes with a comment: its whole line when it has one, else the blanks before it."""
        row_start, row_end = self.rows.around(start, end)
        if not self._blank(end, row_end):
            return _NOWHERE
        if self._blank(row_start, start):
            return row_start, self.rows.after(row_end)
        while self.buffer[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        return start, row_end

    def _blank(self, start: int, end: int) -> bool:
        match = _BLANK.match(self.buffer, start, end)
        return match is not None and match.end() == end

    def _alone(self, start: int, end: int) -> bool:
        row_start, row_end = self.rows.around(start, end)
        return self._blank(row_start, start) and self._blank(end, row_end)

    def _in_statement(self, start: int, end: int) -> int:
        """Take the comments within a statement; return where its last token ends."""
        text = self._text(start, end)
        tokens = lexemes(text, self.dialect)
        code_end = start + len(text[: tokens[-1].end].encode("utf-8", "surrogateescape")) if tokens else start
        followers: _Followers | None = None
        for first, last, found in self._directives(start, text):
            if first >= code_end:
                self.last = (start, code_end)
                self._beside(first, last, found)
            elif self._alone(first, last):
                followers = followers or _Followers(text, [token.start for token in tokens], start)
                row = self.rows.around(followers.next(last), followers.next(last))
                self.found += [
                    msgspec.structs.replace(one, rows=self.rows.around(first, last) if one.form == "noqa" else row)
                    for one in found
                ]
            else:
                row = self.rows.around(first, last)
                self.found += [msgspec.structs.replace(one, rows=row) for one in found]
        return code_end

    def _beside(self, start: int, end: int, found: list[Suppression]) -> None:
        """Take the directives of a comment that stands before, between or behind statements."""
        rows = self.rows.around(start, end)
        behind = self.last[1] > rows[0] and not self._alone(start, end)
        for one in found:
            if one.form == "ignore":
                if not behind:
                    self.waiting.append(len(self.found))
                self.found.append(msgspec.structs.replace(one, rows=rows, statement=self.last if behind else _NOWHERE))
            else:
                self.found.append(msgspec.structs.replace(one, rows=rows))

    def _give(self, start: int, end: int) -> None:
        for index in self.waiting:
            self.found[index] = msgspec.structs.replace(self.found[index], statement=(start, end))
        self.waiting.clear()


class _Followers:
    """Where the next token stands, in bytes, after a byte of the statement."""

    def __init__(self, text: str, starts: list[int], base: int) -> None:
        offsets = Offsets(text, base)
        self.starts = [offsets.of(start) for start in starts]

    def next(self, offset: int) -> int:
        index = bisect.bisect_left(self.starts, offset)
        return self.starts[index] if index < len(self.starts) else offset


def _mentions(buffer: Buffer, start: int, end: int) -> bool:
    return any(buffer.find(mark, start, end) >= 0 for mark in _MARKS)


def _clean(text: str) -> str:
    """Return ``text`` without the lone surrogates that stand for bytes that are no UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _moved(one: Suppression, by: int, lines: int, columns: int) -> Suppression:
    """Return ``one`` of a part of a file as it is in the file, ``by`` bytes and ``lines`` further on."""

    def further(pair: tuple[int, int]) -> tuple[int, int]:
        return pair if pair == _NOWHERE else (pair[0] + by, pair[1] + by)

    return msgspec.structs.replace(
        one,
        start=one.start + by,
        end=one.end + by,
        line=one.line + lines,
        column=one.column + columns if one.line == 1 else one.column,
        words=tuple(Named(word.text, word.start + by, word.end + by) for word in one.words),
        rows=further(one.rows),
        statement=further(one.statement),
        removal=further(one.removal),
    )


def _in_original(found: Iterable[Suppression], buffer: Buffer, mark: int) -> list[Suppression]:
    """Return ``found`` with the offsets of the UTF-16 file of which ``buffer`` is the translation."""
    known = list(found)
    asked: set[int] = set()
    for one in known:
        asked.update((one.start, one.end, *one.rows, *one.statement))
        asked.update(offset for word in one.words for offset in (word.start, word.end))
    original, at, begins = {}, 0, mark
    for offset in sorted(asked):
        text = bytes(buffer[at:offset]).decode("utf-8", "surrogatepass")
        begins += 2 * len(text) + 2 * sum(1 for character in text if character > "\uffff")
        at = offset
        original[offset] = begins

    def moved(pair: tuple[int, int]) -> tuple[int, int]:
        return pair if pair == _NOWHERE else (original[pair[0]], original[pair[1]])

    return [
        msgspec.structs.replace(
            one,
            start=original[one.start],
            end=original[one.end],
            words=tuple(Named(word.text, original[word.start], original[word.end]) for word in one.words),
            rows=moved(one.rows),
            statement=moved(one.statement),
            # Text in UTF-16 is not changed by perftool.
            removal=_NOWHERE,
        )
        for one in known
    ]
