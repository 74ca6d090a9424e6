"""What has been measured of one case so far, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from perftool.bench.api import Case

Json = dict[str, Any]

# Below a microsecond the clock itself (40 to 80 ns a pair of readings) is too much of what it reads.
SHORTEST_LATENCY_S: Final = 1e-6
FEWEST_LATENCIES: Final = 20
MOST_LATENCIES: Final = 20_000
# Counts that are the same in so many processes count as exact.
FEWEST_COUNTS: Final = 3
# An operation this slow gets one sample per block: the blocks are what the analysis counts.
SLOW_OP_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Block:
    """What one finished block gave: its timed samples in the order taken, and its latency pass if there was one."""

    number: int
    timed: tuple[Json, ...]
    latency: Json | None


@dataclass(slots=True)
class Record:
    """One case with its calibration and finished blocks; ``reason`` is set when it had to be skipped.

    ``memory`` is the reply of the memory pass, ``memory_problem`` why there is none though it was asked for; so are
    ``instructions`` and ``instructions_problem``, and ``counted``, a reading of the counters each, with
    ``counters_problem``.
    """

    case: Case
    loops: int = 1
    op_s: float = 0.0
    reason: str | None = None
    finished: tuple[Block, ...] = ()
    memory: Json | None = None
    memory_problem: str | None = None
    instructions: Json | None = None
    instructions_problem: str | None = None
    counted: tuple[dict[str, float], ...] = ()
    counters_problem: str | None = None

    def samples_per_block(self, wanted: int) -> int:
        """Return how many samples a block takes of this case."""
        return 1 if self.op_s >= SLOW_OP_S else wanted

    def latency_count(self, budget_s: float) -> int:
        """Return how many operations the latency pass of a block times; 0 when it makes no sense."""
        if self.op_s < SHORTEST_LATENCY_S:
            return 0
        count = min(MOST_LATENCIES, int(budget_s / self.op_s))
        return count if count >= FEWEST_LATENCIES else 0

    def add(self, block: Block) -> None:
        """Keep a finished block, in one step: an interrupt finds it there whole or not at all."""
        self.finished = (*self.finished, block)

    @property
    def blocks(self) -> list[int]:
        """Return the block of each sample."""
        return [block.number for block in self.finished for _ in block.timed]

    def values(self, name: str) -> list[float]:
        """Return what the samples say of ``name`` ("wall", "cpu", "peak"), in the order taken; known ones only."""
        return [reply[name] for block in self.finished for reply in block.timed if reply[name] is not None]

    @property
    def counters(self) -> dict[str, tuple[float, ...]]:
        """Return what was counted in each reading, by unit."""
        units = dict.fromkeys(unit for reading in self.counted for unit in reading)
        return {unit: tuple(reading[unit] for reading in self.counted if unit in reading) for unit in units}

    def steady(self, unit: str) -> bool:
        """Say whether a counter was the same in every reading, and there are enough of them."""
        values = self.counters[unit]
        return len(values) == len(self.counted) >= FEWEST_COUNTS and len(set(values)) == 1

    @property
    def latencies(self) -> list[tuple[int, Json]]:
        """Return block and reply of each latency pass."""
        return [(block.number, block.latency) for block in self.finished if block.latency is not None]
