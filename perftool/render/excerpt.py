"""The line that a finding stands in, cut to a width around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.render.visible import is_narrow, to_ascii, visible, width

if TYPE_CHECKING:
    from perftool.model.diagnostic import Span

_BREAK: Final = re.compile(r"[\r\n]")
_TAB: Final = "    "


class Excerpt(msgspec.Struct, frozen=True):
    """One line safe to show: what stands before the finding, the part of the finding in it, what follows."""

    before: str
    marked: str
    after: str


def excerpt(text: str, span: Span, columns: int, *, ascii_only: bool = False) -> Excerpt:
    """Return the first line of ``text``, which is the line where ``span`` starts, in at most ``columns`` columns.

    A tab takes four columns; what cannot be seen is spelled out. A longer line is cut around the finding.
    cost: bounded by ``columns``, however long the line is.
    """
    found = _BREAK.search(text)
    line = text[: found.start()] if found else text
    start = min(max(span.column - 1, 0), len(line))
    end = _end(line, span, start)
    # Every character kept takes a column, but for combining ones: four for each column is more than is ever shown.
    most = 4 * columns
    before = _spelled(line[max(0, start - most) : start], ascii_only)
    marked = _spelled(line[start : min(end, start + most)], ascii_only)
    after = _spelled(line[end : end + most].rstrip(), ascii_only)
    if width(before) + width(marked) + width(after) <= columns and start <= most and end - start <= most:
        return Excerpt(before, marked, after)
    return _cut(before, marked, after, columns, "..." if ascii_only else "…")


def _end(line: str, span: Span, start: int) -> int:
    if span.end_line == span.line and span.end_column:
        return min(max(span.end_column - 1, start), len(line))
    if span.end_line > span.line:
        return max(start, len(line.rstrip()))
    return min(start + (span.end > span.start), len(line))


def _spelled(text: str, ascii_only: bool) -> str:
    shown = visible(text.replace("\t", _TAB))
    return to_ascii(shown) if ascii_only else shown


def _cut(before: str, marked: str, after: str, columns: int, mark: str) -> Excerpt:
    """Give the finding the room that it wants, up to three quarters, and what is left to what stands around it."""
    beside = min(width(after), columns // 4)
    before = _last(before, max(columns - width(marked) - beside, columns // 4), mark)
    rest = columns - width(before)
    marked = _first(marked, rest, mark)
    return Excerpt(before, marked, _first(after, rest - width(marked), mark))


def _first(text: str, columns: int, mark: str) -> str:
    """Return the first ``columns`` columns of ``text``, with ``mark`` at the end where something is missing."""
    if width(text) <= columns:
        return text
    return text[: _fitting(text, columns - len(mark))] + mark if columns >= len(mark) else ""


def _last(text: str, columns: int, mark: str) -> str:
    """Return the last ``columns`` columns of ``text``, with ``mark`` at the front where something is missing."""
    if width(text) <= columns:
        return text
    return mark + text[len(text) - _fitting(text[::-1], columns - len(mark)) :] if columns >= len(mark) else ""


def _fitting(text: str, columns: int) -> int:
    """Return how many characters of ``text``, which takes more, fit into ``columns``."""
    if is_narrow(text):
        return max(columns, 0)
    for kept, character in enumerate(text):
        columns -= width(character)
        if columns < 0:
            return kept
    return len(text)
