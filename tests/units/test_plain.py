"""Plain number text."""

from __future__ import annotations

import json
import math
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from perftool.units.plain import plain

VECTORS = Path(__file__).parent.parent / "golden" / "benchstat" / "vectors"


def test_every_vector() -> None:
    for line in (VECTORS / "float_v.jsonl").read_text().splitlines():
        vector = json.loads(line)
        assert plain(vector["value"]) == vector["text"]


def test_values_without_digits() -> None:
    assert [plain(v) for v in (math.nan, math.inf, -math.inf, -0.0)] == ["NaN", "+Inf", "-Inf", "-0"]


@given(st.floats(allow_nan=False))
def test_the_text_reads_back_as_the_same_double(value: float) -> None:
    assert float(plain(value)) == value
