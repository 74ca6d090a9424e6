from __future__ import annotations

import math

from perftool.model.measurement import Measurement
from perftool.render.summaries import relative_spread, summarize_measurement


def measurement(values: tuple[float, ...], blocks: tuple[int, ...] = (), *, exact: bool = False) -> Measurement:
    return Measurement(suite="s", case="c", unit="sec/op", better="lower", values=values, blocks=blocks, exact=exact)


def test_the_block_is_the_unit_of_analysis() -> None:
    found = summarize_measurement(measurement((1.0, 9.0, 2.0, 5.0, 6.0, 7.0), (0, 0, 0, 1, 1, 1)))
    assert found is not None
    assert found.values == (2.0, 6.0)
    assert found.center == 4.0


def test_independent_samples_are_their_own_blocks() -> None:
    found = summarize_measurement(measurement((1.0, 2.0, 4.0)))
    assert found is not None
    assert found.values == (1.0, 2.0, 4.0)
    assert found.spread == math.inf, "three blocks give no interval"


def test_nothing_measured_is_no_summary() -> None:
    assert summarize_measurement(measurement(())) is None


def test_an_exact_value_has_no_spread() -> None:
    found = summarize_measurement(measurement((412.0,), exact=True))
    assert found is not None
    assert found.spread is None


def test_spread_is_the_larger_side() -> None:
    assert relative_spread(10.0, 9.0, 12.0) == 0.2
    assert relative_spread(0.0, 0.0, 0.0) == 0.0
    assert relative_spread(0.0, 0.0, 1.0) == math.inf
    assert relative_spread(1.0, None, 2.0) == math.inf
