"""Made-up drives: what rates and hold times of pools may look like."""

from __future__ import annotations

import random

from perftool.model.database import PoolFigures, PoolSettings, Spread
from perftool.tune.pool_driving import Drive


def rounds(rates: dict[int, float], held: dict[int, float], *, number: int = 10, client: float = 0.2,
           server: float | None = None, noise: float = 0.01) -> dict[int, dict[int, Drive]]:  # fmt: skip
    """Return drives by size and round with these rates and hold times, each round a little off."""
    chance = random.Random(5)
    found: dict[int, dict[int, Drive]] = {size: {} for size in rates}
    for at in range(number):
        for size, rate in rates.items():
            seen = rate * (1 + chance.uniform(-noise, noise))
            found[size][at] = Drive(size, round(seen), seen, client, server, figures(size, held[size]))
    return found


def figures(size: int, held: float) -> PoolFigures:
    """Return the figures of a pool whose connections were held for so long."""
    spread = Spread(count=100, p50=held, p95=held, p99=held, maximum=held, total=100 * held)
    return PoolFigures(
        name="shop",
        digest="0",
        settings=PoolSettings(maximum=size),
        checkouts=100,
        created=size,
        closed=0,
        invalidated=0,
        health_failures=0,
        timeouts=0,
        exhausted=0,
        exhausted_s=0.0,
        in_use=0,
        idle=size,
        most_in_use=size,
        wait=spread,
        hold=spread,
    )
