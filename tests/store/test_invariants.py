"""Reports must not contradict themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.model.bench import BenchCase, BenchPayload
from perftool.model.measurement import Histogram, Measurement
from perftool.store.invariants import violations
from tests.render import samples

if TYPE_CHECKING:
    from perftool.model.report import Report


def report(*values: float, blocks: tuple[int, ...] = ()) -> Report:
    measurement = Measurement(suite="s", case="c", unit="u", better="lower", values=values, blocks=blocks)
    return msgspec.structs.replace(samples.bench(), measurements=(measurement,))


def with_histogram(*, indices: tuple[int, ...], counts: tuple[int, ...], count: int) -> Report:
    histogram = Histogram(
        unit="s", tick=1e-9, bits=7, indices=indices, counts=counts, count=count, total=1, minimum=0, maximum=1
    )
    payload = samples.bench().payload
    assert isinstance(payload, BenchPayload)
    case = BenchCase(suite="s", case="c", kind="sql", latency=histogram)
    return msgspec.structs.replace(samples.bench(), payload=msgspec.structs.replace(payload, cases=(case,)))


def test_sound_reports_have_none() -> None:
    assert not list(violations(samples.bench()))
    assert not list(violations(report(1.0, 2.0, blocks=(0, 0))))
    assert not list(violations(with_histogram(indices=(1, 2), counts=(3, 4), count=7)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_are_finite(value: float) -> None:
    assert next(iter(violations(report(1.0, value)))).endswith("at `$.measurements[0].values[1]`")


def test_each_value_has_its_block() -> None:
    assert list(violations(report(1.0, 2.0, blocks=(0,)))) == [
        "2 values but 1 block numbers - at `$.measurements[0].blocks`"
    ]


def test_histograms_add_up() -> None:
    assert "2 buckets but 1 counts" in next(violations(with_histogram(indices=(1, 2), counts=(3,), count=3)))
    assert "add up to 7, not 8" in next(violations(with_histogram(indices=(1, 2), counts=(3, 4), count=8)))
