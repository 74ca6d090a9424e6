"""Put single files into a side's tree and take them out of it, whatever stands in the way."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

from perftool.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def present(tree: Path, name: str) -> bool:
    """Tell whether ``tree`` itself has a file or link ``name``: not a folder, nor through a linked folder."""
    path = tree / name
    if any(parent.is_symlink() for parent in path.parents if parent.is_relative_to(tree) and parent != tree):
        return False
    return path.is_symlink() or path.is_file()


def same(one: Path, other: Path) -> bool:
    """Tell whether two files are equal in kind, permission to run and content."""
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and os.readlink(one) == os.readlink(other)
    if not (one.is_file() and other.is_file()):
        return False
    runs = [bool(path.stat().st_mode & stat.S_IXUSR) for path in (one, other)]
    return runs[0] == runs[1] and one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def put(source: Path, tree: Path, name: str) -> None:
    """Copy the file or link ``source`` to ``name`` in ``tree``; files and links on the way make room.

    A link to a folder on the way becomes a folder of links to what it held, so that nothing is written through it.
    raises: InputError when ``source`` cannot be read.
    """
    target = tree / name
    for parent in _way(tree, target):
        _make_folder(parent)
    if target.is_symlink() or target.is_file():
        target.unlink()
    elif target.is_dir():
        shutil.rmtree(target)
    try:
        shutil.copy2(source, target, follow_symlinks=False)
    except (FileNotFoundError, PermissionError) as error:
        raise _unreadable(name, error) from error


def content(tree: Path, name: str) -> bytes:
    """Return what the file ``name`` in ``tree`` holds, of a link where it leads.

    raises: InputError when it cannot be read.
    """
    path = tree / name
    try:
        return os.fsencode(os.readlink(path)) if path.is_symlink() else path.read_bytes()
    except (FileNotFoundError, PermissionError) as error:
        raise _unreadable(name, error) from error


def make_folder(tree: Path, folder: Path) -> None:
    """Make ``folder`` in ``tree`` if it is missing, not through a link."""
    if not folder.is_dir():
        for part in (*_way(tree, folder), folder):
            _make_folder(part)


def take_away(tree: Path, name: str) -> None:
    """Remove the file or link ``name`` from ``tree``, and the folders that are empty then."""
    target = tree / name
    for parent in _way(tree, target):
        if parent.is_symlink() and parent.is_dir():
            _make_folder(parent)
    if target.is_symlink() or target.is_file():
        target.unlink()
    parent = target.parent
    while parent != tree and parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent


def _way(tree: Path, target: Path) -> list[Path]:
    """Return the folders between ``tree`` and ``target``, the outermost first."""
    return [parent for parent in reversed(target.parents) if parent.is_relative_to(tree) and parent != tree]


def _unreadable(name: str, error: OSError) -> InputError:
    reason = (error.strerror or str(error)).lower()
    return InputError(
        f"cannot read {name}, which belongs to a side: {reason}", hint="make it readable, or let git ignore it"
    )


def _make_folder(path: Path) -> None:
    if path.is_symlink():
        held = path.resolve()
        path.unlink()
        path.mkdir()
        if held.is_dir():
            link_children(held, path)
    elif path.is_file():
        path.unlink()
        path.mkdir()
    else:
        path.mkdir(exist_ok=True)


def link_children(folder: Path, into: Path, *, without: frozenset[str] = frozenset()) -> None:
    """Make a link in ``into`` for everything in ``folder`` but the names ``without``."""
    for child in folder.iterdir():
        if child.name not in without:
            (into / child.name).symlink_to(child, target_is_directory=child.is_dir())
