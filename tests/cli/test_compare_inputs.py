"""Inputs that hold nothing usable say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.cli.compare_inputs import read
from perftool.compare.inputs import NamedInput
from perftool.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("BenchmarkA 1 NaN ns/op\n", "line 1: parsing measurement: invalid syntax"),
        ("PASS\nBenchmarkA x\n", "line 2: parsing iteration count: invalid syntax"),
        ("BenchmarkA 1 Inf ns/op\n", "infinite value"),
        ("", "no benchmark results in it"),
    ],
)
def test_nothing_usable_says_why(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "results.txt"
    path.write_text(text)
    with pytest.raises(InputError) as stop:
        read(NamedInput("", str(path)), "results.txt")
    assert reason in stop.value.message
    assert "\n" not in stop.value.message
