"""Files that pytest-benchmark wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from perftool.compare import inputs

if TYPE_CHECKING:
    from perftool.compare.api import Imported

FOLDER = Path(__file__).parents[2] / "data" / "foreign"


def read(name: str) -> Imported:
    with (FOLDER / name).open("rb") as stream:
        return inputs.read(stream, name)


def test_rounds_are_values() -> None:
    found = read("pytest_benchmark_data.json")
    written = json.loads((FOLDER / "pytest_benchmark_data.json").read_text())["benchmarks"]
    assert found.format == "pytest-benchmark"
    assert [(one.name, list(one.values)) for one in found.series] == [
        (b["fullname"], b["stats"]["data"]) for b in written
    ]
    assert {(one.unit, one.better, one.blocks) for one in found.series} == {("sec/op", "lower", None)}
    assert [warning.code for warning in found.warnings] == ["one-process"]


def test_aggregates_are_one_value_and_doubted() -> None:
    found = read("pytest_benchmark_aggregates.json")
    assert {len(one.values) for one in found.series} == {1}
    assert [warning.code for warning in found.warnings] == ["aggregates-only"]
    assert "--benchmark-save-data" in found.warnings[0].message
