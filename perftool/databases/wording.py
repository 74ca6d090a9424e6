"""Have an engine write each value as every other path out of it does, where its own formats have other words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.databases.api import Column, Word


def worded(sql: str, columns: Sequence[Column], names: Sequence[str], words: Sequence[Word], form: str) -> str:
    """Return a query over ``sql`` whose values an engine writes as ``form`` in the words that every path has.

    ``names`` are what its columns shall be called. Types that no word is for, and expressions that are missing, refuse.
    raises: UnavailableError naming the column.
    """
    asked = []
    for number, (column, name) in enumerate(zip(columns, names, strict=True)):
        word = next((one for one in words if re.fullmatch(one.types, column.type, re.IGNORECASE)), None)
        expression = getattr(word, form, None)
        if expression is None:
            kind = column.type or "of no known type"
            raise UnavailableError(f"column {column.name} is {kind}, which the engine writes in other words")
        quoted = '"' + name.replace('"', '""') + '"'
        asked.append(f"{expression.format(f'q.c{number}')} AS {quoted}")
    aliases = ", ".join(f"c{number}" for number in range(len(columns)))
    body = sql.rstrip().rstrip(";")
    return f"SELECT {', '.join(asked)}\nFROM (\n{body}\n) AS q({aliases})"


def described(sql: str) -> str:
    """Return a query that gives the columns of ``sql`` and no row."""
    return f"SELECT * FROM (\n{sql.rstrip().rstrip(';')}\n) AS q LIMIT 0"  # noqa: S608
