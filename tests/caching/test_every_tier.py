"""What holds for every tier: found by file name, with a real store behind it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from perftool.caching.api import Tier, TierOptions
from perftool.caching.opening import kinds, open_tier
from perftool.errors import UnavailableError, UsageError
from tests.caching.clocks import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = [kind.name for kind in kinds()]


@pytest.fixture
def clock() -> Standing:
    return Standing()


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.xdist_group("redis")) if name == "redis" else name for name in NAMES]
)
def tier(request: pytest.FixtureRequest, tmp_path: Path, clock: Standing) -> Iterator[Tier]:
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    options = TierOptions(folder=tmp_path / "cache", url=url, now=clock, limit_bytes=1 << 20, largest_bytes=1000)
    opened = open_tier(request.param, options)
    yield opened
    for key in ("a", "b"):
        opened.forget(key)
    opened.close()


def test_gives_back_what_was_put(tier: Tier) -> None:
    assert tier.get("a") is None
    tier.put("a", b"one", None)
    tier.put("b", bytes(range(256)), None)
    assert tier.get("a") == (b"one", None)
    assert tier.get("b") == (bytes(range(256)), None)
    tier.put("a", b"", None)
    assert tier.get("a") == (b"", None)
    figures = tier.figures()
    assert (figures.hits, figures.misses, figures.puts, figures.refused) == (3, 1, 3, 0)


def test_forgets(tier: Tier) -> None:
    tier.put("a", b"one", None)
    tier.forget("a")
    tier.forget("a")
    assert tier.get("a") is None


def test_ends_a_value_at_its_time(tier: Tier, clock: Standing) -> None:
    tier.put("a", b"one", 60.0)
    assert tier.get("a") == (b"one", clock.time + 60)
    clock.time += 61
    assert tier.get("a") is None


def test_keeps_nothing_too_large(tier: Tier) -> None:
    tier.put("a", b"x" * 1001, None)
    assert tier.get("a") is None
    assert tier.figures().skipped == 1


@pytest.mark.parametrize("name", [name for name in NAMES if name != "memory"])
def test_says_what_it_needs(name: str) -> None:
    with pytest.raises(UsageError):
        open_tier(name, TierOptions())


@pytest.mark.parametrize("name", NAMES)
def test_is_described(name: str) -> None:
    found: Any = next(kind for kind in kinds() if kind.name == name)
    assert found.summary
    found.check()


@pytest.mark.parametrize(("name", "library"), [("disk", "diskcache"), ("redis", "redis")])
def test_a_missing_library_prints_the_install_line(name: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UnavailableError) as caught:
        open_tier(name, TierOptions())
    assert caught.value.hint == "pip install 'perftool[cache]'"
