"""Tell the words that have a meaning in SQL from names, for the places around a template's value."""

from __future__ import annotations

import re
from typing import Final

from perftool.lint.reading.values import OPERAND

_TOKEN: Final = re.compile(rb"[A-Za-z_\x80-\xff][\w$\x80-\xff]*+|::|[0-9][\w.]*+|[^\s\w]")
_KEYWORDS: Final = frozenset(
    {"all", "and", "any", "as", "asc", "between", "by", "case", "cluster", "create", "cross", "delete", "desc",
     "distinct", "else", "end", "except", "exists", "false", "fetch", "first", "for", "from", "full", "group", "having",
     "if", "ilike", "in", "inner", "insert", "intersect", "into", "is", "join", "lateral", "left", "like", "limit",
     "merge", "minus", "natural", "next", "not", "null", "offset", "on", "or", "order", "outer", "over", "partition",
     "qualify", "range", "replace", "returning", "right", "rows", "select", "set", "table", "then", "to", "top", "true",
     "union", "update", "using", "values", "view", "when", "where", "window", "with"}
)  # fmt: skip


def words(data: bytes, *, most: int | None = None) -> list[str]:
    """Return the words and signs of ``data`` in lower case, with "name" for names and numbers; at ``most`` so many."""
    found = []
    for token in _TOKEN.finditer(data):
        text = token[0].decode("latin-1").lower()
        found.append(text if text in _KEYWORDS or not (text[0].isalnum() or text[0] == "_") else OPERAND)
        if most is not None and len(found) >= most:
            break
    return found
