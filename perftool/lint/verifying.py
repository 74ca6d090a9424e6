"""Verify what fixes made of a file: it parses, has as many statements as before, and no rule has more to say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from perftool.lint.problems import UNCHECKED, UNUSED
from perftool.sql.splitter import pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perftool.lint.fixing import Verify
    from perftool.model.diagnostic import Diagnostic


def verifier(look: Callable[[bytes], Iterable[Diagnostic]], count: Callable[[bytes], int]) -> Verify:
    """Return what ``plan`` asks about the result of fixes.

    ``look`` returns the findings in given bytes of the file, suppressed ones left out, ``count`` the number of its
    statements: a fix may add those that it writes out, and no others. Both are asked about the old bytes once, and
    about each proposal.
    """
    before: dict[bytes, tuple[Counter[str], int]] = {}

    def verify(old: bytes, new: bytes, fixed: Sequence[Diagnostic]) -> str:
        if old not in before:
            before.clear()
            before[old] = (Counter(one.code for one in look(old)), count(old))
        codes, statements = before[old]
        made = count(new)
        wanted = statements + _added(old, fixed)
        if made != wanted:
            return f"it would make {made} statements of {statements}"
        found = list(look(new))
        left = Counter(one.code for one in found)
        for one in found:
            if one.code in UNCHECKED and left[one.code] > codes[one.code]:
                return f"the result could not be checked: {one.message}"
        times = Counter(one.code for one in fixed)
        for code in sorted(times):
            if left[code] > max(codes[code] - times[code], 0):
                return f"{code} would still be found"
        # A comment that silenced what is now mended may become unused; that is no harm.
        worse = [code for code in sorted(left) if left[code] > codes[code] and code != UNUSED]
        return f"{worse[0]} would be found instead" if worse else ""

    return verify


def _added(old: bytes, fixed: Sequence[Diagnostic]) -> int:
    """Return how many more statements there are when all is done as it was meant."""
    edits = {(edit.start, edit.end, edit.text) for one in fixed if one.fix for edit in one.fix.edits}
    return sum(_delimiters(text.encode()) - _delimiters(old[start:end]) for start, end, text in edits)


def _delimiters(text: bytes) -> int:
    return sum(1 for piece in pieces(text) if piece.kind == "separator")
