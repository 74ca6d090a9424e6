"""What is waited for is told by the function of the standard library that waits."""

from __future__ import annotations

import pytest

from perftool.profiling.capture import WALL, Builder, Function
from perftool.profiling.waiting import waits

LIB = "/usr/lib/python3.12"
ACQUIRE = Function("lock.acquire", kind="native")
MAIN = Function("__main__.main", "/app/run.py")


def function(name: str) -> Function:
    return Function(name, f"{LIB}/{name.split('.', maxsplit=1)[0]}.py")


@pytest.mark.parametrize(
    ("inside", "what", "contended"),
    [
        ([], "a lock", True),
        (["threading.Semaphore.acquire"], "a semaphore", True),
        (["threading.Thread.join", "threading.Thread._wait_for_tstate_lock"], "a thread to end", False),
        (["queue.Queue.get", "threading.Condition.wait"], "an entry in a queue", False),
        (["threading.Event.wait", "threading.Condition.wait"], "an event", False),
        (["concurrent.futures._base.Future.result", "threading.Condition.wait"], "the result of a future", False),
        (["threading.Condition.wait"], "a condition", False),
    ],
)
def test_what_is_waited_for(inside: list[str], what: str, contended: bool) -> None:
    builder = Builder((WALL,))
    frames = [builder.frame(MAIN, 7), *(builder.frame(function(name), 1) for name in inside), builder.frame(ACQUIRE)]
    builder.add(frames, (30,))
    builder.add([builder.frame(MAIN, 9)], (70,))
    (one,) = waits(builder.build(), 0)
    assert (one.what, one.function, one.line, one.weight, one.contended) == (what, "__main__.main", 7, 30, contended)


def test_the_longest_first() -> None:
    builder = Builder((WALL,))
    for line, weight in ((3, 10), (4, 40)):
        builder.add([builder.frame(MAIN, line), builder.frame(ACQUIRE)], (weight,))
    assert [(one.line, one.weight) for one in waits(builder.build(), 0)] == [(4, 40), (3, 10)]
