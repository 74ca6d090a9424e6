"""Import what is to be measured, once per server, and say in one line why it failed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

HERE = os.path.dirname(os.path.abspath(__file__))
PERFTOOL = os.path.dirname(os.path.dirname(HERE))


def load(module: str | None, file: str | None, installed: bool = False) -> ModuleType:
    """Import ``module`` by dotted name or ``file`` by path; the second time it comes from the cache.

    The folder of a file comes first on the import path, as under ``python file.py``; the working directory comes
    last, so that a project that is not installed can be found but never hides an installed module. A module of
    perftool is our own, unless ``installed`` prefers the one that this interpreter has.
    """
    if module is not None:
        if module.split(".")[0] == "perftool" and not (installed and importlib.util.find_spec("perftool")):
            _provide_perftool()
        return importlib.import_module(module)
    if file is None:
        raise ImportError("a case names neither a module nor a file")
    path = os.path.abspath(file)
    name = "_perftool_target_" + "".join(c if c.isalnum() else "_" for c in path)
    known = sys.modules.get(name)
    if known is not None:
        return known
    for folder, index in ((os.path.dirname(path), 0), (os.getcwd(), len(sys.path))):
        if folder not in sys.path:
            sys.path.insert(index, folder)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python file: " + file)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    try:
        spec.loader.exec_module(loaded)
    except BaseException:
        del sys.modules[name]
        raise
    return loaded


def _provide_perftool() -> None:
    """Make *this* perftool importable here, whether or not one is installed in this interpreter."""
    if "perftool" in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(
        "perftool", os.path.join(PERFTOOL, "__init__.py"), submodule_search_locations=[PERFTOOL]
    )
    if spec is None or spec.loader is None:
        raise ImportError(PERFTOOL)
    package = importlib.util.module_from_spec(spec)
    sys.modules["perftool"] = package
    spec.loader.exec_module(package)


def reason(error: BaseException) -> str:
    """Return ``file:line: Type: message`` with the innermost line that is not ours nor a library's.

    An error of perftool itself is a sentence for people: it stands for itself.
    """
    if type(error).__module__.startswith("perftool.") and isinstance(getattr(error, "message", None), str):
        hint = getattr(error, "hint", None)
        return " ".join(error.message.split()) + (f" ({hint})" if hint else "")  # type: ignore[attr-defined]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_relative(error.filename)}:{error.lineno}: {type(error).__name__}: {error.msg}"
    message = " ".join(str(error).split())
    text = type(error).__name__ + (": " + message if message else "")
    place = ""
    for frame in traceback.extract_tb(error.__traceback__):
        folder = os.path.dirname(os.path.abspath(frame.filename))
        if frame.filename.startswith("<") or folder == HERE:
            continue
        relative = _relative(frame.filename)
        if not os.path.isabs(relative) or not place:
            place = relative + ":" + str(frame.lineno)
    if os.path.isabs(place):
        place = os.path.basename(place)
    return place + ": " + text if place else text


def _relative(path: str) -> str:
    absolute, base = os.path.abspath(path), os.getcwd() + os.sep
    inside = absolute.startswith(base) and "site-packages" not in absolute
    return absolute[len(base) :] if inside else absolute
