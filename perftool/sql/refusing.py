"""Refuse statements that would take the process down with them, or hold it for hours.

sqlglot's compiled parser recurses without Python's own guard: each level takes 0.3 to 3.2 KiB of the thread's stack,
and where the stack ends, so does the process (see docs/sql.md for what was measured). And two things double its work
each time: a JOIN without ON or USING (with 30.30: 16 in a row 0.17 s, 24 in a row 42 s), and ``ARRAY[`` in ``ARRAY[``
(12 deep 0.02 s, 16 deep 0.36 s, 24 deep a minute and a half).
"""

from __future__ import annotations

import re
from typing import Final

from perftool.errors import InputError
from perftool.sql.bounding import LINKS, MAKERS, bound, rough_bound
from perftool.sql.nesting import shape

DEEPEST: Final = 80
"""Half of what a thread with 512 KiB of stack stands of the worst construct, 162 of ORDER BY in sub-selects."""

LONGEST_CHAIN: Final = 250
"""Of subscripts, casts, dots, ``:=``, AT TIME ZONE and the like in one expression.

Some thousands end a thread with 512 KiB of stack, most of them when the tree is written out.
"""

MOST_OPEN_ARRAYS: Final = 12
MOST_OPEN_JOINS: Final = 12

HARMLESS: Final = 24
"""Tokens of sqlglot's that are never too many: each level takes one, a JOIN and ``ARRAY[`` take two."""

# What is surely shallow without another look.
_SHORT: Final = 400
_FEW: Final = 40
_CONDITION: Final = re.compile(r"\b(?:on|using)\b")
# Bytes: three times what the worst level takes, and ten times what the worst link does.
_STACK_OF_A_LEVEL: Final = 10 << 10
_STACK_OF_A_LINK: Final = 4 << 10
# The time for x[1][1]… grows with the square of them: 2,000 take 8 s, 6,000 a minute and a half.
_MOST_SUBSCRIPTS: Final = 2_000


def harmless(text: str, tokens: int) -> bool:
    """Say at once of most statements that they are never refused; ``tokens`` are how many sqlglot makes of ``text``.

    It parses what a hint holds as well, which is no token.
    """
    return tokens <= HARMLESS and "/*+" not in text


def refuse_too_deep(text: str, dialect: str = "", *, stack: int = 0, tokens: int | None = None) -> None:
    """Raise InputError when ``text`` is more than the parser stands.

    ``stack``: it is parsed by the main thread of a process with so many bytes of stack, and whose death or delay costs
    this text alone. Much more is let through unmeasured then: 800 things that could nest for 8 MiB, of which such a
    stack stands 2,800. ``tokens`` are how many sqlglot makes of it, where that is known.
    cost: a few searches where there is too little in the text to nest too deep, else one pass over the tokens.
    """
    if _fits(text, dialect, stack, tokens) if stack else _surely_shallow(text):
        return
    found = shape(text, dialect)
    if found.depth > DEEPEST:
        raise InputError(f"brackets, CASE, NOT and the like nest {found.depth:,} deep, over the limit of {DEEPEST}")
    if found.chain > LONGEST_CHAIN:
        raise InputError(
            f"{found.chain:,} links (subscripts, casts, dots, := …) in a chain, over the limit of {LONGEST_CHAIN:,}"
        )
    if found.arrays > MOST_OPEN_ARRAYS:
        raise InputError(f"ARRAY[ nests {found.arrays:,} deep, over the limit of {MOST_OPEN_ARRAYS}: too slow to parse")
    if found.joins > MOST_OPEN_JOINS:
        raise InputError(f"more than {MOST_OPEN_JOINS} JOINs without ON or USING: sqlglot would need hours")


def _fits(text: str, dialect: str, stack: int, tokens: int | None = None) -> bool:
    """Say whether ``text`` holds too little to overrun ``stack``, or to take hours; joins are counted at a glance."""
    most, most_links = stack // _STACK_OF_A_LEVEL, stack // _STACK_OF_A_LINK
    subscripts = text.count("[")
    if subscripts > _MOST_SUBSCRIPTS:
        return False
    lowered = text.lower()
    if subscripts > MOST_OPEN_ARRAYS and lowered.count("array") > MOST_OPEN_ARRAYS:
        return False
    joins = lowered.count("join")
    if joins > MOST_OPEN_JOINS and joins - len(_CONDITION.findall(lowered)) > MOST_OPEN_JOINS:
        return False
    # No level and no link takes less than a token, or a character.
    if len(text) <= most or (tokens is not None and tokens <= most and "/*+" not in text):
        return True
    for bounded in (rough_bound, bound):
        found = bounded(text, dialect)
        if found is not None and found[0] <= most and found[1] <= most_links:
            return True
    return False


def _surely_shallow(text: str) -> bool:
    """Say whether ``text`` holds too little to be refused, or to hurt if it were not."""
    if text.count("[") > MOST_OPEN_ARRAYS:
        return False
    lowered = text.lower()
    if lowered.count("join") > MOST_OPEN_JOINS:
        return False
    if len(text) <= _SHORT and sum(map(text.count, "([{!")) <= _FEW:
        return True
    chains = sum(map(lowered.count, LINKS))
    return chains <= LONGEST_CHAIN and sum(map(lowered.count, (*"([{", *MAKERS))) <= DEEPEST
