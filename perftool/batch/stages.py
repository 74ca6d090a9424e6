"""What each stage of a batch did: read, split, look up, work, write.

All of them but "work" share one thread and take turns, so their times add up to what that thread did.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perftool.batch.tap import Tap
from perftool.workers.metrics import Depth, row

if TYPE_CHECKING:
    from perftool.model.measurement import Better, Measurement
    from perftool.workers.metrics import Metrics


@dataclass(slots=True)
class Stage:
    """What one stage did: what left it, how long it worked, how long that had waited before it, added up."""

    items: int = 0
    bytes: int = 0
    busy_s: float = 0.0
    wait_s: float = 0.0
    depth: Depth = field(default_factory=Depth)


class Stages:
    """The stages of one run.

    ``tap`` reads. ``split`` makes statements of what was read; its time holds that of reading. In ``look_up_s`` it is
    found out what has to be worked. ``write`` waits until an item is finished and all before it are written; its depth
    is the number of items that are read and not written.
    """

    def __init__(self, tap: Tap | None = None) -> None:
        self.tap = tap or Tap()
        self.split = Stage()
        self.look_up_s = 0.0
        self.write = Stage()

    def read(self, size: int) -> None:
        """Count an item of ``size`` bytes that was read and looked up."""
        self.split.items += 1
        self.split.bytes += size

    def wrote(self, size: int, waited_s: float, busy_s: float, behind: int) -> None:
        """Count a line of ``size`` bytes, whose item could not be written for ``waited_s``.

        ``busy_s`` is what writing took, ``behind`` the number of items that were read and not written.
        """
        write = self.write
        write.items += 1
        write.bytes += size
        write.wait_s += waited_s
        write.busy_s += busy_s
        write.depth.sample(behind)

    def measurements(self, worked: int, metrics: Metrics) -> list[Measurement]:
        """Return what the stages did; ``worked`` is how many of the items in ``metrics`` were statements."""
        tap, split, write = self.tap, self.split, self.write
        wait = metrics.wait_s
        found = [
            *_rows("read", tap.items, tap.bytes, tap.busy_s),
            *_rows("split", split.items, split.bytes, max(0.0, split.busy_s - tap.busy_s)),
            *_rows("look-up", split.items, split.bytes, self.look_up_s),
            *_rows("work", worked, metrics.result_bytes, sum(metrics.busy_s), wait, metrics.queue_mean),
            *_rows("write", write.items, write.bytes, write.busy_s, write.wait_s, write.depth.mean),
        ]
        most = {"work": metrics.queue_max, "write": write.depth.highest}
        return found + [
            row("batch", "stages", "most-queued-items", "unknown", highest, {"stage": stage})
            for stage, highest in most.items()
            if metrics.items
        ]


def _rows(
    stage: str, items: int, size: int, busy_s: float, wait_s: float | None = None, queued: float = 0.0
) -> list[Measurement]:
    if not items:
        return []
    rows: list[tuple[str, Better, float]] = [
        ("items", "unknown", items),
        ("bytes", "unknown", size),
        ("busy-sec", "lower", busy_s),
    ]
    if wait_s is not None:
        rows += [("wait-sec/item", "lower", wait_s / items), ("queued-items", "unknown", queued)]
    return [row("batch", "stages", *one, {"stage": stage}) for one in rows]
