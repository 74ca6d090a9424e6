"""Tell the words that have a meaning in SQL from names, for the places around a template's value."""

from __future__ import annotations

import functools
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


def last_words(data: bytes) -> list[str]:
    """Return the last two words and signs of ``data``, the last first, as ``word`` tells them."""
    return [word(token) for token in _TOKEN.findall(data)[:-3:-1]]


def first_word(data: bytes) -> str:
    """Return the first word or sign of ``data``, as ``word`` tells it, or nothing."""
    token = _TOKEN.search(data)
    return word(token[0]) if token else ""


@functools.lru_cache(maxsize=4096)
def word(token: bytes) -> str:
    """Return ``token`` in lower case if it means something by itself, "name" for a name or a number."""
    text = token.decode("latin-1").lower()
    return text if text in _KEYWORDS or not (text[0].isalnum() or text[0] == "_") else OPERAND
