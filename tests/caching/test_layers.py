"""Tiers one behind the other: who is asked, who keeps, and what happens when one dies."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from perftool.caching.api import Kept, Tier, TierError, TierFigures, TierOptions
from perftool.caching.layers import REST_S, Cache
from perftool.caching.opening import open_tier
from tests.caching.clocks import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.events import Progress


class Heard:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def progress(self, event: Progress) -> None:
        pass

    def note(self, message: str) -> None:
        self.notes.append(message)


class Dying:
    """A tier whose store is gone."""

    name = "dying"

    def __init__(self) -> None:
        self.asked = 0

    def get(self, key: str) -> Kept | None:
        self.asked += 1
        raise TierError("TimeoutError")

    def put(self, key: str, value: bytes, ttl_s: float | None) -> None:
        self.asked += 1
        raise TierError("TimeoutError")

    def forget(self, key: str) -> None:
        pass

    def figures(self) -> TierFigures:
        return TierFigures(self.name, failures=self.asked)

    def close(self) -> None:
        pass


@pytest.fixture
def clock() -> Standing:
    return Standing()


@pytest.fixture
def tiers(tmp_path: Path, clock: Standing) -> Iterator[tuple[Tier, Tier]]:
    options = TierOptions(folder=tmp_path, now=clock)
    with closing(open_tier("memory", options)) as near, closing(open_tier("disk", options)) as far:
        yield near, far


def test_computes_once_and_keeps_in_every_tier(tiers: tuple[Tier, Tier], clock: Standing) -> None:
    cache = Cache(tiers, now=clock)
    assert cache.fetch("a", lambda: b"one") == b"one"
    assert cache.fetch("a", lambda: b"two") == b"one"
    assert [tier.get("a") for tier in tiers] == [(b"one", clock.time + 60)] * 2
    figures = cache.figures()
    assert figures.computed == 1
    assert figures.hit_rate is not None


def test_a_hit_behind_is_written_to_those_before_for_the_time_that_is_left(
    tiers: tuple[Tier, Tier], clock: Standing
) -> None:
    near, far = tiers
    far.put("a", b"one", 60.0)
    clock.time += 20
    assert Cache(tiers, now=clock).fetch("a", lambda: b"two") == b"one"
    assert near.get("a") == (b"one", clock.time + 40)


def test_computes_again_when_the_time_is_over(tiers: tuple[Tier, Tier], clock: Standing) -> None:
    cache = Cache(tiers, now=clock, ttl_s=10)
    cache.fetch("a", lambda: b"one")
    clock.time += 10
    assert cache.fetch("a", lambda: b"two") == b"two"
    assert cache.fetch("b", lambda: b"short", ttl_s=0) == b"short"
    assert cache.fetch("b", lambda: b"now", ttl_s=0) == b"now"


def test_forgets_everywhere(tiers: tuple[Tier, Tier], clock: Standing) -> None:
    cache = Cache(tiers, now=clock)
    cache.fetch("a", lambda: b"one")
    cache.forget("a")
    assert cache.fetch("a", lambda: b"two") == b"two"


def test_a_dying_store_costs_one_failure_in_a_while_and_one_warning() -> None:
    heard, dying, clock = Heard(), Dying(), Standing()
    cache = Cache([dying], listener=heard, monotonic=clock)
    for _ in range(5):
        assert cache.fetch("a", lambda: b"one") == b"one"
    assert dying.asked == 1
    clock.time += REST_S
    assert cache.fetch("a", lambda: b"one") == b"one"
    assert dying.asked == 2
    assert heard.notes == ["cache: dying does not answer (TimeoutError); queries go on without it"]
    (tier,) = cache.figures().tiers
    # Of each of six fetches one look and one keep, but for those that failed.
    assert tier.passed_by == 12 - 2


def test_many_threads_compute_once() -> None:
    threads = 8
    cache = Cache([open_tier("memory", TierOptions())])
    started, calls, found = threading.Barrier(threads), [], []

    def compute() -> bytes:
        calls.append(1)
        return b"one"

    def ask() -> None:
        started.wait()
        found.append(cache.fetch("a", compute))

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert found == [b"one"] * threads
    assert len(calls) == 1


def test_an_error_of_the_query_is_the_callers() -> None:
    with Cache([open_tier("memory", TierOptions())]) as cache:
        with pytest.raises(ZeroDivisionError):
            cache.fetch("a", lambda: bytes(1 // 0))
        assert cache.fetch("a", lambda: b"one") == b"one"
