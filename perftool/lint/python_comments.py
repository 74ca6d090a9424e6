"""Find the comments of a Python file that silence findings in its SQL."""

from __future__ import annotations

import io
import tokenize
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.directives import directives
from perftool.lint.lines import Offsets, Rows
from perftool.lint.suppression import NOWHERE, Named, Suppression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NO_CODE: Final = frozenset(
    {tokenize.ENCODING, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.COMMENT}
)


def read_python(data: bytes, literals: Sequence[tuple[int, int]]) -> tuple[Suppression, ...]:
    """Return the directives in the comments of Python code, in order; ``literals`` are the byte ranges of its SQL.

    Behind code a comment silences its line and the literal that ends, else the one that begins there; alone on its
    line the statement of Python below it, within brackets the next line. A bare ``noqa`` is meant for linters of
    Python and says nothing.
    """
    found: list[Suppression] = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ()
    walk = _Walk(data, literals, found)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            walk.take(token)
    except (tokenize.TokenError, SyntaxError):
        # What no tokens are made of has no SQL that was looked at either.
        pass
    return tuple(found)


class _Walk:
    """One walk over the tokens."""

    def __init__(self, data: bytes, literals: Sequence[tuple[int, int]], found: list[Suppression]) -> None:
        self.data = data
        self.rows = Rows(data)
        self.literals = literals
        self.found = found
        self.statement: int | None = None
        # Those that wait for the next line of code, and for the next statement, by their place in ``found``.
        self.for_line: list[int] = []
        self.for_statement: list[int] = []

    def take(self, token: tokenize.TokenInfo) -> None:
        if token.type == tokenize.COMMENT:
            self._comment(token)
        elif token.type not in _NO_CODE:
            start = self._offset(token.start)
            for index in self.for_line:
                row = self.rows.around(start, start)
                self.found[index] = msgspec.structs.replace(self.found[index], rows=row, statement=self._literal(row))
            self.for_line.clear()
            if self.statement is None and token.type != tokenize.NEWLINE:
                self.statement = start
            if token.type == tokenize.NEWLINE and self.statement is not None:
                for index in self.for_statement:
                    self.found[index] = msgspec.structs.replace(self.found[index], statement=(self.statement, start))
                self.for_statement.clear()
                self.statement = None

    def _comment(self, token: tokenize.TokenInfo) -> None:
        start = self._offset(token.start)
        row = self.rows.around(start, start)
        alone = not self.data[row[0] : start].strip()
        for one in self._directives(token, start):
            if not alone:
                made = msgspec.structs.replace(one, rows=row, statement=self._literal(row))
            else:
                (self.for_line if self.statement is not None else self.for_statement).append(len(self.found))
                made = msgspec.structs.replace(one, rows=row)
            self.found.append(made)

    def _directives(self, token: tokenize.TokenInfo, base: int) -> Iterator[Suppression]:
        offsets = Offsets(token.string, base)
        for one in directives(token.string):
            if one.form == "noqa" and not one.words:
                continue
            yield Suppression(
                form=one.form,
                text=token.string[one.start : one.end],
                start=offsets.of(one.start),
                end=offsets.of(one.end),
                line=token.start[0],
                column=token.start[1] + one.start + 1,
                words=tuple(Named(word.text, offsets.of(word.start), offsets.of(word.end)) for word in one.words),
                reason=one.reason,
                fault=one.fault,
            )

    def _literal(self, row: tuple[int, int]) -> tuple[int, int]:
        ending = [pair for pair in self.literals if row[0] <= pair[1] <= row[1]]
        beginning = [pair for pair in self.literals if row[0] <= pair[0] <= row[1]]
        return ending[-1] if ending else beginning[0] if beginning else NOWHERE

    def _offset(self, place: tuple[int, int]) -> int:
        row, column = place
        start = self.rows.starts[min(row - 1, len(self.rows.starts) - 1)]
        text = self.data[start : start + 4 * column].decode("utf-8", "replace")[:column]
        return start + len(text.encode())
