"""Ratios between subjects of a group, over blocks that both have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.databases import ratios
from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.bench import Conclusion

SECONDS = [1.0, 1.1, 0.9, 1.05, 0.95, 1.02]


def times(case: str, backend: str, values: Sequence[float], unit: str = "sec/op") -> Measurement:
    blocks = tuple(range(len(values)))
    return Measurement(
        suite="db", case=case, unit=unit, better="lower", values=tuple(values), blocks=blocks,
        parameters={"backend": backend},
    )  # fmt: skip


def table(measurements: Sequence[Measurement], **more: str) -> list[Conclusion]:
    return list(
        ratios.of_times(
            measurements,
            group=lambda one: one.case,
            subject=lambda one: one.parameters["backend"],
            confidence=0.95,
            **more,
        )
    )


def test_each_subject_is_divided_by_the_first_in_its_group() -> None:
    twice = [2 * value for value in SECONDS]
    first, second, third = table(
        [times("join", "a", SECONDS), times("join", "b", twice), times("scan", "b", SECONDS), times("scan", "a", twice)]
    )[:3]
    assert (first.subject, first.ratio, first.lo) == ("a", 1, None)
    assert second.ratio is not None
    assert abs(second.ratio - 2) < 1e-9
    assert second.lo is not None
    assert second.text == "join: b takes 2 times as long as a"
    assert (third.group, third.subject, third.ratio) == ("scan", "a", 1)


def test_a_group_may_be_what_others_are_divided_by() -> None:
    fast = [10 * value for value in SECONDS]
    _, found = table(
        [times("slow", "a", SECONDS, "rows/s"), times("fast", "a", fast, "rows/s")], unit="rows/s", base="slow"
    )
    assert found.ratio is not None
    assert abs(found.ratio - 10) < 1e-9
    assert found.text == "fast: a is 10 times as fast as slow"


def test_one_subject_is_compared_with_nothing_and_what_is_missing_is_left_out() -> None:
    assert table([times("join", "a", SECONDS)]) == []
    found = table([times("join", "a", SECONDS), times("scan", "b", SECONDS)])
    assert [(one.group, one.subject) for one in found] == [("join", "a")]


def test_too_few_blocks_leave_a_ratio_without_bounds() -> None:
    _, found = table([times("join", "a", [1.0, 1.0]), times("join", "b", [3.0, 3.0])])
    assert (found.lo, found.hi) == (None, None)
    assert "not surely" in found.text


@given(st.lists(st.floats(1e-6, 1e3), min_size=6, max_size=20), st.floats(0.01, 100))
def test_the_interval_holds_the_ratio(values: list[float], factor: float) -> None:
    _, found = table([times("x", "a", values), times("x", "b", [factor * value for value in values])])
    assert found.ratio is not None
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo <= found.ratio * (1 + 1e-9)
    assert found.ratio <= found.hi * (1 + 1e-9)
    assert abs(found.ratio / factor - 1) < 1e-6
