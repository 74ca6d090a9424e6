"""Which function of one program is which of another: names stay, lines move, and lambdas all have one name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from perftool.profiling.origins import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from perftool.profiling.capture import Capture, Function, Kind


class Place(NamedTuple):
    """Where a function is defined, on one side."""

    file: str
    line: int


class Matched(NamedTuple):
    """A function of either or both sides; a side that does not have it has no place and no digests of its code."""

    name: str
    kind: Kind
    places: tuple[Place | None, Place | None]
    codes: tuple[frozenset[str], frozenset[str]]

    @property
    def changed(self) -> bool | None:
        """Say whether its code differs, None where that is not known of both sides."""
        before, after = self.codes
        return before != after if before and after else None


Found = dict[tuple["Kind", str], dict[Place, frozenset[str]]]


def matched(
    before: Sequence[Capture], after: Sequence[Capture], root: str = ""
) -> tuple[list[Matched], tuple[Mapping[Function, int], Mapping[Function, int]]]:
    """Return all functions of two groups of captures, and for each side which of them a function is.

    Functions are matched by name. Several of one name in one capture (lambdas, functions in two files) are told apart
    by file, then by the digest of their code, then by their order in the file. ``root`` is the project's folder.
    """
    held = _places(before, root), _places(after, root)
    several = _several(before, root) | _several(after, root)
    rows: list[Matched] = []
    index: tuple[dict[tuple[Kind, str, Place | None], int], ...] = ({}, {})
    for kind, name in dict.fromkeys((*held[0], *held[1])):
        sides = held[0].get((kind, name), {}), held[1].get((kind, name), {})
        pairs = _pairs(*sides) if (kind, name) in several else [(set(sides[0]), set(sides[1]))]
        for pair in pairs:
            for side, places in enumerate(pair):
                for one in places:
                    index[side][kind, name, one] = len(rows)
            rows.append(
                Matched(
                    name,
                    kind,
                    (min(pair[0], default=None), min(pair[1], default=None)),
                    (_codes(sides[0], pair[0]), _codes(sides[1], pair[1])),
                )
            )
    found = tuple(
        {
            function: index[side][function.kind, function.name, _place(function, root)]
            for capture in group
            for function in capture.functions
        }
        for side, group in enumerate((before, after))
    )
    return rows, (found[0], found[1])


def _place(function: Function, root: str) -> Place:
    return Place(place(function, root), function.start_line)


def _places(captures: Iterable[Capture], root: str) -> Found:
    found: Found = {}
    for capture in captures:
        for one in capture.functions:
            at = found.setdefault((one.kind, one.name), {})
            where = _place(one, root)
            at[where] = at.get(where, frozenset()) | ({one.code} if one.code else frozenset())
    return found


def _several(captures: Iterable[Capture], root: str) -> set[tuple[Kind, str]]:
    """Return the names that more than one function of a single capture has."""
    return {name for one in captures for name, places in _places([one], root).items() if len(places) > 1}


def _codes(places: Mapping[Place, frozenset[str]], wanted: Iterable[Place]) -> frozenset[str]:
    return frozenset().union(*(places[one] for one in wanted))


def _pairs(
    before: Mapping[Place, frozenset[str]], after: Mapping[Place, frozenset[str]]
) -> list[tuple[set[Place], set[Place]]]:
    """Pair functions of one name, file by file; what is left over stands alone."""
    pairs: list[tuple[set[Place], set[Place]]] = []
    for file in dict.fromkeys(one.file for one in (*sorted(before), *sorted(after))):
        left = [one for one in sorted(before) if one.file == file]
        right = [one for one in sorted(after) if one.file == file]
        for one in list(left):
            same = next((other for other in right if before[one] and before[one] == after[other]), None)
            if same is not None:
                pairs.append(({one}, {same}))
                left.remove(one)
                right.remove(same)
        both = min(len(left), len(right))
        pairs += [({one}, {other}) for one, other in zip(left[:both], right[:both], strict=True)]
        pairs += [({one}, set()) for one in left[both:]]
        pairs += [(set(), {other}) for other in right[both:]]
    return pairs
