"""Whose code a file is, and what a report may call it: never by an absolute path."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from perftool.profiling.capture import Function

Origin = Literal["own", "third", "stdlib", "native", "marker"]

# source: sysconfig's schemes posix_prefix, deb_system, nt, osx_framework and the launchers of zip-safe tools
_PACKAGES: Final = re.compile(r"^.*?/(?:site|dist)-packages/")
_STDLIB: Final = re.compile(
    r"^.*/(?:lib(?:32|64)?/(?:python|pypy)\d+(?:\.\d+)?t?/|python\d+\.zip/|Lib/(?!site-packages/))"
)


def origin(function: Function) -> Origin:
    """Say whose code a function is: the user's own unless its file lies where packages or Python itself are installed.

    Files that are named without their folder already, or not at all, are told by the module in the function's name.
    """
    if function.kind != "python":
        return "native" if function.kind == "native" else "marker"
    file = function.file.replace("\\", "/")
    if _PACKAGES.match(file):
        return "third"
    if _STDLIB.match(file) or file.startswith("<frozen "):
        return "stdlib"
    first = package(function)
    told = not file or (not _absolute(file) and file.partition("/")[0].removesuffix(".py") == first)
    return "stdlib" if told and first in sys.stdlib_module_names else "own"


def package(function: Function) -> str:
    """Return the package that the name of a function begins with, "" for C code and markers."""
    return function.name.partition(".")[0] if function.kind == "python" else ""


def place(function: Function, root: str = "") -> str:
    """Return the file of a function as a report names it.

    Relative to the folder of installed packages, of the standard library, or to ``root``, the project's folder. Of a
    file that lies elsewhere only what its module says of it is kept: ``myapp/parse.py``, else its name.
    """
    file = function.file.replace("\\", "/")
    for pattern in (_PACKAGES, _STDLIB):
        if found := pattern.match(file):
            return file[found.end() :]
    base = root.replace("\\", "/").rstrip("/") + "/"
    if root and file.startswith(base):
        return file[len(base) :]
    if file.startswith("<") or not _absolute(file):
        return file
    parts = file.split("/")
    return "/".join(parts[-_depth(function.name, parts) :]).lstrip("/")


def _absolute(file: str) -> bool:
    return file.startswith("/") or file[1:2] == ":"


def _depth(name: str, parts: list[str]) -> int:
    """Return how many of the last ``parts`` of a path its module's name repeats, at least 1."""
    stem = parts[-1].rpartition(".")[0] or parts[-1]
    inner = [*parts[:-1], stem] if stem != "__init__" else parts[:-1]
    words = name.split(".")
    for depth in range(min(len(words), len(inner)), 0, -1):
        if words[:depth] == inner[-depth:]:
            return depth + (stem == "__init__")
    return 1
