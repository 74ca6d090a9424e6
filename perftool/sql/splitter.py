"""Cut SQL text into statements with exact byte positions; damaged text costs a statement, never the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from perftool.sql.scanning import scanner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.sql.scanning import Scanner

    Buffer: TypeAlias = bytes

PieceKind = Literal["statement", "separator", "trivia", "command", "data"]

UTF8_MARK: Final = b"\xef\xbb\xbf"

_SPACE: Final = frozenset(b" \t\r\n\f\v\0")
_COMMENT_EDGE: Final = re.compile(rb"/\*|\*/")
_CLOSING: Final = {b"[": b"]", b"{": b"}", b"(": b")", b"<": b">"}
_FROM_STDIN: Final = re.compile(rb"(?i:\bfrom\s++(?:stdin|pstdin)\b)")
BLANK_LINE: Final = re.compile(rb"[ \t\f\v\0]*+(?:\r\n?|\n|\Z)")
COPY_END: Final = re.compile(rb"(?:\A|(?<=\n))\\\.[ \t]*+(?:\r?\n|\r|\Z)")
_SENDS: Final = re.compile(rb"\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch)\b|\\g[|/(]")
_AFTER_END: Final = re.compile(rb"\s++(?i:if|loop|while|repeat|for|case)\b")
_OPENS_TRANSACTION: Final = re.compile(rb"\s*+(?:;|\Z|(?i:tran|transaction|work)\b)")
_COPY: Final = re.compile(rb"(?i:copy)\b")
_COPY_REACH: Final = 4096
_DECLARE: Final = re.compile(rb"(?i:declare)\b")
_LOOPS_END: Final = frozenset({"bigquery", "snowflake", "mysql", "singlestore", "doris", "starrocks"})
_LOOK_BACK: Final = 64


class Piece(NamedTuple):
    """A stretch of the text, half-open byte offsets.

    ``kind``: a statement; the separator after one (a delimiter, a GO or / line, \\g); trivia between statements
    (white space, comments); a command to a client program (\\i, DELIMITER, .mode); or data that follows COPY.
    ``fault`` says what was never closed in a statement, and is empty otherwise.
    """

    kind: PieceKind
    start: int
    end: int
    fault: str = ""


def pieces(buffer: Buffer, dialect: str = "") -> Iterator[Piece]:
    """Yield all of ``buffer`` in pieces, in order and without gaps.

    Never fails. A statement begins at its first word, after comments before it, and ends before white space and
    its delimiter. ``dialect`` is a canonical name.
    cost: linear; one regular-expression match for an ordinary statement.
    """
    return Walk(buffer, dialect).run()


def statements(buffer: Buffer, dialect: str = "") -> Iterator[Piece]:
    """Yield the statements among the pieces of ``buffer``, and nothing of what stands between them.

    cost: half that of taking all pieces; one match of a regular expression for most statements.
    """
    return Walk(buffer, dialect).statements()


class Walk:
    """One pass over one buffer; ``stretches`` takes one over what is read a piece at a time."""

    def __init__(self, buffer: Buffer, dialect: str) -> None:
        self.buffer = buffer
        self.size = len(buffer)
        self.dialect = dialect
        self.scan: Scanner = scanner(dialect)

    def run(self) -> Iterator[Piece]:
        """Yield all pieces."""
        buffer, size = self.buffer, self.size
        position = 0
        if buffer[:3] == UTF8_MARK:
            yield Piece("trivia", 0, 3)
            position = 3
        while position < size:
            match = self.scan.simple.match(buffer, position)
            if match is None:
                for piece in self._decide(position):
                    yield piece
                    position = piece.end
                continue
            start, end = match.span(1)
            if start > position:
                yield Piece("trivia", position, start)
            body = self._trimmed(start, end)
            yield Piece("statement", start, body)
            if body < end:
                yield Piece("trivia", body, end)
            position = match.end()
            if end < position:
                yield Piece("separator", end, position)

    def statements(self) -> Iterator[Piece]:
        """Yield the statements alone."""
        buffer, size = self.buffer, self.size
        position = 3 if buffer[:3] == UTF8_MARK else 0
        while position < size:
            for match in self.scan.plain.finditer(buffer, position):
                start, end = match.span(1)
                if start < 0:
                    position = match.start()
                    break
                if buffer[end - 1] in _SPACE:
                    end = self._trimmed(start, end)
                yield Piece("statement", start, end)
            passed = self.scan.between.match(buffer, position)
            position = passed.end() if passed else position
            for piece in self._decide(position) if position < size else ():
                if piece.kind == "statement":
                    yield piece
                position = piece.end

    def _trimmed(self, start: int, end: int) -> int:
        buffer = self.buffer
        while end > start and buffer[end - 1] in _SPACE:
            end -= 1
        return end

    def _decide(self, position: int) -> Iterator[Piece]:
        """Yield the pieces up to the end of the next statement that is not an ordinary one."""
        start, fault = self._skip_trivia(position)
        if start > position:
            yield Piece("trivia", position, start)
        if start >= self.size:
            return
        if fault:
            # What it swallows may have been meant as statements, so it does not pass as white space.
            yield Piece("statement", start, self.size, fault)
            return
        delimiter = self.scan.delimiter
        if self.buffer[start : start + len(delimiter)] == delimiter:
            yield Piece("separator", start, start + len(delimiter))
            return
        client = self.scan.client.match(self.buffer, start)
        if client is not None:
            yield from self._client(client)
            return
        yield from self._statement(start)

    def _skip_trivia(self, position: int) -> tuple[int, str]:
        while True:
            match = self.scan.trivia.match(self.buffer, position)
            position = match.end() if match else position
            if self.buffer[position : position + 2] != b"/*":
                return position, ""
            end, closed = self._comment_end(position + 2)
            if not closed:
                return position, "comment"
            position = end

    def _client(self, match: re.Match[bytes]) -> Iterator[Piece]:
        kind = match.lastgroup if match.lastgroup != "new" else "delimiter"
        if kind in ("go", "slash"):
            yield Piece("separator", match.start(), match.end())
            return
        yield Piece("command", match.start(), match.end())
        if kind == "delimiter":
            self.scan = scanner(self.dialect, match["new"])
        elif kind == "psql" and match[0].startswith(b"\\copy") and _FROM_STDIN.search(match[0]):
            yield from self._copy_data(match.end())

    def _statement(self, start: int) -> Iterator[Piece]:
        end, separator, fault = self._statement_end(start)
        body = self._trimmed(start, end)
        if body > start:
            yield Piece("statement", start, body, fault)
        if body < end:
            yield Piece("trivia", body, end)
        if separator > end:
            yield Piece("separator", end, separator)
        reach = min(body, start + _COPY_REACH)
        copies = "psql" in self.scan.event.groupindex and _COPY.match(self.buffer, start)
        if copies and _FROM_STDIN.search(self.buffer, start, reach):
            yield from self._copy_data(separator)

    def _copy_data(self, position: int) -> Iterator[Piece]:
        line = BLANK_LINE.match(self.buffer, position)
        if line is None or line.end() >= self.size:
            return
        found = COPY_END.search(self.buffer, line.end())
        yield Piece("trivia", position, line.end())
        yield Piece("data", line.end(), found.end() if found else self.size)

    def _statement_end(self, start: int) -> tuple[int, int, str]:
        """Return where the statement ends, where its separator ends, and what was never closed in it."""
        scan, buffer = self.scan, self.buffer
        unit = scan.unit is not None and scan.unit.match(buffer, start) is not None
        counts = not unit and scan.routine is not None and scan.routine.match(buffer, start) is not None
        blocks = _Blocks(buffer, self.dialect, start)
        position = start
        while True:
            match = self._event(position, every_word=counts)
            if match is None:
                return self.size, self.size, "body" if counts and blocks.open else ""
            kind = match.lastgroup
            position = match.end()
            if kind == "end":
                if not unit and not (counts and blocks.open):
                    return match.start(), position, ""
            elif kind in ("go", "slash", "send"):
                return match.start(), position, ""
            elif kind == "psql":
                if match[0].startswith(b"\\;"):
                    position = match.start() + 2
                elif _SENDS.match(buffer, match.start()):
                    return match.start(), position, ""
            elif kind in ("word", "bracket"):
                if counts:
                    position = blocks.see(match)
            elif kind == "quote":
                return self.size, self.size, "quoted name" if match[0] in (b'"', b"`", b"[") else "string"
            elif kind != "skip":
                position, closed = self._piece_end(kind or "", match)
                if not closed:
                    return self.size, self.size, "comment" if kind == "comment" else "string"

    def _event(self, position: int, *, every_word: bool) -> re.Match[bytes] | None:
        """Find the next decision, also at words and brackets where they count; what needs none is one match."""
        passed = (self.scan.still if every_word else self.scan.run).match(self.buffer, position)
        position = passed.end() if passed else position
        return self.scan.event.search(self.buffer, position)

    def _piece_end(self, kind: str, match: re.Match[bytes]) -> tuple[int, bool]:
        if kind == "comment":
            return self._comment_end(match.end())
        opening = match[0]
        closing = opening if kind == "dollar" else _CLOSING.get(opening[-1:], opening[-1:]) + b"'"
        end = self.buffer.find(closing, match.end())
        return (self.size, False) if end < 0 else (end + len(closing), True)

    def _comment_end(self, position: int) -> tuple[int, bool]:
        if not self.scan.nested:
            end = self.buffer.find(b"*/", position)
            return (self.size, False) if end < 0 else (end + 2, True)
        depth = 1
        for edge in _COMMENT_EDGE.finditer(self.buffer, position):
            depth += 1 if edge[0] == b"/*" else -1
            if not depth:
                return edge.end(), True
        return self.size, False


class _Blocks:
    """How deep in BEGIN … END, CASE … END, IF … END IF and brackets a routine's text is."""

    def __init__(self, buffer: Buffer, dialect: str, start: int) -> None:
        self.buffer = buffer
        self.depth = 0
        # T-SQL has IF and WHILE without an END of their own, so there END belongs to BEGIN and CASE alone.
        self.loops = dialect in _LOOPS_END
        self.start = start
        # A section of declarations ends with no END but with the BEGIN of its block.
        self.declaring = dialect == "snowflake" and _DECLARE.match(buffer, start) is not None

    @property
    def open(self) -> bool:
        """Say whether a delimiter here belongs to the body."""
        return self.declaring or self.depth > 0

    def see(self, match: re.Match[bytes]) -> int:
        """Take note of a word or bracket; return where to go on."""
        word = match[0].lower()
        if word in (b"(", b"case"):
            self.depth += 1
        elif word == b"begin":
            if not _OPENS_TRANSACTION.match(self.buffer, match.end()):
                self.depth += 1
                self.declaring = False
        elif word == b")":
            self.depth = max(0, self.depth - 1)
        elif word == b"end":
            return self._end(match)
        elif self.loops and self._begins_statement(match.start()):
            self.depth += 1
        return match.end()

    def _end(self, match: re.Match[bytes]) -> int:
        after = _AFTER_END.match(self.buffer, match.end())
        if after is None or self.loops or after[0].lower().endswith(b"case"):
            self.depth = max(0, self.depth - 1)
        return after.end() if after else match.end()

    def _begins_statement(self, position: int) -> bool:
        before = self.buffer[max(self.start, position - _LOOK_BACK) : position].rstrip().lower()
        return not before or before.endswith((b";", b"then", b"else", b"begin", b"do", b"loop", b"repeat", b"row"))
