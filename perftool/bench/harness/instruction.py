"""Count the instructions of one operation, in a child of a server that runs under valgrind's callgrind."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .operation import Operation

# Operations of less than so many instructions: operations before counting, few, many. Fixed numbers, chosen by a count
# and not by a time: the digits must be the same on a slow and on a fast machine.
TIERS = ((2_000_000, 20, 10, 110), (40_000_000, 5, 2, 12), (None, 0, 1, 3))
TOTALS = b"totals: "
TAIL_BYTES = 4096


def instructions(operation: Operation, folder: str) -> dict[str, Any]:
    """Return instructions per operation from runs of few and of many operations.

    The difference of the two runs cancels what the loop costs once. Garbage collection is off, so that nothing
    depends on when it would have run. Callgrind writes its dumps to ``folder``.
    raises: LookupError when this process is not under callgrind.
    """
    gc.collect()
    gc.disable()
    counter = Counter(folder)
    operation.run(1)
    once = counter.of(operation, 1)
    warm_up, few, many = next(tier[1:] for tier in TIERS if tier[0] is None or once < tier[0])
    if warm_up:
        operation.run(warm_up)
    low, high = counter.of(operation, few), counter.of(operation, many)
    return {"instructions": (high - low) / (many - few), "operations": many - few}


class Counter:
    """Reads the dumps that callgrind writes each time the C function ``ctermid`` is called.

    The server is started with ``--dump-before=ctermid``: a function of every C library that needs no permission, does
    next to nothing, and that measured code does not call.
    """

    def __init__(self, folder: str) -> None:
        self._base = os.path.join(folder, str(os.getpid()))
        self._dumps = 0

    def of(self, operation: Operation, count: int) -> int:
        """Return the instructions of one run of ``count`` operations, with what a run costs once."""
        os.ctermid()
        self._skip()
        operation.run(count)
        os.ctermid()
        return self._new()

    def _skip(self) -> None:
        while os.path.exists(self._path(self._dumps + 1)):
            self._dumps += 1

    def _new(self) -> int:
        """Add the new dumps up: more than one if measured code called the function too."""
        found = 0
        first = self._dumps
        while os.path.exists(self._path(self._dumps + 1)):
            self._dumps += 1
            found += total(self._path(self._dumps))
        if self._dumps == first:
            raise LookupError("valgrind wrote no counts: is the interpreter a script, or its C library linked in?")
        return found

    def _path(self, number: int) -> str:
        return f"{self._base}.{number}"


def total(path: str) -> int:
    """Return the instructions of one dump, from its last lines.

    raises: LookupError when it holds none.
    """
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - TAIL_BYTES))
        tail = file.read()
    for line in reversed(tail.splitlines()):
        if line.startswith(TOTALS):
            return int(line[len(TOTALS) :])
    raise LookupError("a count of valgrind's has no total")
