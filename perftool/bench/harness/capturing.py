"""Profile one case in a child of its own: where its CPU time goes, or what it allocates."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from .timing import arrange_gc, children_cpu, warm_up

if TYPE_CHECKING:
    from types import ModuleType

    from .operation import Operation

Json = dict[str, Any]

# The name under which the profiler's own files are imported, as its start-up file does it.
PROFILER = "_perftool_profiler"
# Operations are run in rounds of about this long: the end is then met closely, and asking for the time costs nothing.
ROUND_S = 0.02
WARM_UP_S = 0.1
PATIENCE = 2.0
BESIDE = ".beside.json"


def captured(operation: Operation, kind: str, request: Json) -> Json:
    """Write what ``kind`` ("capture-cpu", "capture-memory") saw to ``request["path"]``; returns ``operations``.

    Beside a record of allocations stands a file with what that does not know: the module in each source file, and
    where the recording itself had objects made.
    """
    if kind == "capture-memory":
        from .allocation import recorded
        from .framing import frames

        recorded(operation, request["operations"], request["path"])
        beside = {"modules": _modules(), "frames": frames(operation, request["operations"])}
        with open(request["path"] + BESIDE, "w", encoding="utf-8") as file:
            json.dump(beside, file)
        return {"operations": request["operations"]}
    return _sampled(operation, request)


def _modules() -> Json:
    """Return the name of the module in every source file."""
    files: Json = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            files.setdefault(file, name)
    return files


def _sampled(operation: Operation, request: Json) -> Json:
    """Loop over the operation for ``seconds`` of CPU time under the sampler, at least once.

    It ends after twice the time by the clock: the operation may wait, or others have the processor. Also returns the
    CPU seconds of this process and of the children that it waited for, which nobody sampled.
    """
    sampler = profiler(request["runtime"], "sampler").Sampler(rate=request["rate"])
    each = _round(operation)
    if each > 1:  # a slow operation has been warmed up by trying it out
        warm_up(operation, each * 5, WARM_UP_S)
    arrange_gc(request["gc"])
    children, own = children_cpu(), time.process_time()
    done, enough = 0, own + request["seconds"]
    end = time.perf_counter() + PATIENCE * request["seconds"]
    sampler.start()
    try:
        while not done or (time.process_time() < enough and time.perf_counter() < end):
            operation.run(each)
            done += each
    finally:
        table = sampler.stop()
    own, children = time.process_time() - own, children_cpu() - children
    gc.enable()
    with open(request["path"], "w", encoding="utf-8") as file:
        json.dump(table, file)
    return {"operations": done, "cpu": own, "children": children}


def _round(operation: Operation) -> int:
    """Return how many operations take about ``ROUND_S``."""
    began = time.perf_counter()
    operation.try_out()
    if time.perf_counter() - began >= ROUND_S:
        return 1
    count = 1
    while True:
        wall = operation.run(count)[0]
        if wall >= ROUND_S / 4:
            return max(1, int(count * min(ROUND_S / wall, 8.0)))
        count *= 4


def profiler(folder: str, name: str) -> ModuleType:
    """Import a module of the profiler from ``folder``: this interpreter may know no perftool, or another one."""
    if PROFILER not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            PROFILER, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
        )
        if spec is None or spec.loader is None:
            raise ImportError(folder)
        package = importlib.util.module_from_spec(spec)
        sys.modules[PROFILER] = package
        spec.loader.exec_module(package)
    return importlib.import_module(PROFILER + "." + name)
