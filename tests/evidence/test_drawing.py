"""Places on a sheet."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from docs.evidence.honesty.drawing import Scale, Sheet
from docs.evidence.honesty.pictures import percent


def test_a_scale_keeps_to_its_ends() -> None:
    x = Scale(-1, 1, 100, 300)
    assert [x(-5), x(-1), x(0), x(1), x(5)] == [100, 100, 200, 300, 300]
    assert Scale(0, 1, 300, 100)(0.25) == 250


def test_words_are_escaped() -> None:
    sheet = Sheet(10, 10, "a < b", "c & d")
    sheet.write(1, 1, "p < 0.05")
    assert "p < 0.05" in [element.text for element in ET.fromstring(sheet.render()).iter()]


def test_per_cent() -> None:
    assert percent(-0.1) == "−10 %"
    assert percent(0.0452, 1) == "4.5 %"
