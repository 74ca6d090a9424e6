"""Replace a file by its fixed text: whole or not at all, and only if it is still what was read."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from perftool.errors import OutputError
from perftool.store import atomic

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, old: bytes, new: bytes, *, root: Path | None = None) -> None:
    """Replace the file ``path``, which held ``old`` when it was read, by ``new``.

    Its mode stays, and its owner where the system permits. Of a symbolic link the target is replaced and the link
    stays; one that leads out of the folder ``root`` is refused.
    raises: OutputError saying why; the file is then as it was.
    """
    try:
        target = path.resolve(strict=True)
        status = target.stat()
        _refuse(path, target, status, root)
        now = target.read_bytes()
    except OSError as error:
        raise OutputError(f"cannot fix {path}: {(error.strerror or str(error)).lower()}") from error
    if now != old:
        raise OutputError(f"cannot fix {path}: it changed while it was checked", hint="run it again")
    if new == old:
        return
    atomic.write_bytes(target, new)
    with contextlib.suppress(OSError):
        _give_back(target, status)


def _refuse(path: Path, target: Path, status: os.stat_result, root: Path | None) -> None:
    if root is not None and not target.is_relative_to(root.resolve()):
        raise OutputError(f"cannot fix {path}: it is a link to a file outside the project", hint="fix that file itself")
    if not stat.S_ISREG(status.st_mode):
        raise OutputError(f"cannot fix {path}: it is not a file")
    # A rename would replace a file that nobody is to write.
    if not os.access(target, os.W_OK):
        raise OutputError(f"cannot fix {path}: it is read-only", hint=f"chmod u+w {path}")


def _give_back(target: Path, status: os.stat_result) -> None:
    """Give the new file to the owner of the old one: what root mends is to stay the user's."""
    now = target.stat()
    if hasattr(os, "chown") and (now.st_uid, now.st_gid) != (status.st_uid, status.st_gid):
        os.chown(target, status.st_uid, status.st_gid)
        # A change of owner takes some bits of the mode away.
        target.chmod(stat.S_IMODE(status.st_mode))
