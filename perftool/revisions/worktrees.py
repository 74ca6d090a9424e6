"""Trees of both sides below the cache: made for one run, removed with it, swept up after one that was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError, OutputError, UsageError
from perftool.revisions import locks
from perftool.revisions.copying import link_children
from perftool.revisions.git import GitError
from perftool.revisions.interruption import undisturbed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.revisions.git import Git

#: Names of the two trees. Equally long: the length of paths shifts the stack and biases times.
#: source: Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!", ASPLOS 2009.
BASE: Final = "a"
NOW: Final = "b"
_MOST_RUNS: Final = 10


@contextlib.contextmanager
def run_folder(cache: Path, git: Git | None) -> Iterator[Path]:
    """Give an empty folder below ``cache`` to one run; remove it, and its worktrees of ``git``, at the end.

    What killed runs left behind is removed first: whoever can lock a folder knows that its owner is gone.
    raises: UsageError while ten other runs are under way.
    """
    mine: tuple[Path, locks.Lock] | None = None
    try:
        for number in range(_MOST_RUNS):
            place = cache / "worktrees" / str(number)
            lock = locks.acquire(place.with_name(f"{number}.lock"))
            if lock is None:
                continue
            if mine is None:
                mine = place, lock
            if place.exists() and not _remove(place, git) and mine[1] is lock:
                mine = None
            if mine is None or mine[1] is not lock:
                lock.release()
        if mine is None:
            hint = "wait for one to end, or remove what is below .perftool/vs/worktrees"
            raise UsageError(f"{_MOST_RUNS} runs with --vs are under way in this project", hint=hint)
        mine[0].mkdir()
        try:
            yield mine[0]
        finally:
            with undisturbed():
                _remove(mine[0], git)
    finally:
        if mine is not None:
            mine[1].release()


def add(git: Git, path: Path, commit: str) -> None:
    """Check ``commit`` out into the new folder ``path``, on no branch and without hooks.

    raises: InputError with git's reason.
    """
    try:
        git.ask("worktree", "add", "--detach", "--quiet", "--", str(path), commit)
    except GitError as error:
        hint = f"is the disk full, or does a filter fail? try: git worktree add --detach ../try {commit[:12]}"
        raise InputError(f"git cannot check out {commit[:12]}: {error}", hint=hint) from error


def mirror(home: Path, path: Path, *, without: frozenset[str]) -> None:
    """Make ``path`` a folder of links to what ``home`` holds: its files as they are, in a tree that is ours to change.

    raises: OutputError where links cannot be made.
    """
    path.mkdir()
    try:
        link_children(home, path, without=without)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "on Windows, turn on developer mode, which allows symbolic links"
        raise OutputError(f"cannot link to the files of {home.name}: {reason}", hint=hint) from error


def _remove(place: Path, git: Git | None) -> bool:
    """Remove ``place``; git forgets its worktrees there, and no others: a prune would reach those of the user.

    returns: False when something there is not ours to remove; what was measured must not be lost for that.
    """
    sides = [place / BASE, place / NOW]
    refused = [side for side in sides if git is not None and not _forget(git, side)]
    shutil.rmtree(place, ignore_errors=True)
    if place.exists():
        # A build may leave folders that nobody may write to.
        for folder, _, _ in os.walk(place):
            with contextlib.suppress(OSError):
                os.chmod(folder, 0o700)
        shutil.rmtree(place, ignore_errors=True)
    for side in refused:
        # It was damaged, so that git refused; once it is missing git lets it go.
        if git is not None:
            _forget(git, side)
    return not place.exists()


def _forget(git: Git, side: Path) -> bool:
    """Have git remove the worktree ``side``, also when locked by an interrupted ``add``; False when it refuses."""
    try:
        git.ask("worktree", "remove", "--force", "--force", "--", str(side))
    except GitError:
        return False
    return True
