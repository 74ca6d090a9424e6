"""Which files both sides take from the working tree: the benchmarks, and what stands beside them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError
from perftool.revisions import copying
from perftool.revisions.changes import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.revisions.git import Git

_INSTALLED: Final = frozenset({"node_modules", "site-packages", "__pycache__"})
_FOLDERS_OF_BENCHMARKS: Final = frozenset({"asv", "perf", "performance"})


@dataclass(frozen=True, slots=True)
class Overlay:
    """Files of the tree ``home``, by name, that both sides take from it.

    ``wholes`` are folders of benchmarks: what one side alone has there goes.
    """

    home: Path
    names: tuple[str, ...]
    wholes: tuple[str, ...]

    def no_code(self) -> frozenset[str]:
        """Return those of the names that no package holds: with them, nothing that is installed changes."""
        return frozenset(
            name
            for name in self.names
            if any(name.startswith(whole + "/") for whole in self.wholes)
            or (Path(name).name.startswith("bench_") and not (self.home / name).with_name("__init__.py").exists())
        )

    def apply(self, tree: Path) -> tuple[str, ...]:
        """Bring ``tree`` to these files; return the names that were changed, added or removed."""
        touched = []
        mine = set(self.names)
        for whole in self.wholes:
            # All of them first: taking one away turns links into folders of links, which are not walked into.
            for name in list(_below(tree, tree / whole)):
                if name not in mine:
                    copying.take_away(tree, name)
                    touched.append(name)
        for name in self.names:
            source = self.home / name
            if not copying.same(source, tree / name):
                touched.append(name)
            # Copied even when equal: in a tree of links the user may edit the file while the run goes on.
            copying.put(source, tree, name)
        return tuple(sorted(touched))


def overlay(home: Path, root: Path, targets: Sequence[Path], patterns: Sequence[str], git: Git | None) -> Overlay:
    """Return what the ``targets`` and the ``patterns``, relative to ``root``, bring from the tree ``home``.

    A target file comes alone, from a folder of benchmarks with the whole folder; of a target folder come the
    benchmarks and the SQL below it. Targets outside ``home`` are used where they are.
    raises: UsageError for a pattern that matches nothing or leads outside the project.
    """
    files = [file for target in targets for file in _files(target.resolve(), home)]
    wholes = sorted({w for file in files if file.suffix == ".py" and (w := _whole(file.parent, root)) is not None})
    tops = [w for w in wholes if not any(other in w.parents for other in wholes)]
    found = {_name(file, home) for file in files}
    for whole in tops:
        found.update(_known(home, whole, git))
    for pattern in patterns:
        found.update(_name(file, home) for file in _matches(pattern, root))
    return Overlay(home, tuple(sorted(found)), tuple(_name(whole, home) for whole in tops))


def _files(target: Path, home: Path) -> Iterator[Path]:
    if not target.is_relative_to(home):
        return
    if target.is_file():
        yield target
    elif target.is_dir():
        for name in _below(home, target):
            path = home / name
            if path.suffix == ".sql" or (path.suffix == ".py" and path.name.startswith("bench_")):
                yield path


def _whole(folder: Path, root: Path) -> Path | None:
    """Return the folder of benchmarks that ``folder`` is or is in, None when there may be code to measure in it.

    Taking code for benchmarks would measure the same code twice and call it unchanged; taking too little is noticed.
    """
    if not folder.is_relative_to(root):
        return None
    for place in (folder, *folder.parents):
        if place == root:
            return None
        if (place.name.startswith("bench") or place.name in _FOLDERS_OF_BENCHMARKS) and not any(
            place.rglob("__init__.py")
        ):
            return place
    return None


def _known(home: Path, folder: Path, git: Git | None) -> Iterator[str]:
    """Yield the files in ``folder`` that belong to the project: all but those that git ignores."""
    below = set(_below(home, folder))
    if git is not None:
        # Git names files relative to where it is started, which may be above the tree.
        words = ("ls-files", "--cached", "--others", "--exclude-standard", "-z", "--")
        below &= set(replace(git, folder=home).names(*words, f":(literal){_name(folder, home)}"))
    yield from below


def _below(tree: Path, folder: Path) -> Iterator[str]:
    """Yield the names of files below ``folder``, hidden and installed ones left out, relative to ``tree``."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _INSTALLED)
        for file in sorted(files):
            if not file.startswith("."):
                yield _name(Path(place) / file, tree)


def _matches(pattern: str, root: Path) -> Iterable[Path]:
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise UsageError(f"bench.vs.files: {pattern!r} leads outside the project", hint='as in "data/*.json"')
    # Before Python 3.13, ** at the end matches folders only.
    wanted = pattern + "/*" if pattern.endswith("**") else pattern
    found = [path for path in sorted(root.glob(wanted)) if OWN.isdisjoint(path.relative_to(root).parts)]
    if not found:
        raise UsageError(f"bench.vs.files: {pattern!r} matches no file of the project", hint="see perftool config")
    for path in found:
        if path.is_dir() and not path.is_symlink():
            yield from (root / name for name in _below(root, path))
        elif path.is_symlink() or path.is_file():
            yield path


def _name(path: Path, tree: Path) -> str:
    return path.relative_to(tree).as_posix()
