"""Files that pyperf wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.compare import inputs

if TYPE_CHECKING:
    from perftool.compare.api import Imported

FOLDER = Path(__file__).parents[2] / "data" / "foreign"


def read(name: str) -> Imported:
    with (FOLDER / name).open("rb") as stream:
        return inputs.read(stream, name)


@pytest.mark.parametrize(
    ("name", "benchmarks"), [("pyperf_one.json", ["sort"]), ("pyperf_suite.json", ["sort", "upper"])]
)
def test_each_run_is_a_block(name: str, benchmarks: list[str]) -> None:
    found = read(name)
    assert found.format == "pyperf"
    assert [(one.name, one.unit, one.better) for one in found.series] == [(b, "sec/op", "lower") for b in benchmarks]
    for one in found.series:
        assert one.blocks is not None
        assert len(one.blocks) == len(one.values)
        assert len(set(one.blocks)) == (6 if name == "pyperf_one.json" else 5)


def test_values_are_those_of_pyperf_itself() -> None:
    import pyperf

    own = pyperf.Benchmark.load(str(FOLDER / "pyperf_one.json"))
    assert tuple(read("pyperf_one.json").series[0].values) == own.get_values()


def test_warm_up_and_calibration_are_left_out_and_memory_is_bytes() -> None:
    (one,) = read("pyperf_memory.json").series
    assert (one.unit, one.better, len(one.values)) == ("B", "lower", 3)


def test_metadata_are_known() -> None:
    assert dict(read("pyperf_suite.json").facts)["python"].startswith("3.")
