"""Threads that work for moments only are told of."""

from __future__ import annotations

import sys
import threading

import pytest

from perftool.profiling.capture import CPU, Builder, Function
from perftool.profiling.short_work import doubt, waits

WORK = Function("shop.order", "/app/shop.py")
SECOND = 1_000_000_000


def said(samples: dict[str, int], began: int) -> tuple[str, str] | None:
    builder = Builder((CPU,))
    for thread, weight in samples.items():
        builder.add([builder.frame(WORK, 9)], (weight,), {"thread": thread})
    return doubt(builder.build(), {7: 100}, {7: 100 + began // 2, 8: began - began // 2})


def test_many_requests_a_second() -> None:
    found = said({"MainThread": SECOND // 2, "pool-1": SECOND}, 2000)
    assert found is not None
    assert found[0] == "short-work-in-threads"
    assert found[1].startswith("threads worked for 0.5 ms at a time")


@pytest.mark.parametrize(
    ("samples", "began"),
    [
        ({"pool-1": SECOND}, 100),
        ({"MainThread": SECOND, "pool-1": SECOND // 20}, 2000),
        ({"pool-1": SECOND}, 0),
        ({}, 50),
    ],
)
def test_others_are_not(samples: dict[str, int], began: int) -> None:
    assert said(samples, began) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel says it on Linux")
def test_a_thread_that_waits_again_and_again() -> None:
    asked, answered = threading.Semaphore(0), threading.Semaphore(0)

    def work() -> None:
        while asked.acquire() and not over.is_set():
            answered.release()

    over = threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    before = waits()
    for _ in range(300):
        asked.release()
        answered.acquire()
    after = waits()
    over.set()
    asked.release()
    thread.join()
    ident = thread.native_id
    assert ident is not None
    assert after[ident] - before[ident] > 50
    assert threading.get_native_id() not in after
