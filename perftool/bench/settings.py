"""What decides a benchmark run, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from perftool.model.bench import BenchSettings

GcMode = Literal["default", "freeze", "disable"]

# Twelve blocks a side: an exact two-sided Mann-Whitney test separates them completely at p < 1e-5, and with the
# 3 % between blocks of an ordinary virtual machine a change of 10 % is found nearly always (perftool.stats.power).
DEFAULT_BLOCKS: Final = 12
DEFAULT_SAMPLES: Final = 3
DEFAULT_MIN_TIME_S: Final = 0.02
# A fixed seed: both sides of a later comparison then draw the same hash seeds and orders.
DEFAULT_SEED: Final = 7
DEFAULT_TIMEOUT_S: Final = 60.0
QUICK_BLOCKS: Final = 4
QUICK_SAMPLES: Final = 1


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How many ``blocks`` of how many ``samples``, each at least ``min_time_s`` long, in the order of ``seed``.

    ``gc`` is what happens to the garbage collector before timing; ``memory``, ``latency`` and
    ``instructions`` ask for those passes; ``timeout_s`` bounds one sample.
    """

    blocks: int = DEFAULT_BLOCKS
    samples: int = DEFAULT_SAMPLES
    min_time_s: float = DEFAULT_MIN_TIME_S
    seed: int = DEFAULT_SEED
    gc: GcMode = "default"
    memory: bool = False
    latency: bool = True
    timeout_s: float = DEFAULT_TIMEOUT_S
    instructions: bool = False

    def told(self, *, blocks: int, samples: int, profile: str | None, warmup: int | None = None) -> BenchSettings:
        """Return these settings as a report tells them, with ``blocks`` and ``samples`` as the run planned them."""
        return BenchSettings(
            blocks=blocks,
            samples_per_block=samples,
            min_time_s=self.min_time_s,
            seed=self.seed,
            gc=self.gc,
            memory=self.memory,
            latency=self.latency,
            profile=profile,
            warmup=warmup,
            instructions=self.instructions,
        )
