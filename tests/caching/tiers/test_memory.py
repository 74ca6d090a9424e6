"""The memory tier: bounded in bytes, the least recently used goes first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.caching.api import TierOptions
from perftool.caching.opening import open_tier


def test_what_was_used_last_stays() -> None:
    tier = open_tier("memory", TierOptions(limit_bytes=2000))
    tier.put("a", b"x" * 600, None)
    tier.put("b", b"x" * 600, None)
    assert tier.get("a") is not None
    tier.put("c", b"x" * 600, None)
    assert tier.get("b") is None
    assert tier.get("a") is not None
    assert tier.figures().evictions == 1


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 900))))
def test_never_above_its_bound(puts: list[tuple[str, int]]) -> None:
    tier = open_tier("memory", TierOptions(limit_bytes=2000))
    for key, size in puts:
        tier.put(key, b"x" * size, None)
        figures = tier.figures()
        assert figures.bytes is not None
        assert figures.entries is not None
        assert figures.bytes <= 2000
        assert tier.get(key) == (b"x" * size, None)
    tier.close()
    assert tier.figures().entries == 0
