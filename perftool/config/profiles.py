"""Find profiles: named sets of settings, the project's own before the built-in ones."""

from __future__ import annotations

from pathlib import Path

import perftool
from perftool import discovery


def folders(root: Path) -> tuple[Path, ...]:
    """Return the folders that hold profiles, the first wins: the project's, then the built-in ones.

    An installed perftool carries them inside the package; in a checkout they lie beside it.
    """
    package = Path(perftool.__file__).parent
    installed = package / "_profiles"
    return (root / "profiles", installed if installed.is_dir() else package.parent / "profiles")


def names(root: Path) -> tuple[str, ...]:
    """Return the names of all profiles, sorted."""
    return tuple(sorted({path.stem for folder in folders(root) for path in folder.glob("*.toml")}))


def find(name: str, root: Path) -> Path:
    """Return the file of the profile ``name``.

    raises: UsageError naming the nearest profile.
    """
    known = names(root)
    if name not in known:
        raise discovery.unknown("profile", name, known)
    return next(path for folder in folders(root) if (path := folder / f"{name}.toml").is_file())
