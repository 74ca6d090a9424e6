"""What decides a benchmark run, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

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
