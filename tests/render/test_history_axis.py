from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.model.history import HistoryPayload, HistoryPoint, HistorySeries, Level
from perftool.render.history_axis import extent, ticks
from tests.render.samples import SAMPLES


def series(*values: float) -> HistorySeries:
    """Return one level of ``values``."""
    points = tuple(HistoryPoint(run=i, center=v, lo=None, hi=None, n=1) for i, v in enumerate(values))
    level = Level(first=0, last=len(values) - 1, center=sorted(values)[len(values) // 2], lo=None, hi=None)
    return HistorySeries(name="A", unit="sec/op", better="lower", environment=0, points=points, levels=(level,))


def test_all_usual_points_are_on_the_axis() -> None:
    payload = SAMPLES["history"]().payload
    assert isinstance(payload, HistoryPayload)
    for one in payload.series:
        low, high = extent(one)
        assert all(low < point.center < high for point in one.points)


def test_an_outlier_does_not_flatten_the_rest() -> None:
    low, high = extent(series(1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 500.0))
    assert low < 0.98
    assert 1.02 < high < 1.5


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_an_axis_has_a_length(values: list[float]) -> None:
    low, high = extent(series(*values))
    assert low < high


def test_no_levels_have_an_axis_too() -> None:
    assert extent(msgspec.structs.replace(series(1.0), levels=(), points=())) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "unit", "names"),
    [
        (95e-6, 145e-6, "sec/op", ["100 µs", "120 µs", "140 µs"]),
        (411.0, 432.0, "allocs/op", ["415", "420", "425", "430"]),
        (-0.1, 1.1, "widgets", ["0", "0.50", "1.0"]),
        (1.0, 1.0, "sec/op", []),
        (0.0, float("inf"), "sec/op", []),
    ],
)
def test_ticks_are_round_and_told_apart(low: float, high: float, unit: str, names: list[str]) -> None:
    found = [tick.text for tick in ticks(low, high, unit)]
    assert len(found) == len(set(found))
    assert len(found) <= 6
    assert bool(found) == bool(names)
    if names and unit != "widgets":
        assert set(names) & set(found)


@given(st.floats(1e-9, 1e9), st.floats(1e-3, 10))
def test_every_axis_has_a_few_ticks_in_it(low: float, length: float) -> None:
    high = low * (1 + length)
    found = ticks(low, high, "sec/op")
    assert 1 <= len(found) <= 6
    assert all(low * (1 - 1e-9) <= tick.value <= high * (1 + 1e-9) for tick in found)
