"""See from sqlglot's own tokens, which parsing needs anyway, that a statement surely nests little.

``nesting.shape`` measures exactly, and costs a fifth of parsing. Here every token becomes one letter, and regular
expressions on the letters give upper bounds; only what exceeds them is measured.
"""

from __future__ import annotations

import functools
import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from perftool.sql.nesting import DEEPEST, LONGEST_CHAIN, MOST_OPEN_ARRAYS, MOST_OPEN_JOINS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot.tokenizer_core import Token

_INNERMOST: Final = re.compile(r"\([^()]*\)")
_SIGNS: Final = re.compile(r"s+")
_HELD: Final = re.compile(r"s+(?=[pc])")
_IF: Final = re.compile(r"\bif\b")
_MOST_LEVELS: Final = 24
# Whole statements have none without a partner.
_MOST_UNCLOSED: Final = 1

_LETTERS: Final = {
    "(": "L_PAREN L_BRACKET L_BRACE",
    ")": "R_PAREN R_BRACKET R_BRACE",
    # Each takes the rest of its expression for its operand.
    "p": "NOT INTERVAL ANY SOME ALL EXISTS OVER CREATE BINARY EXCLAMATION",
    # Each takes the next operand; those in a row nest.
    "s": "DASH PLUS TILDE PARAMETER PIPE SLASH FROM DESC DESCRIBE DAT DIV",
    "c": "CASE",
    # Each goes on with what stands before it.
    "l": "DOT DCOLON ARROW DARROW IS IN COLON_EQ BETWEEN ISNULL NOTNULL COLON HASH_ARROW DHASH_ARROW",
    "j": "JOIN",
    "o": "ON",
    "u": "USING",
    "A": "ARRAY LIST",
    "t": "STRUCT MAP NESTED NULLABLE RANGE UNION OBJECT VECTOR LOWCARDINALITY TABLE ROW",
    "<": "LT",
    "&": "AND",
    # These end an expression.
    ",": "COMMA SEMICOLON OR WHEN THEN ELSE SELECT WHERE HAVING EXCEPT INTERSECT",
}


@functools.cache
def _letter() -> Callable[[Any], str]:
    """Return the function from a token's type to its letter; x for anything that needs no attention."""
    from sqlglot.tokenizer_core import TokenType

    known = {name: letter for letter, names in _LETTERS.items() for name in names.split()}
    letters = {kind: known.get(kind.name, "x") for kind in TokenType}
    return letters.__getitem__


_kind = attrgetter("token_type")


def surely_shallow(tokens: Sequence[Token], text: str) -> bool:
    """Say whether a statement with these ``tokens`` surely stays below all limits of ``nesting``.

    cost: some letters for each token; a tenth of parsing.
    """
    letters = "".join(map(_letter(), map(_kind, tokens)))
    if letters.count("A(") > MOST_OPEN_ARRAYS or letters.count(")(") > LONGEST_CHAIN:
        return False
    # Words that sqlglot has no token of their own for, and hints, whose text it parses as well.
    lowered = text.lower()
    if "connect_by_root" in lowered or "prior" in lowered or "explain explain" in lowered or "/*+" in text:
        return False
    if max(map(lowered.count, ("zone", "|>", "between"))) > LONGEST_CHAIN:
        return False
    cases = letters.count("c") + _held(letters) * ("sc" in letters) + len(_IF.findall(lowered)) + letters.count("<") * ("t<" in letters or "A<" in letters)
    if "between" not in lowered:
        letters = letters.replace("&", ",")
    depth = levels = most_links = most_joins = 0
    while True:
        groups = _INNERMOST.findall(letters)
        parts = (",".join(groups) if groups else letters).replace("o", ",o,").split(",")
        depth += 1 + max(part.count("p") + _held(part) for part in parts)
        depth += max((len(row) for part in parts for row in _SIGNS.findall(part)), default=0)
        most_links = max(most_links, *(part.count("l") for part in parts))
        most_joins = max(most_joins, _open_joins(groups or [letters]))
        if not groups:
            break
        levels += 1
        if levels > _MOST_LEVELS:
            return False
        letters = _INNERMOST.sub("x", letters)
    if letters.count("(") > _MOST_UNCLOSED:
        return False
    levels += _MOST_UNCLOSED
    depth += _MOST_UNCLOSED
    return depth + cases <= DEEPEST and most_links <= LONGEST_CHAIN and most_joins * (levels + 1) <= MOST_OPEN_JOINS


def _held(letters: str) -> int:
    """Return how many signs stand right before a prefix or a CASE, which hold on to them."""
    return sum(map(len, _HELD.findall(letters))) if "sp" in letters or "sc" in letters else 0


def _open_joins(groups: Sequence[str]) -> int:
    """Return the most joins in a row without a condition between them."""
    return max(part.count("j") for group in groups for part in group.replace("u", "o").split("o"))
