"""What a pool did as measurements, so that two runs can be compared and a gate can stand on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.database import PoolFigures, Spread

SUITE: Final = "pool"


def pool_measurements(figures: PoolFigures, *, suite: str = SUITE) -> list[Measurement]:
    """Return the times and counts of a pool, one value each: ``wait-p95-sec``, ``hold-p50-sec``, ``timeouts`` ….

    The case is the name of the pool. Waits may fail a gate; everything else depends on how long the run was.
    """
    parameters = {"size": str(figures.settings.maximum + figures.settings.overflow)}
    return [
        Measurement(
            suite=suite,
            case=figures.name,
            unit=unit,
            better="lower" if unit != "checkouts" else "unknown",
            values=(value,),
            parameters=parameters,
            gates=unit.startswith("wait-p"),
        )
        for unit, value in _values(figures)
    ]


def _values(figures: PoolFigures) -> Iterator[tuple[str, float]]:
    yield from _spread("wait", figures.wait)
    yield from _spread("hold", figures.hold)
    yield "exhausted-sec", figures.exhausted_s
    for unit in ("checkouts", "created", "invalidated", "timeouts"):
        yield unit, float(getattr(figures, unit))
    yield "leaks", float(len(figures.leaks))


def _spread(name: str, spread: Spread | None) -> Iterator[tuple[str, float]]:
    if spread is not None:
        for part, value in (("p50", spread.p50), ("p95", spread.p95), ("p99", spread.p99), ("max", spread.maximum)):
            yield f"{name}-{part}-sec", value
