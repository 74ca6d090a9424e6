"""Find in a template where a place of the text that was made of it comes from.

dbt copies what stands between the tags letter by letter, so most lines of a model stand in the compiled text too. The
lines that stand once in both are matched first, in order; between two matches equal lines are paired from both ends.
In what is left, plain text is looked for between what the tags rendered, from the left and from the right: where both
find it in the same place it is certain, and what stands between two such places came from the tags between them.
source: "patience diff", Bram Cohen, 2010 (unique lines first, longest increasing subsequence).
"""

from __future__ import annotations

import bisect
import re
from typing import Final, NamedTuple

from perftool.lint.reading.constructs import Constructs, Part

_WORD: Final = re.compile(rb"\s*+\S++")
_LINE: Final = re.compile(rb"[^\n]*+\n|[^\n]++\Z")


class Origin(NamedTuple):
    """Bytes of the template, half-open; ``exact``: they were copied, else they are the tag that rendered them."""

    start: int
    end: int
    exact: bool


class _Pair(NamedTuple):
    """Bytes of the made text and where they come from: copied where ``exact``, else rendered by the tag there."""

    made: int
    made_end: int
    source: int
    source_end: int
    exact: bool


class Alignment:
    """Where the parts of a made text come from."""

    def __init__(self, source: bytes, made: bytes, pairs: list[_Pair]) -> None:
        self._source = source
        self._made = made
        self._pairs = pairs
        self._starts = [pair.made for pair in pairs]

    def origin(self, start: int, end: int) -> Origin | None:
        """Return the bytes of the template that the bytes ``start`` to ``end`` (half-open) of the made text come from.

        None where no tag and no text is known to have made them.
        """
        final = max(end - 1, start)
        first, last = self._pair(start), self._pair(final)
        if first is None:
            return None
        if not first.exact:
            return Origin(first.source, first.source_end, exact=False)
        begins = first.source + start - first.made
        if last is None:
            return Origin(begins, first.source_end, exact=False)
        if not last.exact:
            return Origin(begins, max(begins, last.source_end), exact=False)
        ends = last.source + final - last.made + (end > start)
        # Copied text keeps its order, but equal lines may have been paired across.
        return Origin(begins, ends, exact=True) if begins <= ends else None

    def verbatim(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where the bytes ``start`` to ``end`` of the made text stand letter by letter; None if nowhere."""
        if start == end:
            pair = self._pair(start) or self._pair(start - 1)
            if pair is None or not pair.exact:
                return None
            return (pair.source + start - pair.made,) * 2
        found = self.origin(start, end)
        if found is None or not found.exact or self._source[found.start : found.end] != self._made[start:end]:
            return None
        return found.start, found.end

    def _pair(self, offset: int) -> _Pair | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._pairs[index].made_end:
            return None
        return self._pairs[index]


def align(source: bytes, made: bytes) -> Alignment:
    """Return where ``made`` comes from in the template ``source``.

    cost: n log n in the lines, linear in the text between matched ones.
    """
    return Alignment(source, made, _Aligner(source, made).run())


class _Aligner:
    def __init__(self, source: bytes, made: bytes) -> None:
        self.source = source
        self.made = made
        self.constructs = Constructs(source)
        self.old = [match.span() for match in _LINE.finditer(source)]
        self.new = [match.span() for match in _LINE.finditer(made)]
        self.pairs: list[_Pair] = []

    def run(self) -> list[_Pair]:
        # No line holds a line break but at its end: such a key is equal to none.
        old_keys = [
            b"\n%d" % start if self.constructs.inside(start) else self.source[start:end].strip()
            for start, end in self.old
        ]
        new_keys = [self.made[start:end].strip() for start, end in self.new]
        old_at = new_at = 0
        for here, there in [*_unique(old_keys, new_keys), (len(self.old), len(self.new))]:
            self._between(old_keys, new_keys, (old_at, here), (new_at, there))
            if here < len(self.old):
                self._copied(here, there)
            old_at, new_at = here + 1, there + 1
        return self.pairs

    def _between(
        self, old_keys: list[bytes], new_keys: list[bytes], here: tuple[int, int], there: tuple[int, int]
    ) -> None:
        """Pair the lines between two matches: equal ones from both ends, then what is left by its parts."""
        (start, end), (first, last) = here, there
        while start < end and first < last and old_keys[start] == new_keys[first]:
            self._copied(start, first)
            start, first = start + 1, first + 1
        tail: list[tuple[int, int]] = []
        while start < end and first < last and old_keys[end - 1] == new_keys[last - 1]:
            end, last = end - 1, last - 1
            tail.append((end, last))
        if first < last:
            stretch = (self.old[start][0], self.old[end - 1][1]) if start < end else (self._at(start),) * 2
            self._rendered(stretch, (self.new[first][0], self.new[last - 1][1]))
        for pair in reversed(tail):
            self._copied(*pair)

    def _at(self, line: int) -> int:
        return self.old[line][0] if line < len(self.old) else len(self.source)

    def _copied(self, here: int, there: int) -> None:
        (old, old_end), (new, new_end) = self.old[here], self.new[there]
        before, after = self.source[old:old_end], self.made[new:new_end]
        if before == after:
            self._add(new, new_end, old, old_end, exact=True)
            return
        # What differs is white space around the line.
        size = len(after.strip())
        old += len(before) - len(before.lstrip())
        new += len(after) - len(after.lstrip())
        self._add(new, new + size, old, old + size, exact=True)

    def _add(self, made: int, made_end: int, source: int, source_end: int, *, exact: bool) -> None:
        if made >= made_end:
            return
        if exact and self.pairs:
            last = self.pairs[-1]
            if last.exact and last.made_end == made and last.source_end == source:
                self.pairs[-1] = last._replace(made_end=made_end, source_end=source_end)
                return
        self.pairs.append(_Pair(made, made_end, source, source_end, exact))

    def _rendered(self, here: tuple[int, int], there: tuple[int, int]) -> None:
        """Pair a stretch with tags with what it became."""
        position, end = there
        parts = self.constructs.parts(*here) or []
        places = _places(self.source, parts, self.made, *there)
        began = here[0]
        for part, place in places:
            self._came_out(position, place, began, part.start)
            self._add(place, place + part.end - part.start, part.start, part.end, exact=True)
            position, began = place + part.end - part.start, part.end
        self._came_out(position, end, began, here[1])

    def _came_out(self, made: int, made_end: int, start: int, end: int) -> None:
        while word := _WORD.match(self.made, made, made_end):
            name = self.constructs.leading_reference(start, end)
            if name is None:
                break
            # The name of a table takes no blanks; what follows it comes from the tags behind.
            self._add(made, word.end(), *name, exact=False)
            made, start = word.end(), name[1]
        shown = self.constructs.shown(start, end) if word else None
        if shown is not None:
            self._add(made, made_end, *shown, exact=False)


def _places(source: bytes, parts: list[Part], made: bytes, start: int, end: int) -> list[tuple[Part, int]]:
    """Return the plain parts that stand in one place only in ``made``, from ``start`` to ``end``, and where."""
    plain = [(index, part) for index, part in enumerate(parts) if part.plain]
    if not plain:
        return []
    after_render = any(part.renders for part in parts[: plain[0][0]])
    before_render = any(part.renders for part in parts[plain[-1][0] + 1 :])
    text = made[start:end]
    first, last = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
    lefts: list[int] = []
    position = first
    for number, (_, part) in enumerate(plain):
        found = made.find(source[part.start : part.end], position, last)
        if found < 0 or (not number and not after_render and found != first):
            return []
        lefts.append(found)
        position = found + part.end - part.start
    rights: list[int] = []
    position = last
    for number, (_, part) in enumerate(reversed(plain)):
        found = made.rfind(source[part.start : part.end], first, position)
        if found < 0 or (not number and not before_render and found + part.end - part.start != last):
            return []
        rights.append(found)
        position = found
    if not after_render:
        rights[-1] = first
    if not before_render:
        lefts[-1] = rights[0]
    certain = zip(plain, lefts, reversed(rights), strict=True)
    return [(part, left) for (_, part), left, right in certain if left == right]


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
