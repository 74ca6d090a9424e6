"""Refuse statements nested so deep that a compiled parser could exhaust the stack.

sqlglot's compiled parser and its trees recurse without Python's own guard in places: several thousand nested
sub-selects end the process, not the statement. RecursionError covers the rest.
"""

from __future__ import annotations

import re
from typing import Final

from perftool.errors import InputError
from perftool.sql.tokens import lex

DEEPEST: Final = 400
LONGEST_CHAIN: Final = 4000

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_TYPE_OPENING: Final = re.compile(r"[A-Za-z]\s*+<")


def depth(text: str, dialect: str = "") -> int:
    """Return how deep round, square and curly brackets nest in ``text``, those in strings and comments left out.

    cost: a few searches when there are fewer than DEEPEST opening brackets, else one pass over the tokens.
    """
    possible = sum(map(text.count, _OPENING))
    if possible <= DEEPEST:
        return possible
    level = deepest = 0
    for kind, token in lex(text, dialect):
        if kind != "operator":
            continue
        if token in _OPENING:
            level += 1
            deepest = max(deepest, level)
        elif token in _CLOSING and level:
            level -= 1
    return deepest


def refuse_too_deep(text: str, dialect: str = "") -> None:
    """Raise InputError when ``text`` nests deeper than DEEPEST, or chains more than a parser stands."""
    if depth(text, dialect) > DEEPEST:
        raise InputError(f"brackets nest deeper than {DEEPEST}")
    if text.count("<") > LONGEST_CHAIN and len(_TYPE_OPENING.findall(text)) > LONGEST_CHAIN:
        raise InputError(f"more than {LONGEST_CHAIN:,} types opened with '<'")
    if text.count("[") > LONGEST_CHAIN * 2:
        raise InputError(f"more than {LONGEST_CHAIN * 2:,} square brackets")
