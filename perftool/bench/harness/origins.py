"""Tell which files the imported modules came from, by content."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig

OURS = "_perftool_"


def digests() -> dict[str, str]:
    """Return the digest of the file of every imported module; the standard library's and the harness's are left out.

    The content counts and not the path: the same file in two checkouts is the same code.
    """
    own = tuple(os.path.join(os.path.realpath(sysconfig.get_path(name)), "") for name in ("stdlib", "platstdlib"))
    found = {}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or name.startswith(OURS) or name == "__main__":
            continue
        if _is_standard(os.path.realpath(path), own):
            continue
        try:
            with open(path, "rb") as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()[:16]
        except OSError:
            continue
    return found


def _is_standard(path: str, own: tuple[str, ...]) -> bool:
    """Tell whether ``path`` belongs to Python itself: installed packages lie below the same folder."""
    return path.startswith(own) and "site-packages" not in path and "dist-packages" not in path
