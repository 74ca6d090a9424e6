"""Refuse statements that would take the process down with them, or hold it for hours.

sqlglot's compiled parser and its trees recurse without Python's own guard in places: several thousand nested
sub-selects end the process, not the statement; RecursionError covers the rest. And every JOIN without ON or USING
doubles its work (measured with 30.30: 16 in a row 0.17 s, 20 in a row 2.6 s, 24 in a row 42 s).
"""

from __future__ import annotations

import re
from typing import Final

from perftool.errors import InputError
from perftool.sql.tokens import lex

DEEPEST: Final = 400
LONGEST_CHAIN: Final = 4000
MOST_OPEN_JOINS: Final = 12

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


def open_joins(text: str, dialect: str = "") -> int:
    """Return how many JOINs in a row wait for their ON or USING, those around a sub-query counted with its own.

    cost: one search when the word JOIN is rare, else one pass over the tokens.
    """
    if text.lower().count("join") <= MOST_OPEN_JOINS:
        return 0
    waiting, most, before = [0], 0, ""
    for kind, token in lex(text, dialect):
        if kind == "word":
            word = token.lower()
            if word == "join" and before not in ("cross", "natural"):
                waiting[-1] += 1
                most = max(most, sum(waiting))
            elif word in ("on", "using"):
                waiting[-1] = 0
            before = word
        elif token in _OPENING:
            if len(waiting) <= DEEPEST:
                waiting.append(0)
        elif token in _CLOSING and len(waiting) > 1:
            waiting.pop()
    return most


def refuse_too_deep(text: str, dialect: str = "") -> None:
    """Raise InputError when ``text`` is more than the parser stands."""
    if depth(text, dialect) > DEEPEST:
        raise InputError(f"brackets nest deeper than {DEEPEST}")
    if text.count("<") > LONGEST_CHAIN and len(_TYPE_OPENING.findall(text)) > LONGEST_CHAIN:
        raise InputError(f"more than {LONGEST_CHAIN:,} types opened with '<'")
    if text.count("[") > LONGEST_CHAIN * 2:
        raise InputError(f"more than {LONGEST_CHAIN * 2:,} square brackets")
    if open_joins(text, dialect) > MOST_OPEN_JOINS:
        raise InputError(f"more than {MOST_OPEN_JOINS} JOINs without ON or USING: sqlglot would need hours")
