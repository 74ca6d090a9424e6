"""The tokens of a text with their brackets paired, and the operands and calls that they make up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.sql.tokens import Lexeme

Range: TypeAlias = tuple[int, int]
"""The first and the last of some tokens."""

OPERATOR_WORDS: Final = frozenset(
    {"and", "or", "xor", "is", "not", "like", "ilike", "rlike", "regexp", "glob", "similar", "to", "distinct", "from",
     "div", "mod", "escape", "at", "time", "zone", "collate", "overlaps", "binary", "global"}
)  # fmt: skip
_NO_FUNCTIONS: Final = OPERATOR_WORDS | {
    "in", "on", "where", "when", "then", "else", "case", "select", "by", "having", "join", "between", "as", "values",
    "using", "over", "filter", "limit", "offset", "set", "qualify", "union", "except", "intersect", "returning", "with",
}  # fmt: skip
_UNITS: Final = frozenset(
    {"year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"}
)
_OPENING: Final = {"(": ")", "[": "]"}


class Brackets:
    """Tokens by number: ``words`` are their texts in lower case, ``pairs`` tells where a bracket's partner is."""

    def __init__(self, tokens: Sequence[Lexeme]) -> None:
        self.words = [token.text.lower() for token in tokens]
        self.tokens = tokens
        self.pairs = _pairs(self.words)

    def word(self, index: int) -> str:
        """Return the token at ``index`` in lower case, "" beyond the ends."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def with_function(self, opening: int) -> int:
        """Return where the function starts whose bracket is at ``opening``; ``opening`` itself if it is none's."""
        before = opening - 1
        if before >= 0 and self.tokens[before].kind in ("word", "quoted") and self.words[before] not in _NO_FUNCTIONS:
            return before
        return opening

    def enclosing(self, first: int, last: int, reach: int | None = None) -> Range | None:
        """Return the innermost round brackets around a range, looking at ``reach`` tokens before it at most."""
        index = first - 1
        while index >= 0 and (reach is None or index >= first - reach):
            word = self.words[index]
            if word in (")", "]"):
                index = self.pairs.get(index, 0) - 1
            elif word == "(":
                close = self.pairs.get(index, -1)
                return (index, close) if close > last else None
            elif word in (";", "["):
                return None
            else:
                index -= 1
        return None

    def operand_after(self, index: int) -> int:
        """Return the last token of the operand that begins at ``index`` behind an operator."""
        if self.word(index) == "(":
            return self.pairs.get(index, index)
        if self.word(index) == "interval" and index + 1 < len(self.words):
            return index + 1 + (self.word(index + 2).rstrip("s") in _UNITS)
        if self.word(index + 1) == "(" and self.tokens[index].kind in ("word", "quoted"):
            return self.pairs.get(index + 1, index)
        return index

    def operand_before(self, index: int) -> int:
        """Return the first token of the operand that ends at ``index`` before an operator."""
        return (
            self.with_function(self.pairs[index]) if self.word(index) in (")", "]") and index in self.pairs else index
        )


def _pairs(words: Sequence[str]) -> dict[int, int]:
    """Return for each bracket where its partner is; a bracket that fits none is left out."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for index, word in enumerate(words):
        if word in _OPENING:
            stack.append(index)
        elif word in (")", "]") and stack and _OPENING[words[stack[-1]]] == word:
            opening = stack.pop()
            pairs[opening] = index
            pairs[index] = opening
    return pairs
