"""Measurements: raw samples with everything needed to judge them later."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model

Better = Literal["lower", "higher", "unknown"]


class Measurement(Model, frozen=True):
    """Raw samples of one quantity of one case, in the order taken, in base units.

    ``unit`` names the quantity too, as in Go benchmark text, because (suite, case, parameters, unit) is the key
    of a measurement: ``sec/op`` is wall time, ``cpu-sec/op`` CPU time, ``B/op``, ``allocs/op``, ``peak-RSS-B``,
    ``user-sec/op``, ``sys-sec/op``, ``p99-sec/op`` ….
    ``blocks`` gives each value's block (same length as ``values``), or is empty where samples are independent:
    then each value is its own block. The unit of analysis is the block.
    ``gates`` says whether a gate may fail on it; ``exact`` that any change counts and one sample suffices.
    ``side`` is "base" or "now" where two states of the code were measured in turn: equal blocks are then pairs.
    """

    suite: str
    case: str
    unit: str
    better: Better
    values: tuple[float, ...]
    parameters: dict[str, str] = {}
    blocks: tuple[int, ...] = ()
    gates: bool = True
    exact: bool = False
    side: Literal["", "base", "now"] = ""

    @property
    def key(self) -> tuple[str, str, tuple[tuple[str, str], ...], str]:
        """Return (suite, case, sorted parameters, unit): what a baseline finds it by."""
        return (self.suite, self.case, tuple(sorted(self.parameters.items())), self.unit)

    @property
    def name(self) -> str:
        """Return ``suite/case/key=value…`` as Go benchmark text names it."""
        return "/".join([self.suite, self.case, *(f"{k}={v}" for k, v in self.parameters.items())])


class Histogram(Model, frozen=True):
    """A log-linear histogram of single operations' values, in ``unit``.

    A value v (in ticks of ``tick``) below 2**bits falls into bucket v; above, each power of two is split into
    2**(bits-1) equal buckets. ``indices`` and ``counts`` run in step and hold only non-empty buckets.
    """

    unit: str
    tick: float
    bits: int
    indices: tuple[int, ...]
    counts: tuple[int, ...]
    count: int
    total: float
    minimum: float
    maximum: float
