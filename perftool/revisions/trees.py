"""The trees of both sides: worktrees of two revisions, links to two checkouts, or one checkout in place."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from perftool.errors import PerftoolError, UsageError
from perftool.machine import revision
from perftool.model.environment import Source
from perftool.model.verdict import ReportWarning
from perftool.revisions import benchmarks, changes, choosing, worktrees
from perftool.revisions.git import Git, GitError, top_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from perftool.revisions.api import Request
    from perftool.revisions.benchmarks import Overlay

NOW_LABEL: Final = "working tree"
# Tools that ask git inside a tree of links must not be answered for another one.
_NOT_MIRRORED: Final = frozenset({".git", ".perftool"})
_LFS_POINTER: Final = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class Tree:
    """One side's files: ``path`` stands for the user's ``home``; the project in it is at ``root``.

    ``built`` is the folder that a build starts in; ``code`` identifies what would be built there, "" where nobody
    can tell.
    """

    label: str
    home: Path
    path: Path
    root: Path
    built: Path
    source: Source | None
    code: str
    warnings: tuple[ReportWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Both trees, and the files that both take from the user's."""

    base: Tree
    now: Tree
    overlay: Overlay


@contextlib.contextmanager
def placed(request: Request, variables: Mapping[str, str]) -> Iterator[Pair]:
    """Give the trees that ``request`` asks for; what was made for them is removed at the end.

    The benchmark files are not laid over them yet: what is built first is each side's own code.
    """
    root = request.root.resolve()
    if request.vs is None:
        yield _in_place(request, root, variables)
        return
    chosen = choosing.choose(request.vs, root, request.folder, variables)
    git = _git_around(root, variables)
    with worktrees.run_folder(request.cache.resolve(), git) as place:
        if isinstance(chosen, choosing.Checkout):
            yield _mirrored(request, chosen, root, place, git)
        else:
            yield _checked_out(request, chosen, root, place, Git(chosen.top, variables))


def _in_place(request: Request, root: Path, variables: Mapping[str, str]) -> Pair:
    git = _git_around(root, variables)
    home = git.folder if git is not None else root
    overlay = benchmarks.overlay(home, root, _absolute(request), request.files, git)
    code = _identity(git, root, changes.read(git), overlay) if git is not None and _head(git) else ""
    tree = Tree(NOW_LABEL, home, home, root, root, revision.read(root), code)
    return Pair(tree, tree, overlay)


def _mirrored(request: Request, chosen: choosing.Checkout, root: Path, place: Path, git: Git | None) -> Pair:
    """Link to the files of both checkouts: builds in them stay usable, and nothing is copied into either.

    What the code itself writes beside its modules, as Python does with ``__pycache__``, goes through the links.
    """
    inner = root.relative_to(chosen.mine)
    overlay = benchmarks.overlay(chosen.mine, root, _absolute(request), request.files, git)
    sides = []
    vs = request.vs or ""
    label = Path(vs).name or vs if Path(vs).is_absolute() else vs
    for name, home, title in ((worktrees.BASE, chosen.home, label), (worktrees.NOW, chosen.mine, NOW_LABEL)):
        path = place / name
        worktrees.mirror(home, path, without=_NOT_MIRRORED)
        sides.append(Tree(title, chosen.mine, path, path / inner, home / inner, revision.read(home / inner), ""))
    return Pair(sides[0], sides[1], overlay)


def _checked_out(request: Request, chosen: choosing.Revision, root: Path, place: Path, git: Git) -> Pair:
    """Check out both revisions; the working tree's changes go into the second one, so that later edits do not."""
    head = _head(git)
    if not head:
        raise UsageError("this branch has no commit yet, so that nothing tells what changed", hint="commit once")
    inner = root.relative_to(chosen.top)
    overlay = benchmarks.overlay(chosen.top, root, _absolute(request), request.files, git)
    uncommitted = changes.read(git)
    base, now = place / worktrees.BASE, place / worktrees.NOW
    worktrees.add(git, base, chosen.commit)
    if not (base / inner).is_dir():
        raise UsageError(
            f"{request.vs} has no folder {inner.as_posix()}, where the project is now",
            hint="check that revision out with git worktree add, move it, and give the folder: --vs ../other",
        )
    worktrees.add(git, now, head)
    uncommitted.apply(now)
    source = Source(commit=chosen.commit, branch=chosen.branch, dirty=False)
    code = _identity(Git(base, git.variables), base / inner, changes.Changes(base, (), ()), overlay)
    mine = _identity(git, root, uncommitted, overlay)
    left = Tree(
        str(request.vs), chosen.top, base, base / inner, base / inner, source, code, _doubts(base, git, request)
    )
    present = revision.read(root)
    if present is not None and (uncommitted.changed or uncommitted.gone):
        # A new file that was never added is code as well, though git describe does not call it dirty.
        present = replace(present, dirty=True)
    right = Tree(NOW_LABEL, chosen.top, now, now / inner, now / inner, present, mine)
    return Pair(left, right, overlay)


def _absolute(request: Request) -> list[Path]:
    return [request.folder / target for target in request.targets]


def _head(git: Git) -> str:
    try:
        return git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitError:
        return ""


def _git_around(root: Path, variables: Mapping[str, str]) -> Git | None:
    try:
        return Git(top_of(root, variables), variables)
    except PerftoolError:
        # A second checkout and another interpreter need no git.
        return None


def _identity(git: Git, root: Path, uncommitted: changes.Changes, overlay: Overlay) -> str:
    """Return a digest of the code that a build in ``root`` would see."""
    state = hashlib.sha256(git.ask("rev-parse", "HEAD^{tree}").encode() + b"\0")
    state.update(root.relative_to(git.folder).as_posix().encode(errors="surrogateescape") + b"\0")
    for part in uncommitted.identity(without=overlay.no_code()):
        state.update(part)
    return state.hexdigest()


def _doubts(tree: Path, git: Git, request: Request) -> tuple[ReportWarning, ...]:
    """Name what a worktree has not that the user's own checkout may have."""
    asked = Git(tree, git.variables)
    found = []
    submodules = [line.partition("\t")[2] for line in asked.names("ls-files", "--stage", "-z") if line[:6] == "160000"]
    if submodules and "submodule" not in request.setup:
        message = "submodules are empty in a worktree: let bench.vs.setup fetch them (git submodule update --init)"
        found.append(ReportWarning(code="submodules-empty", message=message, subject=submodules[0]))
    for name in asked.names("ls-files", "-z", "--", ":(top,attr:filter=lfs)"):
        if (tree / name).is_file():
            with (tree / name).open("rb") as stream:
                pointer = stream.read(len(_LFS_POINTER)) == _LFS_POINTER
            if pointer:
                message = "files of git-lfs are pointers in the worktrees: install git-lfs and run git lfs install"
                found.append(ReportWarning(code="lfs-pointers", message=message, subject=name))
            break
    return tuple(found)
