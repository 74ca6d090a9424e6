"""Write a file whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perftool.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the file ``path`` by ``data``: a temporary file in the same folder, fsync, rename.

    Missing folders are made. A symbolic link is followed, so that the link stays. A device or pipe cannot be
    renamed over and is written directly.
    raises: OutputError saying why; the old file is then untouched and no temporary file is left.
    """
    write_pieces(path, (data,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Replace the file ``path`` as ``write_bytes`` does, by ``pieces`` that are taken one after the other.

    What goes wrong while they are made leaves the old file untouched too.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            _write_directly(target, pieces)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, pieces)
    except OSError as error:
        raise refused(path, error) from error


def _write_directly(target: Path, pieces: Iterable[bytes]) -> None:
    with target.open("wb") as stream:
        stream.writelines(pieces)


def _replace(target: Path, pieces: Iterable[bytes]) -> None:
    temporary = beside(target)
    try:
        with temporary.open("wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        take_name(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def beside(target: Path) -> Path:
    """Return the path of the file that will take the place of ``target``, in the same folder."""
    return target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")


def take_name(temporary: Path, target: Path) -> None:
    """Put a file that is whole and synced in the place of ``target``, with its permissions, for good."""
    if target.exists():
        temporary.chmod(target.stat().st_mode & 0o7777)
    temporary.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        # Some network and FUSE file systems refuse fsync on a folder; the file itself is safe by then.
        return
    finally:
        os.close(descriptor)


def refused(path: Path, error: OSError) -> OutputError:
    """Say why ``path`` cannot be written."""
    reason = (error.strerror or str(error)).lower()
    hints = {
        "no space left on device": "free some space or write elsewhere",
        "permission denied": "write to a folder that you own",
        "is a directory": f"name a file inside it: {path}/report.json",
        "read-only file system": "write to another folder",
    }
    return OutputError(f"cannot write {path}: {reason}", hint=hints.get(reason))
