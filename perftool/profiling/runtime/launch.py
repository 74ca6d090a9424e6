"""Start what the plan of a profiling run asks for, in a process that has just begun."""

from __future__ import annotations

import os
import sys

from . import ends

#: The engines' own files, each loaded by its name.
_PACKAGE = __name__.rpartition(".")[0]


def begin(path):
    """Read the plan at ``path`` and start its modules."""
    plan = _read(path)
    if plan is None or plan.get("version") != 1:
        return
    folder = plan["folder"]
    if plan.get("children") is False and not first(folder):
        return
    if plan.get("pure"):
        from . import pure

        pure.prefer(plan["pure"])
    for module in plan["modules"]:
        name = _PACKAGE + "." + module["name"]
        __import__(name)
        sys.modules[name].start({**module.get("settings", {}), "children": plan.get("children", True)}, folder)
    ends.ready()


def first(folder):
    """Return whether this is the first process of the run: who makes the file first, is."""
    try:
        os.close(os.open(os.path.join(folder, "first"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def _read(path):
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
    return make_scanner(_Strict())(text, text.index("{"))[0]


class _Strict:
    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int = float, int
    parse_constant = None
    memo = {}
