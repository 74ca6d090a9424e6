"""What belongs together: the statements of one transaction, else those of one checkout, else of one thread."""

from __future__ import annotations

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

    Key = tuple[int, int]

#: Runs of one place in one unit from which it is a loop, and what is remembered of a unit.
LOOP = 20
_MOST = 1000
#: Outside of a transaction, who waits longer before asking again wants to see a change.
#: source: pollers sleep for a tenth of a second or more
POLL_NS = 50_000_000
_BATCH = 8


class Loop:
    """Runs of one statement from one place within a unit."""

    __slots__ = ("certain", "count", "kinds", "ns", "rows")

    def __init__(self) -> None:
        self.count = self.ns = self.rows = 0
        self.kinds: set[int] = set()
        self.certain = False


class Unit:
    """Statements that belong together; ``loose`` ones have no end but the thread's.

    ``implied`` transactions were begun by a statement, and nobody tells of their end but the connection.
    """

    __slots__ = ("busy", "first", "implied", "loops", "loose", "open", "runs", "seen", "transaction")

    def __init__(self, began: int, *, transaction: bool = False, loose: bool = False, implied: bool = False) -> None:
        self.open = began
        self.busy = self.runs = self.first = 0
        self.transaction, self.loose, self.implied = transaction, loose, implied
        self.seen: dict[Any, int] = {}
        self.loops: dict[Key, Loop] = {}

    def repeated(self, number: int, digest: int, began: int, ended: int) -> bool:
        """Note a reading run, and say whether it was just that one again."""
        key = (number, digest)
        before = self.seen.get(key)
        if before is None and len(self.seen) >= _MOST:
            self.seen.clear()
        self.seen[key] = ended
        return before is not None and (self.transaction or began - before < POLL_NS)

    def loop(self, key: Key, digest: int, parameters: int) -> Any:
        """Count a run of its place; None where it is a batch, or there are too many places."""
        if parameters > _BATCH:
            return None
        loop = self.loops.get(key)
        if loop is None:
            if len(self.loops) >= _MOST:
                return None
            loop = self.loops[key] = Loop()
        loop.count += 1
        if len(loop.kinds) < LOOP:
            loop.kinds.add(digest)
        return loop
