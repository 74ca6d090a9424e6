"""One tokeniser and one parser of sqlglot for one dialect, used again and again, with errors of our own tree."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final, TypeAlias

from perftool.errors import InputError
from perftool.sql.refusing import harmless, refuse_too_deep
from perftool.sql.unnesting import parse, unnests

if TYPE_CHECKING:
    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token

    SqlToken: TypeAlias = Token

# What sqlglot lets out on damaged text, beside its own SqlglotError.
UNEXPECTED: Final = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip


_CLASS: Final = re.compile(r"<class '(?:\w+\.)*(\w+)'>")
# sqlglot looks at what a node requires in the order of a set, so which one it names changes from run to run.
_INCOMPLETE: Final = re.compile(r"Required keyword: '\w+' missing for (\w+)")
_TOKEN: Final = re.compile(
    r"<Token token_type: (?:\w+\.)?(\w+), text: (.*?), line: \d+, col: \d+, .*?comments: \[.*?\]>"
)


class Engine:
    """sqlglot's tokeniser and parser of one dialect (a canonical name), not to be shared between threads.

    ``stack``: see ``refusing.refuse_too_deep``.
    """

    __slots__ = ("_parser", "_stack", "_tokenizer", "_unnests", "dialect")

    def __init__(self, dialect: str, *, stack: int = 0) -> None:
        from sqlglot.dialects.dialect import Dialect

        # sqlglot logs every statement that it only half understands; what is worth saying goes into the report.
        logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
        found = Dialect.get_or_raise(dialect)
        self.dialect = dialect
        self._stack = stack
        self._tokenizer = found.tokenizer_class(dialect=found)
        self._parser = found.parser()
        self._unnests = unnests(self._parser)

    def tokenize(self, text: str) -> list[SqlToken]:
        """Return the tokens of ``text``; raises: InputError with what is wrong."""
        try:
            return self._tokenizer.tokenize(text)
        except Exception as error:
            raise translated(error) from error

    def parse(self, text: str) -> list[Expr]:
        """Return the trees of all statements in ``text``; raises: InputError with what is wrong."""
        tokens = self.tokenize(text)
        if not harmless(text, len(tokens)):
            refuse_too_deep(text, self.dialect, stack=self._stack, tokens=len(tokens))
        try:
            trees = self._parser.parse(tokens, text) if not self._unnests else parse(self._parser, tokens, text)
        except Exception as error:
            raise translated(error) from error
        return [tree for tree in trees if tree is not None]

    def clear(self) -> None:
        """Let go of the last text, its tokens and trees."""
        self._parser.reset()
        # A tokeniser keeps its last tokens until the next text: 70 times the size of the last one.
        self._tokenizer.tokenize("")


def translated(error: Exception) -> Exception:
    """Return the InputError that says in one line what sqlglot found wrong; any other error as it is."""
    from sqlglot.errors import ParseError, SqlglotError

    if isinstance(error, ParseError) and error.errors:
        first = error.errors[0]
        where = f" at line {first['line']}" if first.get("line") else ""
        return InputError(f"{_one_line(str(first.get('description') or error))}{where}")
    if isinstance(error, RecursionError):
        return InputError("nested too deep to be parsed")
    if isinstance(error, SqlglotError):
        return InputError(_one_line(str(error)) or f"sqlglot failed with {type(error).__name__}")
    if isinstance(error, UNEXPECTED):
        # Its words are about sqlglot's own insides.
        return InputError(f"sqlglot fails on it with {type(error).__name__}")
    return error


def _one_line(text: str) -> str:
    # sqlglot underlines the place with terminal codes and quotes the text around it: the first line says it all.
    first = _TOKEN.sub(_token_text, text.strip().partition("\n")[0])
    named = _INCOMPLETE.sub(r"\1 needs more than it is given", _CLASS.sub(r"\1", first))
    return named.strip().rstrip(".")[:200]


def _token_text(token: re.Match[str]) -> str:
    """Say what a token is in the words of its text: the one after the last stands for the end."""
    return "the end of the statement" if token[1] == "SENTINEL" else repr(token[2])
