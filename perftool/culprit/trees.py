"""The source files of either side, wherever the code that ran was loaded from."""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.culprit.definitions import Text
from perftool.profiling.capture import Function
from perftool.profiling.naming import module_of
from perftool.profiling.origins import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from perftool.profiling.capture import Capture

# Where a project keeps the package that is installed from it.
_SOURCES: Final = ("", "src", "lib", "python")
# What lies in a checkout and is none of it: environments, and the trees that perftool makes.
_APART: Final = re.compile(r"[\\/](?:site-packages|\.perftool)[\\/]")
_LARGEST: Final = 2_000_000
_MAIN: Final = "__main__"


@dataclass(frozen=True)
class Tree:
    """A checkout: ``root`` is its folder; ``read`` returns the text of a file in it by its relative name, or None."""

    root: Path
    read: Callable[[str], str | None]

    def relative(self, file: str, function: str = "") -> str | None:
        """Return the name of ``file`` in the checkout: one that was installed from it, or lay in another checkout, too.

        ``function`` is the name of one in it, whose module says where the file belongs. None for all other files.
        """
        if not file or file.startswith("<"):
            return None
        for root in dict.fromkeys((str(self.root), os.path.realpath(self.root))):
            if file.startswith(root.rstrip(os.sep) + os.sep) and not _APART.search(file[len(root) :]):
                return file[len(root) :].lstrip(os.sep).replace(os.sep, "/")
        inside = place(Function(function, file))
        stem = inside.removesuffix(".py")
        if "/" not in inside and function.partition(".")[0] != stem:
            return None  # a name alone says too little
        for folder in _SOURCES:
            name = f"{folder}/{inside}" if folder else inside
            if self.read(name) is not None:
                return name
        return None


def on_disk(root: Path) -> Tree:
    """Return the checkout in the folder ``root``."""
    return Tree(root, functools.cache(lambda name: _text(root / name)))


def texts(
    sides: tuple[Tree, Tree], captures: tuple[Iterable[Capture], Iterable[Capture]], differing: Iterable[str] = ()
) -> list[Text]:
    """Return the source files of the project of which a function ran on either side, and those that are ``differing``.

    A file that nothing ran of may hold constants.
    """
    modules: dict[str, str] = {}
    for tree, taken in zip(sides, captures, strict=True):
        for function in dict.fromkeys((one.name, one.file) for capture in taken for one in capture.functions):
            name, file = function
            relative = tree.relative(file, name) if file.endswith(".py") else None
            if relative is not None and (module := module_in(name, relative)):
                modules.setdefault(relative, module)
    for name in differing:
        modules.setdefault(name, module_of(name))
    return [Text(module, *(tree.read(name) for tree in sides)) for name, module in modules.items()]


def module_in(function: str, file: str) -> str:
    """Return the module that the name of a function in ``file`` begins with, "" where the two do not fit."""
    words = function.split(".")
    if words[0] == _MAIN:
        return _MAIN
    parts = file.removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    for depth in range(min(len(words), len(parts)), 0, -1):
        if words[:depth] == parts[-depth:]:
            return ".".join(words[:depth])
    return ""


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
