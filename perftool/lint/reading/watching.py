"""Tell whether anything that a run read has changed, without reading it: folders by their names, files by their state.

A file counts as the same while size, inode, mode and the times of its last write and its last change are: who puts
the time of the last write back cannot put back that of the change. What changed in the moment in which the run began
cannot be told from what it read, so such a state is not ``settled``.
source: the index of git, "racy clean".
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.sql.files import IGNORED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

GIT: Final = ".git"
_REPOSITORY: Final = os.sep + GIT

# The clock that stamps files ticks a hundred times a second or more; some file systems keep whole seconds, or every
# second one.
_TICK_NS: Final = 50_000_000
_COARSE_NS: Final = 2_500_000_000

State = tuple[int, ...]
"""What is looked at of a file; empty where there is none."""


class Folder(msgspec.Struct, frozen=True, array_like=True):
    """A folder (absolute) in which files with one of the ``suffixes`` were looked for, and those names that count."""

    path: str
    suffixes: tuple[str, ...]
    names: tuple[str, ...]

    def is_same(self, telling: Collection[str]) -> bool:
        """Say whether a search would meet the same names; ``telling`` count whatever they end in."""
        try:
            with os.scandir(self.path) as listing:
                return names(listing, self.suffixes, telling) == self.names
        except OSError:
            return False


class Watched(msgspec.Struct, frozen=True, array_like=True):
    """Folders, the names that count in them whatever they end in, and files with the digest of their states."""

    folders: tuple[Folder, ...]
    telling: frozenset[str]
    files: tuple[str, ...]
    states: bytes

    def same(self) -> dict[str, State] | None:
        """Return the states of the files, None unless all is as it was."""
        if not all(folder.is_same(self.telling) for folder in self.folders):
            return None
        states = [state(path) for path in self.files]
        return dict(zip(self.files, states, strict=True)) if digest(states) == self.states else None


def names(entries: Iterable[os.DirEntry[str]], suffixes: tuple[str, ...], telling: Collection[str]) -> tuple[str, ...]:
    """Return those names in a folder that a search for ``suffixes`` goes by, and the ``telling`` ones, sorted.

    Folders with a slash behind them, links with @.
    """
    found = []
    for entry in entries:
        name = entry.name
        if name[0] == ".":
            if name in telling:
                found.append(name)
        elif entry.is_dir(follow_symlinks=False):
            if name not in IGNORED:
                found.append(name + "/")
        elif name in telling or name.lower().endswith(suffixes):
            if entry.is_symlink():
                name += "@/" if os.path.isdir(entry.path) else "@"
            found.append(name)
    return tuple(sorted(found))


def state(path: str) -> State:
    """Return what is told of the file ``path`` without reading it."""
    try:
        told = os.stat(path)
    except (OSError, ValueError):
        return ()
    if path.endswith(_REPOSITORY):
        # It changes with every commit: what counts is that it is there.
        return (1,)
    return told.st_mode, told.st_size, told.st_ino, told.st_mtime_ns, told.st_ctime_ns


def size(one: State) -> int:
    """Return the bytes that a file in this state holds."""
    return one[1]


def settled(one: State, since: int) -> bool:
    """Say whether a file in this state has not changed after the moment ``since`` (nanoseconds), or just before it."""
    if not one:
        return True
    changed = one[-1]
    grain = _TICK_NS if changed % 1_000_000_000 else _COARSE_NS
    return changed < since - grain


def digest(states: Iterable[State]) -> bytes:
    """Return a digest of the states of files, in their order."""
    return blake2b(repr(list(states)).encode(), digest_size=16).digest()
