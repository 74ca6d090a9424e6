"""Find the comments of a file that silence findings, and what each of them reaches."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from perftool.lint.directives import MARKS, Directive, directives
from perftool.lint.lines import Offsets, Rows
from perftool.lint.suppression import NOWHERE, Named, Suppression, in_original, moved
from perftool.sql.positions import Places
from perftool.sql.source import MAX_STATEMENT, Source
from perftool.sql.splitter import Piece, pieces
from perftool.sql.tokens import comments, lexemes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.sql.splitter import Buffer

_MARKS: Final = tuple(mark.encode() for mark in MARKS)
_MARK: Final = re.compile(b"|".join(_MARKS))
_BETWEEN: Final = frozenset({";", "go", "/"})
_TEMPLATES: Final = (b"{{", b"{%", b"{#")
_BREAK: Final = re.compile(rb"\r\n?|\n")
_BLANK: Final = re.compile(rb"[ \t\f\v\0]*+")
_COMMENT_MARKS: Final = " \t-#/*"


class Bounds(Protocol):
    """What is known of a statement: its half-open byte offsets."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


def read(
    data: Buffer,
    dialect: str = "",
    *,
    within: Sequence[tuple[int, int]] = (),
    statements: Sequence[Bounds] = (),
) -> tuple[Suppression, ...]:
    """Return the directives of a file in the order of its text; ``data`` is the file as it is on disk.

    ``within`` are the byte ranges of the SQL in a file of Python, whose own comments count as well. Templates are
    looked through.
    ``statements`` are those of the file where they are known already: it is then not cut again.
    raises: InputError for what cannot be text.
    cost: a search for a few words; in a file that has one, a pass over the statements around it, or without
    ``statements`` over the file.
    """
    # In UTF-16 what stands between these marks' letters is NUL.
    if b"\0" not in data and not _may_mention(data):
        return ()
    if not within or list(within) == [(0, len(data))]:
        return tuple(_File(data, dialect).read(statements))
    if not _mentions(data, 0, len(data)):
        return ()
    from perftool.lint.python_comments import read_python

    places = Places(data)
    found = [*read_python(bytes(data), within)]
    for start, end in within:
        line, column = places.find(start)
        inside = _File(bytes(data[start:end]), dialect).read()
        found += [moved(one, start, line - 1, column - 1) for one in inside]
    return tuple(sorted(found, key=lambda one: one.start))


class _File:
    """One walk over a text."""

    def __init__(self, data: Buffer, dialect: str) -> None:
        self.dialect = dialect
        source = Source.of(data, name="the file")
        self.buffer = self.raw = source.buffer
        self.encoding = source.encoding
        self.mark = 2 if data[:2] in (b"\xff\xfe", b"\xfe\xff") else 0
        self.found: list[Suppression] = []
        # Those that silence the next statement, by their place in ``found``, and where the last statement ended.
        self.waiting: list[int] = []
        self.last = NOWHERE

    def read(self, statements: Sequence[Bounds] = ()) -> list[Suppression]:
        if not _mentions(self.buffer, 0, len(self.buffer)):
            return []
        if any(self.buffer.find(opening) >= 0 for opening in _TEMPLATES):
            from perftool.lint.reading.templates import neutralise

            self.buffer = neutralise(bytes(self.buffer), self.dialect).data
        self.rows = Rows(self.buffer)
        self.places = Places(self.buffer)
        parts = self._marked(statements) if statements and self.encoding == "utf-8" else None
        for kind, start, end, *_ in pieces(self.buffer, self.dialect) if parts is None else parts:
            if kind == "statement":
                self._give(start, end)
                code_end = end
                if end - start <= MAX_STATEMENT and _mentions(self.buffer, start, end):
                    code_end = self._in_statement(start, end)
                self.last = (start, code_end)
            elif kind in ("trivia", "separator") and _mentions(self.buffer, start, end):
                for first, last, found in self._directives(start, self._text(start, end)):
                    self._beside(first, last, found)
        return self.found if self.encoding == "utf-8" else in_original(self.found, self.buffer, self.mark)

    def _marked(self, statements: Sequence[Bounds]) -> list[Piece] | None:
        """Return the pieces that hold a directive and the statements beside them, in order.

        None where something other than comments and delimiters stands between statements: lines for a client
        program, or data. Only a walk over the whole file tells these.
        """
        starts = [one.start for one in statements]
        inside: set[int] = set()
        before: set[int] = set()
        end = 0
        for match in _MARK.finditer(self.buffer):
            at = match.start()
            if at >= end:
                index = bisect.bisect_right(starts, at)
                if index and at < statements[index - 1].end:
                    inside.update((index - 1, index))
                    end = statements[index - 1].end
                else:
                    inside.update((index - 1, index))
                    before.add(index)
                    end = starts[index] if index < len(starts) else len(self.buffer)
        parts = []
        for index in sorted(inside | before):
            if index in before:
                start = statements[index - 1].end if index else self.rows.starts[0]
                end = starts[index] if index < len(starts) else len(self.buffer)
                if not self._plain(start, end):
                    return None
                parts.append(Piece("trivia", start, end))
            if 0 <= index < len(statements):
                parts.append(Piece("statement", starts[index], statements[index].end))
        return parts

    def _plain(self, start: int, end: int) -> bool:
        tokens = lexemes(self._text(start, end), self.dialect)
        return all(token.text.lower() in _BETWEEN for token in tokens)

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
            return NOWHERE
        if self._blank(row_start, start):
            return row_start, self.rows.after(row_end)
        while self.raw[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        return start, row_end

    def _blank(self, start: int, end: int) -> bool:
        # A tag that renders nothing is not nothing.
        match = _BLANK.match(self.raw, start, end)
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
                self.found.append(msgspec.structs.replace(one, rows=rows, statement=self.last if behind else NOWHERE))
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


def _may_mention(data: bytes) -> bool:
    """Say whether any of the marks stands in ``data``. cost: rare bytes are searched first, far faster."""
    if (ord(":") in data and b"perftool:" in data) or (ord("q") in data and b"noqa" in data):
        return True
    return ord("Q") in data and (b"NOQA" in data or b"NoQA" in data)


def _mentions(buffer: Buffer, start: int, end: int) -> bool:
    return any(buffer.find(mark, start, end) >= 0 for mark in _MARKS)


def _clean(text: str) -> str:
    """Return ``text`` without the lone surrogates that stand for bytes that are no UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
