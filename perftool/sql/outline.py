"""Take out of SQL what may hide anything: strings, quoted names, comments."""

from __future__ import annotations

import functools
import re
from typing import Final

from perftool.sql import patterns
from perftool.sql.lexis import lexis

_BLOCK: Final = r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
# One that holds the beginning of another is left alone: it is missed then.
_BLOCK_WITHOUT_ANOTHER: Final = r"/\*(?:[^*/]++|\*(?!/)|/(?!\*))*+(?:\*/|\Z)"
# It may hold a quote that begins no string.
_PARAMETER: Final = r"%\([^()\s]*+\)s"


def outline(text: str, dialect: str = "") -> str | None:
    """Return ``text`` with a blank for each string, quoted name and comment; None where cutting tokens alone tells.

    The prefix of a string stays. ``dialect`` is a canonical name.
    cost: one search, a tenth of what cutting tokens takes.
    """
    hidden, doubtful = _patterns(dialect)
    if any(map(text.__contains__, doubtful)) or ("\\" in text and _takes_backslashes(text, dialect)):
        return None
    plain = hidden.sub(" ", text)
    return None if "/*" in plain else plain


def _takes_backslashes(text: str, dialect: str) -> bool:
    """Say whether ``E'…'`` may stand in ``text``, where a backslash before a quote does not end it."""
    return lexis(dialect).escape_strings and ("E'" in text or "e'" in text)


@functools.cache
def _patterns(dialect: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return what is taken out, and what must not be in a text: where it begins depends on the tokens before it."""
    habits = lexis(dialect)
    doubtful = ["#"] if "#" in habits.line_comments else []
    if habits.dollar != "none":
        doubtful.append("$")
    if habits.q_quotes:
        doubtful += ["q'", "Q'"]
    double = habits.double_quoted_strings and habits.backslash
    pieces = [patterns.line_comment(habits), _BLOCK_WITHOUT_ANOTHER if habits.nested_comments else _BLOCK, _PARAMETER]
    if habits.triple_quotes:
        pieces += [patterns.tripled("'"), patterns.tripled('"')]
    pieces += [patterns.quoted("'", backslash=habits.backslash), patterns.quoted('"', backslash=double)]
    if habits.backticks:
        pieces.append(patterns.quoted("`", backslash=False))
    if habits.brackets:
        pieces.append(patterns.quoted("[", close="]", backslash=False))
    return re.compile("|".join(pieces)), tuple(doubtful)
