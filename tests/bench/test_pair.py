"""Which side a case was lost on, and what the other side then says."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from perftool.bench.pair import Pair


@dataclass
class Part:
    reason: str | None = None


@pytest.mark.parametrize(
    ("base", "now", "lost", "reason"),
    [
        (None, None, None, None),
        ("gone", None, "base", "gone"),
        (None, "gone", "now", "gone"),
        ("gone", "broken", None, "gone"),
    ],
)
def test_a_case_is_lost_where_it_failed_alone(
    base: str | None, now: str | None, lost: str | None, reason: str | None
) -> None:
    pair = Pair(Part(base), Part(now))
    pair.settle()
    assert pair.lost == lost
    assert pair.reason == reason
    assert pair.alive == (reason is None)


def test_the_other_side_is_given_up_and_settling_again_changes_nothing() -> None:
    pair = Pair(Part(), Part("AttributeError"))
    for _ in range(2):
        pair.settle()
        assert pair.lost == "now"
        assert pair.base.reason == "not measured: AttributeError"
        assert pair.both == (pair.base, pair.now)
