from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import psutil
import pytest

from perftool.workers.memory import Guard, Reading, limit, proportional_bytes
from tests.workers.kit import answers, crew, items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

pytestmark = pytest.mark.usefixtures("few_objects")

MIB = 1 << 20


def test_shared_pages_count_once() -> None:
    with crew(workers=4) as executor:
        list(executor.run(items(*["sleep:0.02" + "0" * 9000] * 4)))
        pids = executor.pids
        assert len(pids) == 5
        found = proportional_bytes(pids)
        assert set(found) == set(pids)
        resident = sum(psutil.Process(pid).memory_info().rss for pid in pids)
        assert MIB < sum(found.values()) < resident / 1.5
    assert proportional_bytes(pids) == {}


def test_where_the_system_tells_less(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: psutil.Process) -> None:
        raise psutil.AccessDenied(0)

    monkeypatch.setattr(psutil.Process, "memory_full_info", refused)
    (size,) = proportional_bytes([os.getpid()]).values()
    assert size > MIB


def test_readings_say_how_bad_it_is() -> None:
    for total, over, calm, alarming in [(79, False, True, False), (100, False, False, False), (151, True, False, True)]:
        reading = Reading({1: total - 1, 2: 1}, 100)
        assert (reading.total, reading.over, reading.calm, reading.alarming) == (total, over, calm, alarming)


def test_the_guard_looks_now_and_then() -> None:
    looked = []

    def measure(pids: Sequence[int]) -> Mapping[int, int]:
        looked.append(list(pids))
        return {1: 5}

    guard = Guard(10, every_s=60, measure=measure)
    assert guard.reading([1]) == Reading({1: 5}, 10)
    assert guard.reading([1]) is None
    assert looked == [[1]]


def test_the_tighter_limit_holds() -> None:
    assert limit(None, None) is None
    assert limit(100, None) == 100
    assert limit(None, 100) == 80
    assert limit(100, 100) == 80
    assert limit(50, 100) == 50


def room(megabytes: int) -> int:
    """Return a limit so far above what this process needs, garbage apart: it may go at any moment."""
    gc.collect()
    return sum(proportional_bytes([os.getpid()]).values()) + megabytes * MIB


def test_an_item_that_needs_too_much_is_told_and_the_others_come_out() -> None:
    most = room(60)
    with crew(memory_limit=most, memory_every_s=0.03) as executor:
        outcomes = list(executor.run(items("echo:a", "eat:400", "echo:b")))
        metrics = executor.metrics()
    assert [o.result for o in outcomes] == [b"a", None, b"b"]
    assert outcomes[1].failure == "memory"
    assert "over the limit of" in outcomes[1].message
    assert outcomes[1].attempts == 2
    assert metrics.peak_bytes > most
    assert metrics.replaced >= 2


def test_workers_that_grow_are_recycled() -> None:
    """Each item leaves 30 MiB behind: only fresh workers stay below the limit."""
    most = room(60)
    with crew(workers=1, memory_limit=most, memory_every_s=0.02) as executor:
        found = answers(executor.run(items(*["grow:30" + " " * 9000] * 12)))
        metrics = executor.metrics()
    assert found == ["ate"] * 12
    assert metrics.recycled >= 1
    # Without fresh ones it would be 300 MiB.
    assert metrics.peak_bytes < most + 200 * MIB


def test_a_parent_over_its_limit_ends_no_item() -> None:
    with crew(memory_limit=MIB * 10, memory_every_s=0.1) as executor:
        # The parent alone needs more than that, the workers next to nothing.
        assert set(answers(executor.run(items(*["sleep:0.1"] * 8)))) == {"0.1"}
        assert executor.metrics().failures == {}
