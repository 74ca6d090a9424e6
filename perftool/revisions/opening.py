"""Make both sides ready, hand them over, and remove what was made for them whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import OutputError, UsageError
from perftool.model.verdict import ReportWarning
from perftool.revisions import dependencies, probing, trees
from perftool.revisions import variables as naming
from perftool.revisions.api import Prepared
from perftool.revisions.interruption import orderly
from perftool.store import atomic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.paired import SideName
    from perftool.revisions.api import Request
    from perftool.revisions.trees import Tree

_SETUP_HINT: Final = 'give each side an environment of its own: [bench.vs] setup = "pip install ."'


@contextlib.contextmanager
def opened(
    request: Request, *, variables: Mapping[str, str], clock: Clock, listener: Listener
) -> Iterator[tuple[Prepared, Prepared]]:
    """Give both sides of ``request``, base first, ready to be measured.

    ``variables`` are the user's environment. Worktrees are removed at the end, also after an exception, Ctrl-C,
    SIGTERM or SIGHUP; after SIGKILL the next call removes them. Environments stay below the cache.
    raises: UsageError for a side that cannot be named; InputError for one that cannot be built or would import
    other code than its own; UnavailableError without git where it is needed.
    cost: two checkouts; a build of each side whose code has none yet.
    """
    if (request.vs is None) == (request.vs_python is None):
        raise UsageError(
            "a run compares either two states of the code or two interpreters",
            hint="give --vs or --vs-python, not both: two differences at once cannot be told apart",
        )
    _make_cache(request.cache)
    with orderly(), trees.placed(request, variables) as pair:
        base, now = _Opening("base", pair.base, request), _Opening("now", pair.now, request)
        pythons = _interpreters(request, variables)
        overlaid = pair.overlay.apply(pair.base.path) if pair.base.path != pair.base.home else ()
        if pair.now.path != pair.now.home:
            pair.overlay.apply(pair.now.path)
        yield (
            _by_path(base, now, pythons[0], variables, overlaid),
            _by_path(now, base, pythons[1], variables, ()),
        )


@dataclass(frozen=True, slots=True)
class _Opening:
    name: SideName
    tree: Tree
    request: Request

    def folder(self) -> Path:
        """Return the place of the user's working directory in this side's tree; it is made when missing."""
        folder = self.request.folder.resolve()
        if not folder.is_relative_to(self.tree.home):
            return folder
        placed = self.tree.path / folder.relative_to(self.tree.home)
        placed.mkdir(parents=True, exist_ok=True)
        return placed


def _by_path(
    side: _Opening, other: _Opening, python: str, variables: Mapping[str, str], overlaid: tuple[str, ...]
) -> Prepared:
    tree, folder = side.tree, side.folder()
    # Both sides get the entry when one needs it, so that the lengths are equal.
    with_src = any(naming.holds_packages(t.root / "src") for t in (tree, other.tree))
    made = naming.by_path(variables, tree.root, folder, (tree.home, tree.path), with_src=with_src)
    mine = probing.top_level(tree.root)
    probed = probing.ask(python, made, folder, sorted(mine | probing.top_level(other.tree.root)))
    foreign = (tree.home, other.tree.path) if tree.path != tree.home else ()
    probing.check(side.name, probed, mine, probing.Places((tree.path,), foreign), hint=_SETUP_HINT)
    return _prepared(side, python, folder, made, probed, overlaid, _dependencies_differ(side, other))


def _prepared(
    side: _Opening,
    python: str,
    folder: Path,
    made: dict[str, str],
    probed: probing.Probed,
    overlaid: tuple[str, ...],
    doubts: tuple[ReportWarning, ...],
) -> Prepared:
    tree = side.tree
    own = dependencies.project_name(tree.root)
    label = tree.label
    if side.request.vs_python is not None:
        label = f"{Path(python).name} {probed.version}"
    return Prepared(
        name=side.name,
        label=label,
        python=python,
        folder=folder,
        variables=made,
        source=tree.source,
        setup="",
        setup_s=None,
        dependencies=dependencies.digest(tree.built, tree.path),
        home=tree.home,
        tree=tree.path,
        warnings=tree.warnings + doubts,
        packages={name: version for name, version in probed.packages.items() if name != own},
        overlaid=overlaid,
    )


def _dependencies_differ(side: _Opening, other: _Opening) -> tuple[ReportWarning, ...]:
    """Doubt, once, sides that declare other dependencies and ran with the same."""
    if side.name == "now":
        return ()
    one, two = ((t.root, t.path) for t in (side.tree, other.tree))
    if dependencies.digest(*one) == dependencies.digest(*two):
        return ()
    name = dependencies.differing(one, two) or "a dependency file"
    message = f"{name} differs between the sides but both ran with the same installed packages: set bench.vs.setup"
    return (ReportWarning(code="dependencies-differ", message=message, subject=name),)


def _interpreters(request: Request, variables: Mapping[str, str]) -> tuple[str, str]:
    now = _absolute(request.python, request.folder, variables)
    return (now if request.vs_python is None else _absolute(request.vs_python, request.folder, variables)), now


def _absolute(python: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Return the interpreter's path, which is started in other folders; links stay, a venv is known by them."""
    if os.sep in python or (os.altsep and os.altsep in python):
        return os.path.abspath(folder / python)
    found = shutil.which(python, path=variables.get("PATH"))
    if found is None:
        raise UsageError(f"no interpreter {python!r} on the path", hint="give its path: .venv/bin/python")
    return os.path.abspath(found)


def _make_cache(cache: Path) -> None:
    ignore = cache / ".gitignore"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot make the folder {cache}: {reason}", hint="write to a folder that you own") from error
    if not ignore.exists():
        atomic.write_bytes(ignore, b"*\n")
