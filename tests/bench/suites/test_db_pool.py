"""The suite ``db-pool``: every pool gives connections out and takes them back."""

from __future__ import annotations

import pytest

from perftool.bench.api import SuiteOptions
from perftool.bench.databases import pooling
from perftool.bench.suites.db_pool import SUITE
from perftool.model.measurement import Measurement


@pytest.mark.parametrize(
    "case", list(SUITE.cases(SuiteOptions())), ids=lambda case: f"{case.case} {case.parameters['pool']}"
)
def test_every_case_runs(case: object) -> None:
    name = case.arguments["pool"]  # type: ignore[attr-defined]
    factory = getattr(pooling, case.factory)  # type: ignore[attr-defined]
    given = pooling.started(name)
    try:
        factory(name, **given)()
    finally:
        pooling.ended(**given)


def test_pools_are_compared_with_sqlalchemys_own() -> None:
    assert SUITE.conclude is not None
    measured = [
        Measurement(
            suite="db-pool",
            case="checkout",
            unit="cpu-sec/op",
            better="lower",
            values=(2.0 + number,) * 8,
            blocks=tuple(range(8)),
            parameters={"pool": pool},
        )
        for number, pool in enumerate(pooling.POOLS[:2])
    ]
    first, second = SUITE.conclude(measured, 0.95)
    assert (first.subject, first.ratio) == ("QueuePool", 1)
    assert (second.subject, second.ratio) == ("QueuePool instrumented", pytest.approx(1.5))
