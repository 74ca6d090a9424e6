"""Where clauses stand in a statement's text, and edits that take text out but leave comments where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Edit
from perftool.sql.tokens import comments

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from perftool.lint.statement import Statement
    from perftool.sql.nodes import Node
    from perftool.sql.tokens import Lexeme

_REACH: Final = 12
_AFTER_KEYS: Final = frozenset({"asc", "desc", "nulls", "first", "last", "end", ")"})


def keyword_before(at: Statement, node: Node, *words: str) -> int | None:
    """Return the index of the token that begins the clause which ``node`` is the first part of.

    ``words`` are the clause's first words in lower case. None where something unexpected stands in between.
    """
    start, end = at.span(node)
    if (start, end) == (0, len(at.text)):
        return None
    tokens = at.tokens
    first = at.token_at(start)
    for index in range(first - 1, max(first - _REACH, -1), -1):
        if tokens[index].text in (")", ";"):
            return None
        if _read(tokens, index, words):
            return index
    return None


def _read(tokens: list[Lexeme], index: int, words: tuple[str, ...]) -> bool:
    found = tokens[index : index + len(words)]
    return len(found) == len(words) and all(
        token.text.lower() == word for token, word in zip(found, words, strict=True)
    )


def order_by(at: Statement, order: Node) -> tuple[int, int] | None:
    """Return where an ORDER BY that ends its query stands; None if anything but its keys seems to be part of it."""
    first = keyword_before(at, order, "order", "by")
    if first is None:
        return None
    tokens = at.tokens
    end = at.span(order)[1]
    depth, last = 0, first
    for index in range(first, len(tokens)):
        text = tokens[index].text
        if text == ";":
            break
        depth += (text == "(") - (text == ")")
        if depth < 0:
            break
        if tokens[index].start >= end and text.lower() not in _AFTER_KEYS:
            return None
        last = index
    return tokens[first].start, tokens[last].end


def cut(at: Statement, start: int, end: int) -> tuple[Edit, ...]:
    """Return the edits that take out the tokens from ``start`` to ``end`` with the blanks before; comments stay.

    No edits where a template or a variable stands in it.
    """
    if at.is_made_up(start, end):
        return ()
    text = at.text
    known = list(comments(text, at.dialect))
    inside = [(first, last) for first, last in known if start <= first < end]
    begin = len(text[:start].rstrip())
    line_before = any(first < begin <= last and not text.startswith("/*", first) for first, last in known)
    if inside or line_before:
        # What follows must not slip into a comment that ends with its line.
        begin = start
    return tuple(_gaps(text, begin, end, inside))


def _gaps(text: str, begin: int, end: int, inside: list[tuple[int, int]]) -> Iterator[Edit]:
    after_line = False
    for first, last in [*inside, (end, end)]:
        gap = text[begin:first]
        if gap.strip():
            yield Edit(begin, first, "\n" if after_line else "")
        begin, after_line = last, not text.startswith("/*", first)


def has_any(query: Node, clauses: Container[str]) -> bool:
    """Say whether ``query`` has one of ``clauses``, given by the names of its arguments."""
    return any(value and name in clauses for name, value in query.args.items())
