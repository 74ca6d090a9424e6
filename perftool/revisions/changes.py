"""What the user's working tree has that its commit has not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.revisions import copying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.revisions.git import Git

#: Folders that are perftool's or git's own and never part of a side.
OWN: Final = frozenset({".perftool", ".git"})


@dataclass(frozen=True, slots=True)
class Changes:
    """Uncommitted changes of the tree ``top``: names of files to copy and of files that are gone."""

    top: Path
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    def apply(self, tree: Path) -> None:
        """Make ``tree``, a checkout of the same commit, equal to the working tree."""
        for name in self.gone:
            copying.take_away(tree, name)
        for name in self.changed:
            copying.put(self.top / name, tree, name)

    def identity(self, *, without: frozenset[str] = frozenset()) -> Iterator[bytes]:
        """Yield bytes that are the same for the same changes, leaving out the names ``without``."""
        for name in self.gone:
            if name not in without:
                yield b"-" + name.encode(errors="surrogateescape") + b"\0"
        for name in self.changed:
            if name not in without:
                path = self.top / name
                yield b"+" + name.encode(errors="surrogateescape") + b"\0"
                yield b"%o\0" % (path.lstat().st_mode & 0o170100)
                yield copying.content(self.top, name) + b"\0"


def read(git: Git) -> Changes:
    """Return how the working tree of ``git`` differs from HEAD: staged or not, untracked files too, ignored ones not.

    Submodules and nested repositories are left out.
    """
    # Unlike ``git diff``, status leaves the index as it is when told that locks are optional.
    words = ("--porcelain", "--untracked-files=all", "--no-renames", "--ignore-submodules=all", "-z")
    listed = [line[3:] for line in git.names("status", *words)]
    # A nested repository is listed as a folder, with a slash.
    names = [name for name in sorted(set(listed)) if not name.endswith("/") and OWN.isdisjoint(name.split("/"))]
    here = [name for name in names if copying.present(git.folder, name)]
    gone = [name for name in names if not copying.present(git.folder, name)]
    return Changes(git.folder, tuple(here), tuple(gone))
