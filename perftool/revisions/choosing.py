"""What the word after ``--vs`` names: a git revision, or a second checkout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError
from perftool.revisions.git import Git, GitError, top_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SIGNS_OF_A_CHECKOUT: Final = (".git", "pyproject.toml", "setup.py", "setup.cfg")


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of this repository; ``top`` is the user's working tree, ``branch`` None for what is no branch."""

    top: Path
    commit: str
    branch: str | None


@dataclass(frozen=True, slots=True)
class Checkout:
    """Another folder with the project: the tree ``home`` corresponds to the user's ``mine``."""

    home: Path
    mine: Path


def choose(vs: str, root: Path, folder: Path, variables: Mapping[str, str]) -> Revision | Checkout:
    """Return what ``vs`` names, seen from ``folder`` in the project ``root``.

    A folder that holds a checkout comes before a revision of the same name.
    raises: UsageError for what is neither; UnavailableError when git is needed and missing.
    """
    if not vs.strip() or "\0" in vs:
        raise UsageError("--vs names nothing", hint="perftool bench --vs HEAD~1")
    place = (folder / vs).resolve()
    if place.is_dir() and any((place / sign).exists() for sign in _SIGNS_OF_A_CHECKOUT):
        return _checkout(place, root)
    top = top_of(folder, variables)
    git = Git(top, variables)
    try:
        commit = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", vs + "^{commit}")
    except GitError as error:
        raise _unknown(vs, place, git) from error
    return Revision(top, commit, _branch(vs, git))


def _checkout(place: Path, root: Path) -> Checkout:
    """Pair whole repositories where both have the project in the same place, else the two folders."""
    root = root.resolve()
    if (place / ".git").exists():
        mine = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
        if (place / root.relative_to(mine)).is_dir():
            return Checkout(place, mine)
    return Checkout(place, root)


def _branch(vs: str, git: Git) -> str | None:
    try:
        name = git.ask("rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", vs)
    except GitError:
        return None
    # Some versions of git print the option itself first.
    last = name.splitlines()[-1] if name else ""
    return last.removeprefix("refs/heads/") if last.startswith("refs/heads/") else None


def _unknown(vs: str, place: Path, git: Git) -> UsageError:
    def holds(*words: str) -> str:
        try:
            return git.ask(*words)
        except GitError:
            return ""

    if not holds("rev-list", "--max-count=1", "--all"):
        return UsageError("the repository has no commit to compare with yet", hint="git commit, then --vs HEAD")
    if place.is_dir():
        signs = ", ".join(_SIGNS_OF_A_CHECKOUT)
        return UsageError(f"--vs {vs}: no revision, and the folder holds no checkout", hint=f"it has none of {signs}")
    import difflib

    message = f"--vs {vs}: neither a git revision nor a folder"
    if holds("rev-parse", "--is-shallow-repository") == "true":
        hint = "the clone is shallow: git fetch --unshallow, or in CI fetch-depth: 0 for the checkout step"
        return UsageError(message, hint=hint)
    known = holds("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes").split()
    close = difflib.get_close_matches(vs, known, n=3) or [name for name in known if name.endswith("/" + vs)]
    if close:
        return UsageError(message, hint="did you mean " + " or ".join(close) + "?")
    return UsageError(message, hint="known: " + ", ".join(known[:6]) + (", …" if len(known) > 6 else ""))
