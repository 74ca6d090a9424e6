"""The files around one that is named alone, as hooks and editors do: what a run over its folder would have read before.

Only a file whose dialect nothing tells needs them, and the first few will do.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from perftool.lint.homes import home_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from perftool.lint.found import Found

MOST: Final = 20
"""Files of one folder, or of one tree of migrations, that are looked at."""


class Neighbours:
    """What lies around the files ``named``; ``find`` yields the files below a folder as a run over it would."""

    def __init__(self, named: Collection[Path], find: Callable[[Path], Iterable[Found]]) -> None:
        self._named = frozenset(named)
        self._find = find
        self._first: dict[tuple[Path, bool], list[Found]] = {}
        self._spoken: dict[Path, str] = {}
        #: What was looked at, absolute.
        self.looked_for: list[str] = []

    def are_asked(self, found: Found) -> bool:
        """Say whether a file was named itself, so that no run over its folder tells what is around it."""
        return found.path in self._named

    def vote(self, found: Found, spoken_by: Callable[[Found], str]) -> str:
        """Return the dialect of most files before one in its folder, or else among its migrations; "" if none tells.

        ``spoken_by`` returns what a file tells by itself.
        """
        for files in self._before(found):
            votes: Counter[str] = Counter()
            for one in files:
                dialect = self._spoken.get(one.path)
                if dialect is None:
                    dialect = self._spoken[one.path] = spoken_by(one)
                votes[dialect] += bool(dialect)
            if votes.total():
                return votes.most_common(1)[0][0]
        return ""

    def _before(self, found: Found) -> Iterator[Iterable[Found]]:
        folder = found.path.parent
        yield self._first_of(found, folder, below=False)
        place = found.name.rpartition("/")[0]
        up = place.removeprefix(home_of(found.name)).count("/")
        if up and len(folder.parents) >= up:
            yield self._first_of(found, folder.parents[up - 1], below=True)

    def _first_of(self, found: Found, folder: Path, *, below: bool) -> Iterable[Found]:
        first = self._first.get((folder, below))
        if first is None:
            files: Iterable[Found] = self._find(folder)
            if not below:
                files = itertools.takewhile(lambda one: one.path.parent == folder, files)
            first = self._first[folder, below] = [one for one in itertools.islice(files, MOST) if not one.reason]
            self.looked_for += [os.path.abspath(folder), *(os.path.abspath(one.path) for one in first)]
        return itertools.takewhile(lambda one: one.path != found.path, first)
