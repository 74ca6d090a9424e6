"""What has been measured of one case so far, block by block."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from perftool.bench.api import Case

Json = dict[str, Any]

# Below a microsecond the clock itself (40 to 80 ns a pair of readings) is too much of what it reads.
SHORTEST_LATENCY_S: Final = 1e-6
FEWEST_LATENCIES: Final = 20
MOST_LATENCIES: Final = 20_000
# An operation this slow gets one sample per block: the blocks are what the analysis counts.
SLOW_OP_S: Final = 0.5


@dataclass(slots=True)
class Record:
    """One case with its calibration and samples; ``reason`` is set when it had to be skipped.

    ``blocks`` has the block of each sample in ``wall``, ``cpu`` and ``peaks``; ``latencies`` one reply per block in
    ``latency_blocks``; ``memory`` the reply of the memory pass.
    """

    case: Case
    loops: int = 1
    op_s: float = 0.0
    reason: str | None = None
    blocks: list[int] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peaks: list[int | None] = field(default_factory=list)
    latencies: list[Json] = field(default_factory=list)
    latency_blocks: list[int] = field(default_factory=list)
    memory: Json | None = None

    def samples_per_block(self, wanted: int) -> int:
        """Return how many samples a block takes of this case."""
        return 1 if self.op_s >= SLOW_OP_S else wanted

    def latency_count(self, budget_s: float) -> int:
        """Return how many operations the latency pass of a block times; 0 when it makes no sense."""
        if self.op_s < SHORTEST_LATENCY_S:
            return 0
        count = min(MOST_LATENCIES, int(budget_s / self.op_s))
        return count if count >= FEWEST_LATENCIES else 0

    def add(self, block: int, timed: list[Json], latency: Json | None) -> None:
        """Keep the samples of a finished block."""
        for reply in timed:
            self.blocks.append(block)
            self.wall.append(reply["wall"])
            self.cpu.append(reply["cpu"])
            self.peaks.append(reply["peak"])
        if latency is not None:
            self.latencies.append(latency)
            self.latency_blocks.append(block)
