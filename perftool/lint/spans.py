"""Where a node stands in its text: the places that sqlglot notes, completed from the tokens around them.

sqlglot notes places of names, literals and functions only. Brackets, keywords and constants around them (CASE … END,
CAST(…), NOT, NULL, ?) have none: ``completing`` tells for
each kind of node which tokens belong to it beside those of its children.
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

from perftool.lint.brackets import Brackets
from perftool.lint.completing import COMPLETE, Site, binary, called
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.lint.brackets import Range
    from perftool.sql.tokens import Lexeme


class Extents(Brackets):
    """The tokens of one text with what is needed to go from a node to its tokens.

    cost: ``of`` is linear in the nodes below that were not met before and in the tokens between them.
    """

    def __init__(self, tokens: Sequence[Lexeme]) -> None:
        super().__init__(tokens)
        self._starts = [token.start for token in tokens]
        #: Nodes that were asked about and what is below them, so that their ids stay theirs, and where they stand.
        self._held: dict[int, Node] = {}
        self._placed: dict[int, Range] = {}

    def of(self, node: Node) -> Range | None:
        """Return the tokens that ``node`` is written with; None where nothing of it has a place."""
        held, placed = self._held, self._placed
        if id(node) not in held:
            # Whatever is below a node comes after it in this order: backwards, children are known before their parents.
            order: list[Node] = []
            stack = [node]
            while stack:
                one = stack.pop()
                if id(one) not in held:
                    held[id(one)] = one
                    order.append(one)
                    stack += one.iter_expressions()
            for one in reversed(order):
                found = self._of_one(one, placed)
                if found is not None:
                    placed[id(one)] = found
        return placed.get(id(node))

    def _of_one(self, node: Node, placed: dict[int, Range]) -> Range | None:
        own = self._own(node)
        parts = [own] if own is not None else []
        for child in node.iter_expressions():
            part = placed.get(id(child))
            if part is not None:
                parts.append(part)
        if not parts:
            return None
        first, last = parts[0] if len(parts) == 1 else self._together(parts)
        complete = COMPLETE.get(node.__class__)
        if complete is not None:
            return complete(self, Site(node, first, last, placed))
        if own is None and isinstance(node, exp.Binary):
            return binary(self, Site(node, first, last, placed))
        if own is None and isinstance(node, exp.Func):
            return called(self, Site(node, first, last, placed))
        return first, last

    def _own(self, node: Node) -> Range | None:
        start = node.meta_get("start")
        if start is None:
            return None
        index = bisect.bisect_right(self._starts, start) - 1
        if index < 0 or (isinstance(node, exp.Star) and "*" not in self.words[index]):
            # A star that the parser made up brings a place of its own, in a text of its own.
            return None
        if isinstance(node, exp.Func) and self.word(index + 1) == "(":
            return index, self.pairs.get(index + 1, index)
        return index, index

    def _together(self, parts: list[Range]) -> Range:
        """Return the range of several: brackets that stand between them are taken in with their partners."""
        parts.sort()
        first, last = parts[0]
        close = last
        for start, end in parts[1:]:
            for index in range(last + 1, start):
                partner = self.pairs.get(index)
                if partner is None:
                    continue
                if partner < first:
                    first = self.with_function(partner)
                close = max(close, partner)
            last = max(last, end)
        return first, max(last, close)
