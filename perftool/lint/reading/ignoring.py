"""Tell what a project does not want looked at: ``.gitignore`` at every level, and patterns of the same kind."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec import GitIgnoreSpec

GITIGNORE: Final = ".gitignore"


class Patterns:
    """Patterns as in ``.gitignore``, relative to a ``folder``."""

    def __init__(self, lines: Iterable[str], folder: str) -> None:
        from pathspec import GitIgnoreSpec

        self._inside = folder.rstrip(os.sep) + os.sep
        self._spec: GitIgnoreSpec = GitIgnoreSpec.from_lines(_valid(lines))

    def __bool__(self) -> bool:
        return bool(len(self._spec))

    def verdict(self, path: str, *, folder: bool = False) -> bool | None:
        """Return True if the absolute ``path`` is to be left out, False if it is called back, None if unsaid."""
        if not path.startswith(self._inside):
            return None
        relative = path[len(self._inside) :].replace(os.sep, "/")
        return self._spec.check_file(relative + "/" if folder else relative).include


class GitIgnore:
    """What ``.gitignore`` files say from the repository's root down to a folder; deeper files have the last word."""

    def __init__(self, levels: tuple[Patterns, ...] = ()) -> None:
        self._levels = levels

    @classmethod
    def above(cls, folder: str) -> GitIgnore:
        """Return what holds in ``folder`` (absolute) from files above it, up to the root of its repository.

        Nothing where no repository is, or where the folder itself is ignored: whoever names it wants it looked at.
        """
        root = _root(folder)
        if root is None or root == folder:
            return cls()
        found = cls()
        here = root
        for part in os.path.relpath(folder, root).split(os.sep):
            found = found.inside(here)
            here = os.path.join(here, part)
            if found.ignores(here, folder=True):
                return cls()
        return found

    def inside(self, folder: str) -> GitIgnore:
        """Return what holds in ``folder`` (absolute), its own file included."""
        lines = [*_lines(os.path.join(folder, GITIGNORE))]
        exclude = os.path.join(folder, ".git", "info", "exclude")
        patterns = [Patterns(found, folder) for found in (_lines(exclude), lines) if found]
        patterns = [one for one in patterns if one]
        return GitIgnore((*self._levels, *patterns)) if patterns else self

    def ignores(self, path: str, *, folder: bool = False) -> bool:
        """Say whether the absolute ``path`` is ignored."""
        for level in reversed(self._levels):
            verdict = level.verdict(path, folder=folder)
            if verdict is not None:
                return verdict
        return False


def _root(folder: str) -> str | None:
    for place in (folder, *map(str, Path(folder).parents)):
        if os.path.lexists(os.path.join(place, ".git")):
            return place
    return None


def _lines(path: str) -> list[str]:
    """Return the lines of an ignore file, none where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines()
    except (OSError, ValueError):
        return []


def _valid(lines: Iterable[str]) -> list[str]:
    """Return ``lines`` without those that are no patterns: git passes over them too."""
    from pathspec import GitIgnoreSpec

    valid = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        valid.append(line)
    return valid
