"""Tokens of filter and projection expressions, and the error that points into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal
from unicodedata import category

import msgspec

from perftool.compare.strings import BadEscapeError, quote, unquote
from perftool.errors import UsageError

if TYPE_CHECKING:
    import re

Kind = Literal["word", "quoted", "regexp", "and", "or", "end", "(", ")", ":", "@", ",", "-", "*"]

WORDS: Final = frozenset({"word", "quoted"})
VALUES: Final = frozenset({"word", "quoted", "regexp"})

_OPERATORS: Final[dict[str, Kind]] = {"(": "(", ")": ")", ":": ":", "@": "@", ",": ","}
_STARTS: Final[dict[str, Kind]] = {**_OPERATORS, "-": "-", "*": "*"}
_SPACE: Final = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}


class ExpressionError(UsageError):
    """An expression of the filter or projection language cannot be understood.

    ``option`` is the bare name of the option it was given with; ``offset`` counts characters.
    """

    def __init__(self, problem: str, expression: str, offset: int) -> None:
        self.problem = problem
        self.expression = expression
        self.offset = offset
        self.option = ""
        super().__init__(problem)
        self._describe()

    def given_with(self, option: str) -> ExpressionError:
        """Return the same error, naming the option."""
        self.option = option
        self._describe()
        return self

    @property
    def pointed(self) -> str:
        """Return the error as benchstat prints it: the expression on its own line and a caret below the fault."""
        # A combining mark or control character takes no column of its own.
        before = sum(1 for c in self.expression[: self.offset] if c in _SPACE_MARKS or category(c)[0] in "LMNPS")
        return f"syntax error: {self.problem}\n\t{self.expression}\n\t{' ' * before}^"

    def _describe(self) -> None:
        where = f"--{self.option}" if self.option else "expression"
        self.message = f"{where}: {self.problem}"
        before, after = self.expression[: self.offset], self.expression[self.offset :]
        self.hint = f"at the caret: {before}^{after}" if self.expression else None
        self.args = (self.message,)


_SPACE_MARKS: Final = frozenset(c for c in _SPACE if category(c) == "Zs")


class Token(msgspec.Struct, frozen=True):
    """One token: ``text`` is unescaped for a quoted word, the pattern for a regexp."""

    kind: Kind
    offset: int
    text: str
    pattern: re.Pattern[str] | None = None


class Tokens:
    """Reads an expression token by token; looking ahead costs nothing to take back.

    Whether a word that begins with ``/`` is a regexp depends on where it stands, so the reader says so.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.position = 0

    def error(self, problem: str, offset: int | None = None) -> ExpressionError:
        """Build the error at ``offset``, or where the next token begins."""
        return ExpressionError(problem, self.expression, self.peek().offset if offset is None else offset)

    def unexpected(self, token: Token) -> ExpressionError:
        """Build the error for a token that cannot stand where it does."""
        return ExpressionError(f"unexpected {quote(token.text)}", self.expression, token.offset)

    def peek(self, *, value: bool = False) -> Token:
        """Return the next token without taking it; ``value`` lets ``/…/`` be a regexp."""
        return self._read(value)[0]

    def take(self, *, value: bool = False) -> Token:
        """Return the next token and move past it."""
        token, self.position = self._read(value)
        return token

    def _read(self, value: bool) -> tuple[Token, int]:
        text, start = self.expression, self.position
        while start < len(text) and text[start] in _SPACE:
            start += 1
        if start == len(text):
            return Token("end", start, ""), start
        first = text[start]
        if first in _STARTS:
            return Token(_STARTS[first], start, first), start + 1
        if value and first == "/":
            return self._regexp(start)
        if first == '"':
            return self._quoted(start)
        end = start
        while end < len(text) and text[end] not in _SPACE and text[end] not in _OPERATORS:
            end += 1
        word = text[start:end]
        kind: Kind = "and" if word == "AND" else "or" if word == "OR" else "word"
        return Token(kind, start, word), end

    def _quoted(self, start: int) -> tuple[Token, int]:
        text, end = self.expression, start + 1
        while end < len(text) and (text[end] != '"' or text[end - 1] == "\\"):
            end += 1
        if end == len(text):
            raise ExpressionError("missing end quote", text, start)
        try:
            word = unquote(text[start + 1 : end])
        except BadEscapeError:
            raise ExpressionError("bad escape sequence", text, start) from None
        return Token("quoted", start, word), end + 1

    def _regexp(self, start: int) -> tuple[Token, int]:
        from perftool.compare.regexps import BadRegexpError, translate

        text = self.expression
        end = _closing_slash(text, start + 1)
        if end is None:
            raise ExpressionError('missing close "/"', text, start)
        source = text[start + 1 : end]
        try:
            pattern = translate(source)
        except BadRegexpError as error:
            raise ExpressionError(str(error), text, start) from None
        after = text[end + 1 : end + 2]
        if after and after not in _SPACE and after not in _STARTS:
            problem = 'regexp must be followed by space or an operator (unescaped "/"?)'
            raise ExpressionError(problem, text, end + 1)
        return Token("regexp", start, source, pattern), end + 1


def _closing_slash(text: str, start: int) -> int | None:
    """Return the place of the first ``/`` that is not escaped and outside ``[]`` and ``()``."""
    brackets = parentheses = 0
    place = start
    while place < len(text):
        character = text[place]
        if character == "/" and not brackets and not parentheses:
            return place
        if character == "[":
            brackets += 1
        elif character == "]":
            brackets = max(brackets - 1, 0)
        elif character == "(" and not brackets:
            parentheses += 1
        elif character == ")" and not brackets:
            parentheses -= 1
        elif character == "\\":
            place += 1
        place += 1
    return None
