"""Read a stretch of a template as plain text and what stands between: single tags, and blocks with all that is in them.

What a block renders cannot be told without running it, so it counts as one thing that renders something.
"""

from __future__ import annotations

import bisect
import itertools
from typing import Final, NamedTuple

from perftool.lint.reading.tags import Tag, tags
from perftool.lint.reading.values import is_reference, renders_nothing

_OPENING: Final = frozenset(
    {"if", "for", "macro", "call", "filter", "raw", "snapshot", "test", "data_test", "docs", "materialization", "block",
     "with", "autoescape", "trans"}
)  # fmt: skip
_DEFINING: Final = frozenset({"macro", "set", "docs", "test", "data_test", "materialization"})
_SPLITTING: Final = frozenset({"else", "elif"})
_RENDERING: Final = frozenset({"include", "extends"})


class Part(NamedTuple):
    """A part of a template, half-open byte offsets: plain text without the white space around it, a tag, or a block.

    ``renders``: it may leave something behind.
    """

    start: int
    end: int
    plain: bool = False
    renders: bool = True


class Constructs:
    """The tags of a template, and which of them open and close each other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._tags = tags(data).found
        self._starts = [tag.start for tag in self._tags]
        self._closing: dict[int, int] = {}
        self._opening: dict[int, int] = {}
        self._match()

    def inside(self, offset: int) -> bool:
        """Say whether ``offset`` lies within a tag, not at its start."""
        index = bisect.bisect_left(self._starts, offset) - 1
        return index >= 0 and offset < self._tags[index].end

    def parts(self, start: int, end: int) -> list[Part] | None:
        """Return the parts of the bytes ``start`` to ``end``; None where a loop or a branch begins or ends outside."""
        found: list[Part] = []
        position = start
        index, last = self._range(start, end)
        while index < last:
            tag = self._tags[index]
            self._plain(position, tag.start, found)
            closing = self._closing.get(index)
            if closing is not None and closing < last:
                part = Part(tag.start, self._tags[closing].end, renders=tag.word not in _DEFINING)
                index = closing
            elif tag.word in _SPLITTING or self._divides(index):
                return None
            else:
                part = Part(tag.start, tag.end, renders=_renders(tag))
            found.append(part)
            position = part.end
            index += 1
        self._plain(position, end, found)
        return found

    def leading_reference(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the first tag between the bytes if it is a reference and not the only one; comments do not count."""
        first, last = self._range(start, end)
        tags_between = (self._tags[index] for index in range(first, last))
        found = list(itertools.islice((tag for tag in tags_between if tag.kind != "comment"), 2))
        if len(found) > 1 and found[0].kind == "value" and is_reference(found[0].text):
            return (found[0].start, found[0].end)
        return None

    def shown(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the tag that what comes out between the bytes ``start`` and ``end`` is best shown at.

        That is the first that renders something, else the one that opens the block that begins, ends or goes on there.
        """
        first, last = self._range(start, end)
        best: Tag | None = None
        for index in range(first, last):
            tag = self._tags[index]
            if _renders(tag) or (index in self._closing and tag.word not in _DEFINING):
                return (tag.start, tag.end)
            if index in self._opening and best is None:
                best = self._tags[self._opening[index]]
        return (best.start, best.end) if best is not None else None

    def _range(self, start: int, end: int) -> tuple[int, int]:
        return bisect.bisect_left(self._starts, start), bisect.bisect_left(self._starts, end)

    def _plain(self, start: int, end: int, found: list[Part]) -> None:
        text = self._data[start:end]
        bare = text.strip()
        if bare:
            start += len(text) - len(text.lstrip())
            found.append(Part(start, start + len(bare), plain=True))

    def _divides(self, index: int) -> bool:
        """Say whether a tag opens or closes a block of which more than the text between may come, or less."""
        return (index in self._closing or index in self._opening) and self._tags[index].word not in ("if", "endif")

    def _match(self) -> None:
        stack: list[int] = []
        for index, tag in enumerate(self._tags):
            if tag.kind != "statement":
                continue
            if tag.word in _OPENING or (tag.word == "set" and b"=" not in tag.text):
                stack.append(index)
            elif tag.word.startswith("end"):
                wanted = tag.word.removeprefix("end")
                while stack and wanted and self._tags[stack[-1]].word != wanted:
                    stack.pop()
                if stack:
                    opening = stack.pop()
                    self._closing[opening] = index
                    self._opening[index] = opening


def _renders(tag: Tag) -> bool:
    if tag.kind == "value":
        return not renders_nothing(tag.text)
    return tag.kind == "statement" and tag.word in _RENDERING
