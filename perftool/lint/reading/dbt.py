"""Find what dbt made of a model when it last compiled the project."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

_PROJECT: Final = "dbt_project.yml"
_NAME: Final = re.compile(r"^name:[ \t]*['\"]?([\w-]+)", re.MULTILINE)
_TARGET: Final = re.compile(r"^target-path:[ \t]*['\"]?([^'\"#\r\n]+)", re.MULTILINE)
_PACKAGES: Final = frozenset({"dbt_packages", "dbt_modules", "target"})


def compiled(path: Path) -> Path | None:
    """Return the file that dbt compiled of ``path``, if it is at least as new as the model; else None.

    cost: a look into each folder above, up to the one with ``dbt_project.yml``.
    """
    absolute = Path(os.path.abspath(path))
    root = next((folder for folder in absolute.parents if (folder / _PROJECT).is_file()), None)
    if root is None:
        return None
    inside = absolute.relative_to(root)
    if inside.parts[0] in _PACKAGES:
        return None
    try:
        text = (root / _PROJECT).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    name = _NAME.search(text)
    if name is None:
        return None
    target = _TARGET.search(text)
    place = root / (target[1].strip() if target else "target") / "compiled" / name[1] / inside
    try:
        made, source = place.stat(), absolute.stat()
    except OSError:
        return None
    return place if stat.S_ISREG(made.st_mode) and made.st_mtime_ns >= source.st_mtime_ns else None
