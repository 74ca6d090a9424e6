"""Files that hyperfine wrote."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.compare import inputs
from perftool.errors import InputError

if TYPE_CHECKING:
    from perftool.compare.api import Imported

FOLDER = Path(__file__).parents[2] / "data" / "foreign"


def read(name: str) -> Imported:
    with (FOLDER / name).open("rb") as stream:
        return inputs.read(stream, name)


def test_runs_are_values_and_means_inform() -> None:
    found = read("hyperfine.json")
    assert found.format == "hyperfine"
    assert [(one.name, one.unit, len(one.values), one.gates) for one in found.series] == [
        ("true", "sec/op", 8, True),
        ("true", "user-sec/op", 1, False),
        ("true", "sys-sec/op", 1, False),
        ("ls /", "sec/op", 8, True),
        ("ls /", "user-sec/op", 1, False),
        ("ls /", "sys-sec/op", 1, False),
    ]


def test_parameters_are_part_of_the_name() -> None:
    assert [one.name for one in read("hyperfine_parameters.json").series if one.unit == "sec/op"] == [
        "echo 1/n=1",
        "echo 2/n=2",
    ]


def changed(**fields: object) -> Imported:
    document = json.loads((FOLDER / "hyperfine.json").read_text())
    document["results"][0] |= fields
    return inputs.read(io.BytesIO(json.dumps(document).encode()), "h.json")


def test_memory_of_newer_versions() -> None:
    found = changed(memory_usage_byte=[1000, 2000])
    assert [(one.unit, list(one.values)) for one in found.series][3] == ("peak-RSS-B", [1000.0, 2000.0])


def test_failed_runs_are_doubted() -> None:
    assert [w.message for w in changed(exit_codes=[0, 2, 2, 0, 0, 0, 0, None]).warnings] == [
        "3 of 8 runs failed, exit code 2"
    ]


def test_aggregates_are_left_out() -> None:
    found = changed(times=[])
    assert {one.name for one in found.series} == {"ls /"}
    assert [w.code for w in found.warnings] == ["aggregates-only"]
    with pytest.raises(InputError, match="no command with times"):
        inputs.read(io.BytesIO(b'{"results": [{"command": "x", "mean": 1.0}]}'), "h.json")
