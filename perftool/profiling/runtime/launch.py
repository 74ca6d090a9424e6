"""Start what the plan of a profiling run asks for, in a process that has just begun."""

from __future__ import annotations

import os
import sys

from . import ends

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
_PACKAGE = __name__.rpartition(".")[0]


def begin(path: str) -> None:
    """Read the plan at ``path`` and start its modules; does nothing when its run is over."""
    plan = _read(path)
    if plan is None or plan.get("version") != VERSION:
        return
    folder, children = plan["folder"], plan.get("children", True)
    if not children and not first(folder):
        return
    if plan.get("pure"):
        from . import pure

        pure.prefer(plan["pure"])
    # All are loaded before the first is started: none sees the other's loading as the program's doing.
    for module in plan["modules"]:
        __import__(_PACKAGE + "." + module["name"])
    for module in plan["modules"]:
        name = _PACKAGE + "." + module["name"]
        sys.modules[name].start({**(module.get("settings") or {}), "children": children}, folder)
    ends.ready()


def first(folder: str) -> bool:
    """Return whether this is the first process of the run: who makes the file first, is."""
    try:
        os.close(os.open(os.path.join(folder, "first"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def _read(path: str) -> Any:
    """Return the plan, None when it is gone: its run is over, and this process only inherited its environment."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return None
    try:
        from _json import make_scanner
    except ImportError:
        import json

        return json.loads(text)
    # json itself would load re and enum into a program that may not want them, and take 10 ms of its start.
    scan: Any = make_scanner
    try:
        return scan(_Strict())(text, text.index("{"))[0]
    except StopIteration:
        raise ValueError(f"{path} holds no plan") from None


class _Strict:
    """What the scanner of json asks its decoder for."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, float

    def __init__(self) -> None:
        self.memo: dict[str, str] = {}
