"""From rates at several pool sizes to the knee, what limits there, and the size for an arrival rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.model.tune import PoolPoint
from perftool.stats.multiplicity import holm
from perftool.stats.sample import median
from perftool.stats.shift import ratio_change
from perftool.stats.signed_rank import signed_rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.tune.pool_driving import Drive

#: Connections are planned to be busy for this part of the time: queues grow without bound as it nears 1.
BUSY: Final = 0.7
#: All cores count as busy from this part on, one core's worth of Python from this many cores.
_ALL: Final = 0.8
_ONE: Final = 0.8

Rounds = dict[int, dict[int, "Drive"]]
"""Drives by size and round: those of one round are a pair."""


def points(rounds: Rounds, threads: int, confidence: float) -> tuple[PoolPoint, ...]:
    """Return every size with its rate beside the largest, and beside what Little's law foretells.

    The law: so many connections as are out (L) come back at the rate λ = L / W, where W is how long each is held. W is
    taken from the smallest size, where connections are least in each other's way: a rate below the prediction says
    that they hold each other up. ``lo`` and ``hi`` bound the ratio over paired rounds (Hodges and Lehmann).
    source: Little 1961, A Proof for the Queuing Formula L = λW, DOI 10.1287/opre.9.3.383
    """
    sizes = sorted(rounds)
    rates = {size: _middle([drive.rate for drive in rounds[size].values()]) for size in sizes}
    best = max(sizes, key=lambda size: (rates[size], -size))
    alone = _middle([_mean_hold(drive) for drive in rounds[sizes[0]].values()])
    return tuple(
        _point(rounds[size], rates[size], _ratio(rounds[best], rounds[size], confidence), alone, size, threads)
        for size in sizes
    )


def _point(
    drives: Mapping[int, Drive],
    rate: float,
    ratio: tuple[float, float | None, float | None],
    alone: float,
    size: int,
    threads: int,
) -> PoolPoint:
    done = list(drives.values())
    servers = [drive.server_cores for drive in done if drive.server_cores is not None]
    others = [drive.other_cores for drive in done if drive.other_cores is not None]
    client = _middle([drive.client_cores for drive in done])
    return PoolPoint(
        size=size,
        threads=threads,
        rate=rate,
        ratio=ratio[0],
        lo=ratio[1],
        hi=ratio[2],
        predicted=min(size, threads) / alone if alone else 0.0,
        hold_p95_s=_middle([drive.pool.hold.p95 for drive in done if drive.pool.hold is not None]),
        wait_p95_s=_middle([drive.pool.wait.p95 for drive in done if drive.pool.wait is not None]),
        cpu_cores=client + _middle(servers) if servers else None,
        client_cores=client,
        other_cores=_middle(others) if others else None,
        pool=done[-1].pool,
    )


def _mean_hold(drive: Drive) -> float:
    hold = drive.pool.hold
    return hold.total / hold.count if hold is not None else 0.0


def _middle(values: Sequence[float]) -> float:
    return median(sorted(values)) if values else 0.0


def _ratio(
    best: Mapping[int, Drive], mine: Mapping[int, Drive], confidence: float
) -> tuple[float, float | None, float | None]:
    both = sorted(best.keys() & mine.keys())
    change = ratio_change([best[i].rate for i in both], [mine[i].rate for i in both], confidence, paired=True)
    if change.estimate is None:
        return _over(_middle([mine[i].rate for i in both]), _middle([best[i].rate for i in both])), None, None
    estimate = 1.0 + change.estimate
    return estimate, None if change.lo is None else 1.0 + change.lo, None if change.hi is None else 1.0 + change.hi


def _over(value: float, whole: float) -> float:
    return value / whole if whole else 1.0


@dataclass(frozen=True, slots=True)
class Knee:
    """The smallest size that no larger one beats.

    ``smaller`` sizes may do as well: that they are beaten is not sure. ``larger`` ones may do better: they seem to, but
    may as well do worse.
    """

    size: int
    smaller: tuple[int, ...] = ()
    larger: tuple[int, ...] = ()


def knee(rounds: Rounds, *, minimum_effect: float, confidence: float) -> Knee:
    """Return the smallest size whose rate no larger size beats by more than ``minimum_effect``.

    A size beats another if the paired ratio is above that and its interval above 1, where rounds are enough for one.
    It is sure if the whole interval is above ``minimum_effect``, and p too is small when corrected for the number of
    larger sizes (Holm).
    source: see perftool.stats.shift, signed_rank and multiplicity
    """
    sizes = sorted(rounds)
    unsure: list[int] = []
    for at, size in enumerate(sizes):
        beating, sure, perhaps = _beating(rounds, size, sizes[at + 1 :], minimum_effect, confidence)
        if not beating:
            return Knee(size, tuple(unsure), perhaps)
        if not sure:
            unsure.append(size)
    raise AssertionError("the largest size is beaten by none")


def _beating(
    rounds: Rounds, size: int, larger: Sequence[int], minimum_effect: float, confidence: float
) -> tuple[bool, bool, tuple[int, ...]]:
    """Tell whether a larger size beats ``size``, whether that is sure, and which may."""
    changes, chances = [], []
    for other in larger:
        both = sorted(rounds[size].keys() & rounds[other].keys())
        old = [rounds[size][i].rate for i in both]
        new = [rounds[other][i].rate for i in both]
        changes.append(ratio_change(old, new, confidence, paired=True))
        chances.append(signed_rank(old, new).p if both else 1.0)
    alpha = round(1 - confidence, 12)
    adjusted = holm(chances) if chances else []
    beating, sure, perhaps = False, False, []
    for other, change, p in zip(larger, changes, adjusted, strict=True):
        if (change.estimate or 0.0) <= minimum_effect:
            continue
        if change.lo is not None and change.lo <= 0:
            perhaps.append(other)
            continue
        beating = True
        sure = sure or (change.lo is not None and change.lo > minimum_effect and p < alpha)
    return beating, sure, tuple(perhaps)


def bound(points: Sequence[PoolPoint], at: int, cores: int, *, server: bool) -> str:
    """Say what limits from the knee on: "cpu", "client" (one Python process), "contention" or "waiting".

    "cpu": all cores are busy, be it with other programs. "client": the process that drives a server keeps one core
    busy, which is what threads of Python can, or its machine is busy and the server is another. Otherwise hold times
    decide: where they grow by more than half of what sizes do, connections hold each other up; on a server whose CPU
    time is unseen that is taken for its CPU.
    """
    beyond = [one for one in points if one.size >= at]
    client = max(one.client_cores for one in beyond)
    seen = any(one.cpu_cores is not None for one in beyond)
    busy = max(
        (one.client_cores if one.cpu_cores is None else one.cpu_cores) + (one.other_cores or 0) for one in beyond
    )
    if busy >= _ALL * (cores if server else min(cores, beyond[-1].size)):
        return "cpu" if seen or not server else "client"
    if server and client >= _ONE:
        return "client"
    first, last = points[0], points[-1]
    held = last.hold_p95_s / first.hold_p95_s if first.hold_p95_s else 1.0
    if last.size == first.size or held - 1 <= (last.size / first.size - 1) / 2:
        return "waiting"
    return "cpu" if server and not seen else "contention"


def wanted(rate: float, hold_p95_s: float) -> int:
    """Return how many connections an arrival rate needs, were each held for its p95, busy for 70 % of the time.

    source: Little's law, L = λW, divided by the busy part
    """
    return max(1, math.ceil(round(rate * hold_p95_s / BUSY, 9)))
