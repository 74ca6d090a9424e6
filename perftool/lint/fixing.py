"""Apply the fixes of findings to a file's bytes: those that fit together, parse, and silence what they are for."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from perftool.errors import InputError
from perftool.lint.patch import diff
from perftool.lint.replacing import write
from perftool.model.diagnostic import Diagnostic
from perftool.sql.source import Source

if TYPE_CHECKING:
    from perftool.model.diagnostic import Fix

__all__ = ["Planned", "Refused", "Settled", "diff", "plan", "settle", "write"]

Verify: TypeAlias = Callable[[bytes, bytes, Sequence[Diagnostic]], str]
"""Say why new bytes, made from old ones by the fixes of these findings, will not do; "" if they do."""

PASSES: Final = 10

_OVERLAPS: Final = "overlaps another fix"
_Piece: TypeAlias = tuple[int, int, bytes]


class Refused(NamedTuple):
    """A finding whose fix was not applied, and why; ``again``: it may be in another pass, when the others are done."""

    diagnostic: Diagnostic
    reason: str
    again: bool = False


class Planned(NamedTuple):
    """What a file would be with the fixes of ``applied``; nothing is written yet."""

    new: bytes
    applied: tuple[Diagnostic, ...] = ()
    refused: tuple[Refused, ...] = ()


class Settled(NamedTuple):
    """What a file would be after as many passes as it takes, and the findings fixed in all of them.

    ``refused`` is of the last pass, in positions of ``new``.
    """

    new: bytes
    applied: tuple[Diagnostic, ...]
    refused: tuple[Refused, ...]
    passes: int


def plan(
    path: str,
    data: bytes,
    found: Sequence[Diagnostic],
    *,
    unsafe: bool = False,
    verify: Verify | None = None,
) -> Planned:
    """Choose among the fixes of ``found`` those that can be applied together to ``data``, and apply them.

    Edits are byte ranges of ``data``; whatever lies outside them stays as it is. Of fixes that touch each other the
    first by position is chosen. ``verify`` then looks at the result: where it objects, the fixes at fault are
    sought by halving and refused, the others kept. ``unsafe``: apply also what may change the meaning. ``path``
    names the file in reasons.
    cost: one verification when all fixes are good, about 2·log2(n) more for each bad one of n.
    """
    wanted = [one for one in found if one.fix is not None and one.fix.edits]
    blocked = _not_text(path, data)
    if blocked:
        return Planned(data, (), tuple(Refused(one, blocked) for one in wanted))
    ending = _line_ending(data)
    chosen = _Chosen(data)
    refused: list[Refused] = []
    candidates: list[tuple[Diagnostic, list[_Piece]]] = []
    for one in sorted(wanted, key=_position):
        assert one.fix is not None
        pieces = _pieces(one.fix, ending)
        problem = "" if one.fix.safe or unsafe else "it may change the meaning, and unsafe fixes were not asked for"
        problem = problem or chosen.take(pieces)
        if problem:
            refused.append(Refused(one, problem, problem == _OVERLAPS))
        else:
            candidates.append((one, pieces))
    good = candidates
    if verify is not None and candidates:
        good = _verified(data, candidates, verify, refused)
    refused.sort(key=lambda one: _position(one.diagnostic))
    new = _applied(data, [pieces for _, pieces in good])
    return Planned(new, tuple(one for one, _ in good), tuple(refused))


def settle(
    path: str,
    data: bytes,
    look: Callable[[bytes], Sequence[Diagnostic]],
    *,
    unsafe: bool = False,
    verify: Verify | None = None,
    passes: int = PASSES,
) -> Settled:
    """Fix ``data`` again and again, until a pass changes nothing or nothing is left that only stood in the way.

    ``look`` returns the findings in given bytes. ``passes`` bounds fixes that undo each other.
    """
    applied: list[Diagnostic] = []
    planned = Planned(data)
    number = 0
    while number < passes:
        number += 1
        planned = plan(path, data, look(data), unsafe=unsafe, verify=verify)
        applied += planned.applied
        data = planned.new
        if not planned.applied or not any(one.again for one in planned.refused):
            break
    return Settled(data, tuple(applied), planned.refused, number)


class _Chosen:
    """The ranges that are taken, which no further edit may touch."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.taken: list[_Piece] = []
        self.known: set[_Piece] = set()

    def take(self, pieces: list[_Piece]) -> str:
        """Take the ranges of one fix, or say why not."""
        before = 0
        for start, end, _ in pieces:
            if not before <= start <= end <= len(self.data):
                return "its edits do not fit into the file"
            if self._inside_character(start) or self._inside_character(end):
                return "its edits would cut a character in two"
            before = end
        if all(self.data[start:end] == text for start, end, text in pieces):
            return "it changes nothing"
        if self.known.issuperset(pieces):
            # Two findings that ask for the same edit: it is made once and serves both.
            return ""
        if any(self._meets(start, end) for start, end, _ in pieces):
            return _OVERLAPS
        for piece in pieces:
            bisect.insort(self.taken, piece)
            self.known.add(piece)
        return ""

    def _inside_character(self, offset: int) -> bool:
        return offset < len(self.data) and self.data[offset] & 0xC0 == 0x80

    def _meets(self, start: int, end: int) -> bool:
        """Say whether a taken range overlaps or touches: two edits side by side could make one word of two."""
        index = bisect.bisect_left(self.taken, (start, -1, b""))
        before = self.taken[index - 1][1] if index else -1
        after = self.taken[index][0] if index < len(self.taken) else end + 1
        return before >= start or after <= end


def _verified(
    data: bytes, candidates: list[tuple[Diagnostic, list[_Piece]]], verify: Verify, refused: list[Refused]
) -> list[tuple[Diagnostic, list[_Piece]]]:
    """Return the fixes that pass, and add the others to ``refused``."""
    kept: list[tuple[Diagnostic, list[_Piece]]] = []
    waiting = [candidates]
    while waiting:
        group = waiting.pop()
        together = [*kept, *group]
        reason = verify(data, _applied(data, [pieces for _, pieces in together]), [one for one, _ in together])
        if not reason:
            kept = together
        elif len(group) == 1:
            refused.append(Refused(group[0][0], reason))
        else:
            middle = len(group) // 2
            waiting += [group[middle:], group[:middle]]
    return kept


def _applied(data: bytes, fixes: Sequence[list[_Piece]]) -> bytes:
    parts: list[bytes] = []
    position = 0
    for start, end, text in sorted({piece for pieces in fixes for piece in pieces}):
        parts += (data[position:start], text)
        position = end
    return b"".join([*parts, data[position:]])


def _pieces(fix: Fix, ending: bytes) -> list[_Piece]:
    made = []
    for edit in fix.edits:
        text = edit.text.encode("utf-8", "surrogateescape")
        if ending != b"\n":
            # What was copied from the file has its own ends of lines already.
            text = text.replace(b"\r\n", b"\n").replace(b"\n", ending)
        made.append((edit.start, edit.end, text))
    return sorted(made)


def _line_ending(data: bytes) -> bytes:
    """Return how lines end in all of ``data``; LF where they do not all end alike."""
    crlf = data.count(b"\r\n")
    if crlf and data.count(b"\n") == crlf:
        return b"\r\n"
    return b"\r" if b"\r" in data and b"\n" not in data else b"\n"


def _not_text(path: str, data: bytes) -> str:
    try:
        source = Source.of(data, name=path)
    except InputError as error:
        return error.message
    return "" if source.encoding == "utf-8" else "files in UTF-16 are not edited: make it UTF-8 first"


def _position(one: Diagnostic) -> tuple[int, int, str]:
    assert one.fix is not None
    return (min(edit.start for edit in one.fix.edits), max(edit.end for edit in one.fix.edits), one.code)
