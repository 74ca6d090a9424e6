"""Find the files to look at: folders, files and patterns, in the same order everywhere, whatever lies there."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError
from perftool.lint.found import Found
from perftool.lint.reading import dbt
from perftool.lint.reading.footprint import TELLING
from perftool.lint.reading.ignoring import GitIgnore, Patterns
from perftool.lint.reading.watching import Folder, names
from perftool.sql.files import IGNORED, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES: Final = (".sql", ".pgsql", ".psql", ".tsql", ".hql")

_MAGIC: Final = re.compile(r"[*?\[]")


def find(
    paths: Iterable[Path],
    *,
    base: Path | None = None,
    exclude: Iterable[str] = (),
    suffixes: tuple[str, ...] = SUFFIXES,
    gitignore: bool = True,
    force_exclude: bool = False,
    searched: list[Folder] | None = None,
) -> Iterator[Found]:
    """Yield the files that ``paths`` name, those below folders sorted by name, none twice.

    A named file is taken whatever its suffix and whatever ignores it, unless ``force_exclude``. Below a folder, and for
    a pattern (``db/**/*.sql``), ``exclude`` (patterns as in ``.gitignore``, from ``base``) and ``.gitignore`` files
    count, and hidden folders, ``node_modules`` and their like, and what dbt makes and fetches are passed over; links to
    folders are not followed.
    Names are relative to ``base`` where they lie below it, else as given. What cannot be read comes with a reason.
    ``searched`` takes the folders that were looked into, as they were.
    raises: UsageError for a path that does not exist and a pattern that nothing fits.
    """
    root = os.path.abspath(base or Path())
    walk = _Walk(base, Patterns(exclude, root), suffixes, gitignore=gitignore, searched=searched)
    seen: set[str] = set()
    places = list(paths)
    for path in places:
        for found in _named(path, walk, force_exclude=force_exclude):
            key = os.path.abspath(found.path) if len(places) > 1 else ""
            if not key or key not in seen:
                seen.add(key)
                yield found


def left_out(path: Path, *, base: Path, exclude: Iterable[str] = ()) -> bool:
    """Say whether ``exclude`` or a ``.gitignore`` names ``path``, as ``find`` asks with ``force_exclude``."""
    return _Walk(base, Patterns(exclude, os.path.abspath(base)), (), gitignore=True).leaves_out(path)


def readable(path: Path) -> str:
    """Return why ``path`` cannot be read as a file, or nothing; it is not opened, so nothing can hang."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return "a link to nothing" if os.path.islink(path) else "no longer there"
    except OSError as error:
        return error.strerror or str(error)
    if stat.S_ISFIFO(mode):
        return "a pipe, not a file: give it to standard input instead"
    if not stat.S_ISREG(mode):
        return "not a file"
    return "" if os.access(path, os.R_OK) else "Permission denied"


def _named(path: Path, walk: _Walk, *, force_exclude: bool) -> Iterator[Found]:
    if path.is_dir():
        yield from walk.below(path)
    elif os.path.lexists(path):
        if not (force_exclude and walk.leaves_out(path)):
            yield Found(path, _printable(shown(path, walk.base)), readable(path))
    elif _MAGIC.search(str(path)):
        found = False
        for file in walk.fitting(path):
            found = True
            yield file
        if not found:
            raise UsageError(f"no file fits {path}", hint="patterns are *, ?, [abc] and **; quote them for the shell")
    else:
        raise UsageError(f"no such file or folder: {path}")


class _Walk:
    """What holds for all folders of one run."""

    def __init__(
        self,
        base: Path | None,
        exclude: Patterns,
        suffixes: tuple[str, ...],
        *,
        gitignore: bool,
        searched: list[Folder] | None = None,
    ) -> None:
        self.base = base
        self.exclude = exclude
        self.suffixes = tuple(suffix.lower() for suffix in suffixes)
        self.gitignore = gitignore
        self.searched = searched

    def leaves_out(self, path: Path) -> bool:
        """Say whether the patterns of the configuration or a ``.gitignore`` name this file, or a folder it is in."""
        absolute = os.path.abspath(path)
        if self.exclude and self.exclude.verdict(absolute):
            return True
        folder = os.path.dirname(absolute)
        return self.gitignore and GitIgnore.above(folder).inside(folder).ignores(absolute)

    def below(self, folder: Path) -> Iterator[Found]:
        """Yield the files with one of the suffixes below ``folder``."""
        return self._files(folder, self.suffixes)

    def fitting(self, pattern: Path) -> Iterator[Found]:
        """Yield the files that fit ``pattern``, whatever their suffix."""
        parts = pattern.parts
        first = next(index for index, part in enumerate(parts) if _MAGIC.search(part))
        folder = Path(*parts[:first])
        if not folder.is_dir():
            return
        wanted = Patterns(["/" + "/".join(parts[first:])], os.path.abspath(folder))
        for found in self._files(folder, ("",)):
            if wanted.verdict(os.path.abspath(found.path)):
                yield found

    def _files(self, top: Path, suffixes: tuple[str, ...]) -> Iterator[Found]:
        """Yield the files with one of the ``suffixes``: those of a folder, then those of the folders in it."""
        start = os.path.abspath(top)
        pending = [(top, start, GitIgnore.above(start) if self.gitignore else GitIgnore())]
        # What dbt makes and fetches, of all projects met on the way.
        made: frozenset[str] = frozenset()
        while pending:
            here, absolute, ignored = pending.pop()
            if self.gitignore:
                ignored = ignored.inside(absolute)
            try:
                with os.scandir(here) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                yield Found(here, _printable(shown(here, self.base, top)), error.strerror or str(error))
                continue
            if self.searched is not None:
                self.searched.append(Folder(absolute, suffixes, names(entries, suffixes, TELLING)))
            folders = []
            # What all names in this folder begin with.
            above = shown(here / "x", self.base, top)[:-1]
            if any(entry.name == dbt.PROJECT for entry in entries):
                made |= dbt.made_folders(absolute)
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                name = entry.name
                if name[0] == "." or (name in IGNORED if is_folder else not name.lower().endswith(suffixes)):
                    continue
                place = os.path.join(absolute, entry.name)
                if is_folder and place in made:
                    continue
                if self._left_out(place, ignored, folder=is_folder):
                    continue
                path = here / entry.name
                if is_folder:
                    folders.append((path, place, ignored))
                elif not (entry.is_symlink() and os.path.isdir(place)):
                    # A plain file is not asked about twice: reading it tells whether it can be read.
                    reason = "" if entry.is_file(follow_symlinks=False) else readable(path)
                    yield Found(path, _printable(above + entry.name), reason)
            pending += reversed(folders)

    def _left_out(self, place: str, ignored: GitIgnore, *, folder: bool) -> bool:
        return bool(self.exclude and self.exclude.verdict(place, folder=folder)) or ignored.ignores(
            place, folder=folder
        )


def _printable(name: str) -> str:
    """Return ``name`` as it can be written in UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
