from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import msgspec
import pytest

from perftool.render import document as doc
from perftool.render.svg_timeline import scale, timeline

LINE = doc.Timeline(
    label="A · time",
    text="2.0 s",
    points=tuple(doc.Point(v, v - 0.1, v + 0.1, f"run {i}") for i, v in enumerate((1.0, 1.1, 2.0, 2.1))),
    stretches=(doc.Stretch(0, 1, 1.05, 1.0, 1.1), doc.Stretch(2, 3, 2.05, None, None)),
    turns=(doc.Turn(2, "+95 % since <abc>", "bad"),),
    low=0.9,
    high=2.2,
    ticks=(doc.Guide(1.0, "1 s"), doc.Guide(2.0, "2 s")),
    ends=("first", "last"),
)


def drawn(line: doc.Timeline) -> ET.Element:
    return ET.fromstring(timeline(line))


def of_class(line: doc.Timeline, name: str) -> list[ET.Element]:
    return [e for e in drawn(line).iter() if name in e.get("class", "").split()]


def test_every_point_is_a_dot_that_says_what_it_is() -> None:
    dots = of_class(LINE, "dot")
    assert [dot.findtext("title") for dot in dots] == ["run 0", "run 1", "run 2", "run 3"]
    places = [float(dot.get("cx", "").rstrip("%")) for dot in dots]
    assert places == sorted(places)
    heights = [float(dot.get("cy", "")) for dot in dots]
    assert heights == sorted(heights, reverse=True), "more is higher"
    assert len(of_class(LINE, "whisker")) == 4


def test_levels_have_a_band_where_their_interval_is_known() -> None:
    assert len(of_class(LINE, "level")) == 2
    (band,) = of_class(LINE, "band")
    assert float(band.get("height", "")) >= 1


def test_a_change_stands_between_its_points_and_is_numbered() -> None:
    mark, number = of_class(LINE, "turn")
    before, after = (float(dot.get("cx", "").rstrip("%")) for dot in of_class(LINE, "dot")[1:3])
    assert before < float(mark.get("x1", "").rstrip("%")) < after
    assert mark.findtext("title") == "+95 % since <abc>"
    assert number.text == "1"
    assert "bad" in mark.get("class", "")


def test_near_changes_have_their_numbers_at_different_heights() -> None:
    turns = (doc.Turn(200, "a"), doc.Turn(203, "b"), doc.Turn(300, "c"))
    many = msgspec.structs.replace(LINE, points=LINE.points * 100, turns=turns)
    heights = [e.get("y") for e in of_class(many, "turn") if e.tag == "text"]
    assert heights[0] != heights[1]
    assert heights[0] == heights[2]
    assert of_class(many, "whisker") == []


def test_what_is_off_the_axis_stands_at_its_edge_and_looks_so() -> None:
    off = msgspec.structs.replace(LINE, high=1.5, stretches=())
    assert len(of_class(off, "far")) == 2
    assert all(0 <= float(e.get("cy", "")) <= 150 for e in drawn(off).iter("circle"))


def test_ticks_are_named_beside_their_lines() -> None:
    named = ET.fromstring(scale(LINE))
    assert [e.text for e in named] == ["1 s", "2 s"]
    lines = [float(e.get("y1", "")) for e in of_class(LINE, "grid")]
    assert [float(e.get("y", "")) - 4 for e in named] == pytest.approx(lines)


def test_a_reader_without_eyes_is_told() -> None:
    assert drawn(LINE).get("aria-label") == "A · time: 4 runs, now 2.0 s; +95 % since <abc>"


def test_one_point_is_on_the_plot() -> None:
    one = msgspec.structs.replace(
        LINE, points=LINE.points[:1], stretches=(doc.Stretch(0, 0, 1.0, None, None),), turns=()
    )
    shares = [float(v) for v in re.findall(r'(?:cx|x1|x2)="([\d.]+)%"', timeline(one))]
    assert all(0 <= share <= 100 for share in shares)
