"""What taking a connection from a pool costs beside SQLAlchemy's own pool, alone and in a crowd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.bench.api import Case, Suite
from perftool.bench.databases import pooling, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.bench.api import SuiteOptions
    from perftool.model.bench import Conclusion
    from perftool.model.measurement import Measurement

NAME: Final = "db-pool"


def _cases(_options: SuiteOptions) -> Iterator[Case]:
    for case, factory, checkouts in (
        ("checkout", "alone", pooling.EACH),
        ("crowd", "crowd", pooling.THREADS * pooling.CHECKOUTS),
    ):
        for pool in pooling.POOLS:
            yield Case(
                suite=NAME,
                case=case,
                module="perftool.bench.databases.pooling",
                factory=factory,
                setup="started",
                teardown="ended",
                arguments={"pool": pool},
                parameters={"pool": pool},
                work={"checkouts": float(checkouts)},
                cpu_bound=case == "checkout",
            )


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    for case, unit, quantity in (
        ("checkout", "cpu-sec/op", "CPU time of a checkout"),
        ("crowd", "sec/op", "time of a crowd"),
    ):
        yield from ratios.of_times(
            [one for one in measurements if one.case == case],
            group=lambda one: one.case,
            subject=lambda one: one.parameters["pool"],
            confidence=confidence,
            unit=unit,
            quantity=quantity,
        )


SUITE: Final = Suite(
    name=NAME,
    summary="a checkout from a pool beside SQLAlchemy's own, by one thread and by more threads than connections",
    cases=_cases,
    conclude=_conclude,
    blocks=8,
    samples=2,
)
