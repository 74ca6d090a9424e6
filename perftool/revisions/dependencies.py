"""What a tree says about its dependencies, as a digest."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

_FILES: Final = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements*.txt",
    "requirements*.in",
    "requirements/*.txt",
    "requirements/*.in",
    "constraints*.txt",
    "Pipfile",
    "Pipfile.lock",
    "pdm.lock",
    "poetry.lock",
    "pylock*.toml",
    "uv.lock",
)
#: What pyproject.toml says about dependencies; the settings of linters and the like are no dependency.
_TABLES: Final = (
    ("build-system",),
    ("dependency-groups",),
    ("project", "dependencies"),
    ("project", "optional-dependencies"),
    ("project", "dynamic"),
    ("project", "requires-python"),
    ("tool", "pdm"),
    ("tool", "poetry", "dependencies"),
    ("tool", "poetry", "extras"),
    ("tool", "poetry", "group"),
    ("tool", "setuptools", "dynamic"),
    ("tool", "uv"),
)


def digest(root: Path, tree: Path) -> str:
    """Return a digest of the files in ``root``, and in the whole ``tree`` around it, that declare dependencies."""
    state = hashlib.sha256()
    for folder, mark in ((root, "root"), (tree, "tree")):
        if mark == "tree" and folder == root:
            continue
        for path in sorted({p for pattern in _FILES for p in folder.glob(pattern) if p.is_file()}):
            state.update(f"{mark}/{path.relative_to(folder).as_posix()}\0".encode())
            state.update(_content(path) + b"\0")
    return state.hexdigest()[:16]


def differing(one: tuple[Path, Path], other: tuple[Path, Path]) -> str:
    """Name the file that differs between two ``(root, tree)``, or the first of several, "" for none."""
    for (left, _), (right, _) in ((one, other), (tuple(reversed(one)), tuple(reversed(other)))):
        names = {p.relative_to(f).as_posix() for f in (left, right) for pattern in _FILES for p in f.glob(pattern)}
        for name in sorted(names):
            here, there = left / name, right / name
            if (_content(here) if here.is_file() else b"") != (_content(there) if there.is_file() else b""):
                return name
    return ""


def project_name(root: Path) -> str:
    """Return the name that pyproject.toml gives the project, "" where it gives none."""
    try:
        read = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    name = _table(read, ("project", "name")) or _table(read, ("tool", "poetry", "name"))
    return name if isinstance(name, str) else ""


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    if path.name != "pyproject.toml":
        return data
    try:
        read = tomllib.loads(data.decode())
    except ValueError:
        return data
    chosen = {".".join(keys): _table(read, keys) for keys in _TABLES}
    return json.dumps(chosen, sort_keys=True, default=str).encode()


def _table(read: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        read = read.get(key) if isinstance(read, dict) else None
    return read
