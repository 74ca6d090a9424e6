"""The common scale against vectors taken from the reference, and its limits."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from perftool.units.scale import common_scale

VECTORS = Path(__file__).parent.parent / "golden" / "benchstat" / "vectors"


def test_every_vector() -> None:
    for line in (VECTORS / "scale.jsonl").read_text().splitlines():
        vector = json.loads(line)
        scale = common_scale(vector["values"], vector["class"] == "binary")
        assert [scale.format(value) for value in vector["values"]] == vector["text"]


@pytest.mark.parametrize(
    ("values", "binary", "texts"),
    [
        ([0.0], False, ["0.000"]),
        ([], False, []),
        ([1073e-9, 8964e-9, 100e-9], False, ["1073.0n", "8964.0n", "100.0n"]),
        ([1023.0], True, ["1023.0"]),
        ([1023.9 * 1024], True, ["1023.9Ki"]),
        ([math.inf], False, ["+InfT"]),
        ([1e-9, 1e300], False, ["1.000n", "+Infn"]),
        ([-math.inf, 1.0], False, ["-Inf", "1.000"]),
        ([0.99995e-3], False, ["1.000m"]),
        ([0.99994e-3], False, ["999.9µ"]),
    ],
)
def test_edges(values: list[float], binary: bool, texts: list[str]) -> None:
    scale = common_scale(values, binary)
    assert [scale.format(value) for value in values] == texts
