"""Decide what of a template's text stays: one branch of each condition, one round of each loop, whole statements of
macros.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.lint.reading.conditions import decided
from perftool.lint.reading.ranges import merged
from perftool.lint.reading.values import renders_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.lint.reading.tags import Tag

_BRANCHING: Final = frozenset({"if", "for"})
# A block that nothing closes would be looked for again by each end that follows.
_DEEPEST: Final = 64
# Their text is no part of the statement around them: it is rendered elsewhere, if at all.
_APART: Final = frozenset({"macro", "call", "test", "data_test", "snapshot", "materialization", "set"})
_NEVER: Final = frozenset({"docs"})
_ENCLOSING: Final = frozenset({"filter", "block", "with", "autoescape"})
_TRIVIA: Final = re.compile(rb"(?:\s++|--[^\r\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/)*+")
_STATEMENT: Final = re.compile(
    rb"(?i:select|with|insert|update|delete|merge|create|alter|drop|truncate|grant|begin|call|copy|unload|vacuum)\b"
)
_ASSIGNS: Final = re.compile(rb"set\s++[\w.,\s]++=")
_ENDS: Final = re.compile(rb";(?:\s|--[^\r\n]*+)*+\Z")


@dataclass(slots=True)
class Plan:
    """What becomes of a text: ``dropped`` ranges (half-open, sorted, apart) say nothing; ``ends`` are the indexes of
    tags where a statement of its own ends.
    """

    dropped: list[tuple[int, int]] = field(default_factory=list)
    ends: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Branch:
    """One branch, from the tag that opens it to the end of the tag that ends it."""

    start: int
    condition: bytes = b""
    end: int = 0
    filled: bool = False


@dataclass(slots=True)
class _Block:
    word: str
    branches: list[_Branch]
    alone: bool = True
    first: bytes | None = None
    running: bool = False


def plan(data: bytes, found: Iterable[Tag], dialect: str = "", *, end: int | None = None) -> Plan:
    """Return what of ``data`` stays, or of what stands before ``end``.

    Of a condition the branch that holds for ``dialect``, else the first that has any text; of a loop one round, which
    is its first and its last; of macros, tests and the like what is a statement in itself.
    cost: linear in the data, and a sort of the ranges.
    """
    return _Planner(data, dialect, len(data) if end is None else end).run(found)


class _Planner:
    def __init__(self, data: bytes, dialect: str, end: int) -> None:
        self.data = data
        self.dialect = dialect
        self.end = end
        self.plan = Plan()
        self.stack: list[_Block] = []
        self.supposed: dict[bytes, bool] = {}
        # Whether a statement has begun that is not ended yet, before the texts outside of blocks that were not looked
        # at: that is asked for where a block opens.
        self.running = False
        self.unseen: list[tuple[int, int]] = []

    def run(self, found: Iterable[Tag]) -> Plan:
        position = 0
        for index, tag in enumerate(found):
            if position < tag.start:
                if self.stack:
                    self._text(position, tag.start)
                else:
                    self.unseen.append((position, tag.start))
            position = tag.end
            if tag.kind == "value":
                if self.stack and not renders_nothing(tag.text):
                    self._fill(b"{{")
            elif tag.kind == "statement":
                self._statement(index, tag)
        if self.stack:
            self._text(position, self.end)
        while self.stack:
            self._close(-1, self.end)
        self.plan.dropped = merged(self.plan.dropped)
        return self.plan

    def _text(self, start: int, end: int) -> bool:
        """Take note of the text between two tags; say whether there is any but white space and comments."""
        trivia = _TRIVIA.match(self.data, start, end)
        first = trivia.end() if trivia else start
        if first < end:
            self._fill(self.data[first : min(end, first + 16)])
            tail = max(first, end - 200)
            self.running = self.data.find(b";", tail, end) < 0 or _ENDS.search(self.data, tail, end) is None
        return first < end

    def _fill(self, text: bytes) -> None:
        if self.stack:
            block = self.stack[-1]
            block.branches[-1].filled = True
            if block.first is None:
                block.first = text

    def _statement(self, index: int, tag: Tag) -> None:
        word = tag.word
        if word in _BRANCHING:
            self._open(tag, word)
        elif word in ("elif", "else"):
            if self.stack and self.stack[-1].word in _BRANCHING:
                block = self.stack[-1]
                block.branches[-1].end = tag.end
                block.branches.append(_Branch(tag.start, tag.text.removeprefix(b"elif").strip()))
        elif word == "set":
            if not _ASSIGNS.match(tag.text):
                self._open(tag, word)
        elif word in _APART or word in _NEVER or word in _ENCLOSING:
            self._open(tag, word)
        elif word == "end":
            if self.stack:
                self._close(index, tag.end)
        elif word.startswith("end"):
            self._end(index, tag)

    def _open(self, tag: Tag, word: str) -> None:
        condition = tag.text.removeprefix(b"if").strip() if word == "if" else b""
        while self.unseen and not self._text(*self.unseen.pop()):
            pass
        self.unseen.clear()
        self.stack.append(_Block(word, [_Branch(tag.start, condition)], alone=not self.running, running=self.running))
        if word in _APART:
            self.running = False

    def _end(self, index: int, tag: Tag) -> None:
        """End the innermost block of that name, and those inside it that were left open; nothing if there is none."""
        word = tag.word.removeprefix("end")
        if any(block.word == word for block in self.stack[-_DEEPEST:]):
            while self.stack[-1].word != word:
                self._close(-1, tag.start)
            self._close(index, tag.end)

    def _close(self, index: int, end: int) -> None:
        block = self.stack.pop()
        block.branches[-1].end = end
        kept: _Branch | None = block.branches[0]
        if block.word == "if":
            kept = self._chosen(block.branches)
        elif block.word in _NEVER:
            kept = None
        elif block.word in _APART:
            whole = block.alone and block.first is not None and _STATEMENT.match(block.first) is not None
            kept = kept if whole else None
            if whole and index >= 0:
                self.plan.ends.add(index)
            self.running = block.running
        self.plan.dropped += [(b.start, b.end) for b in block.branches if b is not kept and b.start < b.end]
        if kept is not None and kept.filled and block.word not in _APART:
            self._fill(block.first or b"")

    def _chosen(self, branches: list[_Branch]) -> _Branch | None:
        known = [self._known(branch.condition) for branch in branches]
        possible = [branch for branch, holds in zip(branches, known, strict=True) if holds is not False]
        certain = [branch for branch, holds in zip(branches, known, strict=True) if holds and branch.condition]
        # A loop's separator is left out even where all that remains is nothing.
        filled = [branch for branch in possible if branch.filled] or possible
        kept = certain[0] if certain else filled[0] if filled else None
        for branch in branches:
            # What was taken to hold once holds further on, so that of two opposite conditions one stays.
            self._suppose(branch.condition, holds=branch is kept)
            if branch is kept:
                break
        return kept

    def _known(self, condition: bytes) -> bool | None:
        """Return what a condition comes to: by itself, or by what was supposed before."""
        if not condition:
            return None
        known = decided(condition, self.dialect)
        if known is not None or b"loop." in condition:
            return known
        bare, negated = _bare(condition)
        supposed = self.supposed.get(bare)
        return None if supposed is None else supposed is not negated

    def _suppose(self, condition: bytes, *, holds: bool) -> None:
        if condition and b"loop." not in condition:
            bare, negated = _bare(condition)
            self.supposed.setdefault(bare, holds is not negated)


def _bare(condition: bytes) -> tuple[bytes, bool]:
    """Return a condition without ``not`` before it, and whether it was negated."""
    bare = b" ".join(condition.split())
    negated = False
    while bare.startswith(b"not "):
        bare, negated = bare[4:].strip(), not negated
    return bare, negated
