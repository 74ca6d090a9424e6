"""Find in a template where a place of the text that was made of it comes from.

dbt copies what stands between the tags letter by letter, so most lines of a model stand in the compiled text too. The
lines that stand once in both are matched first, in order; between two matches equal lines are paired from both ends,
and where as many lines are left on both sides they are paired one by one.
source: "patience diff", Bram Cohen, 2010 (unique lines first, longest increasing subsequence).
"""

from __future__ import annotations

import bisect
import re
from typing import Final, NamedTuple

_LINE: Final = re.compile(rb"[^\n]*+\n|[^\n]++\Z")


class _Pair(NamedTuple):
    """A line of the made text and one of the template: where they start, how many bytes both begin and end with."""

    made: int
    made_end: int
    source: int
    source_end: int
    head: int
    tail: int


class Alignment:
    """Where the lines of a made text come from."""

    def __init__(self, pairs: list[_Pair]) -> None:
        self._pairs = pairs
        self._starts = [pair.made for pair in pairs]

    def origin(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the bytes of the template that the bytes ``start`` to ``end`` (half-open) of the made text come from.

        What stands where a tag was comes from the whole tag. None where the line is not known to come from anywhere.
        """
        first, last = self._pair(start), self._pair(max(end - 1, start))
        if first is None or last is None:
            return None
        begins = _moved(first, start, last=False)
        ends = _moved(last, max(end - 1, start), last=True)
        return (begins, max(begins, ends if end > start else begins))

    def _pair(self, offset: int) -> _Pair | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._pairs[index].made_end:
            return None
        return self._pairs[index]


def align(source: bytes, made: bytes) -> Alignment:
    """Return where the lines of ``made`` come from in the template ``source``. cost: n log n in the lines."""
    old = [match.span() for match in _LINE.finditer(source)]
    new = [match.span() for match in _LINE.finditer(made)]
    old_keys = [source[start:end].strip() for start, end in old]
    new_keys = [made[start:end].strip() for start, end in new]
    matched = _unique(old_keys, new_keys)
    pairs: list[tuple[int, int]] = []
    old_at = new_at = 0
    for here, there in [*matched, (len(old), len(new))]:
        pairs += _between(old_keys, new_keys, (old_at, here), (new_at, there))
        if here < len(old):
            pairs.append((here, there))
        old_at, new_at = here + 1, there + 1
    return Alignment([_paired(source, made, old[here], new[there]) for here, there in pairs])


def _unique(old: list[bytes], new: list[bytes]) -> list[tuple[int, int]]:
    """Return the indexes of lines that stand once in both, as many as stand in the same order in both."""
    places = {line: index for index, line in enumerate(old)}
    counts: dict[bytes, int] = {}
    for line in (*old, *new):
        counts[line] = counts.get(line, 0) + 1
    # Once in each, so twice in all; a line that stands twice in one and not in the other is met in no pair.
    common = [(places[line], index) for index, line in enumerate(new) if line in places and counts[line] == 2 and line]
    return _increasing(common)


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of ``pairs`` (in order of the second) whose firsts increase."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (here, _) in enumerate(pairs):
        pile = bisect.bisect_left(tops, here)
        if pile == len(tops):
            tops.append(here)
            ends.append(index)
        else:
            tops[pile], ends[pile] = here, index
        before.append(ends[pile - 1] if pile else -1)
    found: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _between(
    old: list[bytes], new: list[bytes], here: tuple[int, int], there: tuple[int, int]
) -> list[tuple[int, int]]:
    """Pair the lines between two matches: equal ones from both ends, the rest if there are as many."""
    (start, end), (first, last) = here, there
    head: list[tuple[int, int]] = []
    tail: list[tuple[int, int]] = []
    while start < end and first < last and old[start] == new[first]:
        head.append((start, first))
        start, first = start + 1, first + 1
    while start < end and first < last and old[end - 1] == new[last - 1]:
        end, last = end - 1, last - 1
        tail.append((end, last))
    rest = zip(range(start, end), range(first, last), strict=True) if end - start == last - first else ()
    return [*head, *rest, *reversed(tail)]


def _paired(source: bytes, made: bytes, old: tuple[int, int], new: tuple[int, int]) -> _Pair:
    before, after = source[slice(*old)], made[slice(*new)]
    most = min(len(before), len(after))
    head = next((index for index in range(most) if before[index] != after[index]), most)
    tail = next((index for index in range(most - head) if before[-1 - index] != after[-1 - index]), most - head)
    return _Pair(new[0], new[1], old[0], old[1], head, tail)


def _moved(pair: _Pair, offset: int, *, last: bool) -> int:
    """Return where the byte at ``offset`` comes from; for the ``last`` byte of a stretch, the end of that."""
    into = offset - pair.made
    if into < pair.head:
        return pair.source + into + last
    behind = pair.made_end - offset
    if behind <= pair.tail:
        return pair.source_end - behind + last
    return pair.source_end - pair.tail if last else pair.source + pair.head
