"""The environment variables of a side: where its code is found, at the same length on both sides."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def holds_packages(folder: Path) -> bool:
    """Tell whether ``folder`` has importable modules or packages directly in it."""
    return folder.is_dir() and any(p.suffix == ".py" or (p / "__init__.py").is_file() for p in folder.iterdir())


def by_path(
    variables: Mapping[str, str], root: Path, folder: Path, moved: tuple[Path, Path], *, with_src: bool
) -> dict[str, str]:
    """Return ``variables`` for code that is found by path: ``root``, then ``root/src``, then the user's PYTHONPATH.

    ``moved`` are the user's tree and the one in its place: entries in the one are looked for in the other.
    """
    entries = [str(root), *([str(root / "src")] if with_src else []), *_entries(variables, moved)]
    return {**_of_the_folder(variables, folder), "PYTHONPATH": os.pathsep.join(dict.fromkeys(entries))}


def by_environment(
    variables: Mapping[str, str], environment: Path, folder: Path, moved: tuple[Path, Path]
) -> dict[str, str]:
    """Return ``variables`` for code that is installed in ``environment``, whose programs come first.

    PYTHONPATH keeps only what is outside the user's tree: the code is the environment's.
    """
    path = os.pathsep.join(part for part in (str(programs(environment)), variables.get("PATH", "")) if part)
    made = {**_of_the_folder(variables, folder), "PATH": path, "VIRTUAL_ENV": str(environment)}
    made.pop("PYTHONHOME", None)
    made.pop("PYTHONPATH", None)
    outside = [entry for entry in _entries(variables, moved) if not Path(entry).is_relative_to(moved[1])]
    if outside:
        made["PYTHONPATH"] = os.pathsep.join(outside)
    return made


def programs(environment: Path) -> Path:
    """Return the folder of programs of a virtual environment."""
    return environment / ("Scripts" if os.name == "nt" else "bin")


def _of_the_folder(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in variables.items() if name not in {"OLDPWD", "__PYVENV_LAUNCHER__"}}
    if "PWD" in kept:
        kept["PWD"] = str(folder)
    return kept


def _entries(variables: Mapping[str, str], moved: tuple[Path, Path]) -> list[str]:
    """Return the user's PYTHONPATH with the entries in the user's tree moved to the side's; relative ones stay."""
    found = []
    for entry in variables.get("PYTHONPATH", "").split(os.pathsep):
        path = Path(entry)
        if entry and path.is_absolute() and path.resolve().is_relative_to(moved[0]):
            path = moved[1] / path.resolve().relative_to(moved[0])
        found += [str(path)] if entry else []
    return found
