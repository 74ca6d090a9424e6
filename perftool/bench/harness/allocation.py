"""Count allocations and bytes of one operation with memray, exactly, in a child of its own."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .operation import Operation

WARM_UP = 5
# memray otherwise wakes up every 10 ms to read the process's memory, which allocates now and then.
NEVER_MS = 3_600_000


def allocations(operation: Operation, few: int, many: int, parent: str | None = None) -> dict[str, Any]:
    """Return allocations and bytes per operation from runs of ``few`` and ``many`` operations.

    The difference of the two runs cancels what the tracker and the loop allocate. Every request to the C or Python
    allocator counts, a reallocation too, with its full size; what Python takes from its own free lists does not,
    nor do the pages that the allocators themselves map. Garbage collection is off, so that nothing depends on when
    it would have run. The records go below the folder ``parent``, whose owner survives this process.
    """
    gc.collect()
    gc.disable()
    operation.run(WARM_UP if many > WARM_UP else 1)
    with tempfile.TemporaryDirectory(prefix="perftool-", dir=parent) as folder:
        _tracked(operation, 1, os.path.join(folder, "first"))
        low = _tracked(operation, few, os.path.join(folder, "few"))
        high = _tracked(operation, many, os.path.join(folder, "many"))
    operations = many - few
    return {"allocations": (high[0] - low[0]) / operations, "bytes": (high[1] - low[1]) / operations}


def recorded(operation: Operation, count: int, path: str) -> None:
    """Record the allocations of ``count`` operations with their stacks in the file ``path``.

    Garbage collection is off as in ``allocations``, but for a full one at the end: cycles are no leak.
    """
    import memray

    gc.collect()
    gc.disable()
    operation.run(WARM_UP if count > 1 else 1)
    first = path + ".first"
    for number, file in ((1, first), (count, path)):
        with memray.Tracker(file, trace_python_allocators=True, memory_interval_ms=NEVER_MS):
            operation.run(number)
            gc.collect()
    os.unlink(first)


def _tracked(operation: Operation, count: int, path: str) -> tuple[int, int]:
    import memray

    with memray.Tracker(path, trace_python_allocators=True, memory_interval_ms=NEVER_MS):
        # memray's profile function is there for stacks only, and makes Python allocate a frame object per call.
        sys.setprofile(None)
        threading.setprofile(None)
        operation.run(count)
    kinds = memray.AllocatorType
    ignored = {int(k) for k in (kinds.FREE, kinds.PYMALLOC_FREE, kinds.MUNMAP, kinds.MMAP)}
    number = size = 0
    with memray.FileReader(path) as reader:
        for record in reader.get_allocation_records():
            if record.allocator not in ignored:
                number += record.n_allocations
                size += record.size
    return number, size
