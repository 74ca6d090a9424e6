"""CPU time that stands where threads wait is told of."""

from __future__ import annotations

import pytest

from perftool.profiling.capture import CPU, Builder, Function
from perftool.profiling.short_work import doubt

WORKER = Function("concurrent.futures.thread._worker", "/lib/concurrent/futures/thread.py")
WORK = Function("shop.order", "/app/shop.py")


def seen(*samples: tuple[str, Function, int]) -> tuple[str, str] | None:
    builder = Builder((CPU,))
    for thread, function, weight in samples:
        builder.add([builder.frame(WORKER, 3), builder.frame(function, 9)], (weight,), {"thread": thread})
    return doubt(builder.build())


def test_a_pool_whose_work_is_too_short_to_be_seen() -> None:
    found = seen(("pool-1", WORKER, 70), ("pool-2", WORK, 30))
    assert found is not None
    assert found[0] == "short-work-in-threads"
    assert found[1].startswith("70% of the CPU time")


@pytest.mark.parametrize(
    "samples",
    [
        (("pool-1", WORKER, 5), ("pool-2", WORK, 95)),
        (("MainThread", WORKER, 90), ("pool-2", WORK, 10)),
        (("pool-1", WORK, 100),),
        (),
    ],
)
def test_others_are_not(samples: tuple[tuple[str, Function, int], ...]) -> None:
    assert seen(*samples) is None


def test_a_sample_without_a_stack() -> None:
    builder = Builder((CPU,))
    builder.add([], (100,))
    assert doubt(builder.build()) is None
