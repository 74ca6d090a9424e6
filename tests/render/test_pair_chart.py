from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.model.comparison import ComparisonPayload, Gate
from perftool.render.pair_chart import pair_chart
from tests.render.samples import SAMPLES

if TYPE_CHECKING:
    from perftool.render import document as doc


def chart(sample: str = "compare-paired", **table: object) -> doc.Chart:
    payload = SAMPLES[sample]().payload
    assert isinstance(payload, ComparisonPayload)
    return pair_chart(payload, msgspec.structs.replace(payload.tables[0], **table), "CPU time/op")


def test_a_dot_is_now_over_base_of_one_block() -> None:
    payload = SAMPLES["compare-paired"]().payload
    assert isinstance(payload, ComparisonPayload)
    row = payload.tables[0].rows[0]
    base, now = row.cells
    assert base is not None
    assert now is not None
    group = chart().groups[0]
    assert group.label == row.label == "sql-parse/ComplexQuery"
    (series,) = group.series
    assert series.values == tuple(b / a - 1 for a, b in zip(base.values, now.values, strict=True))
    assert (series.center, series.text, series.tone) == (0.305, "+30.5 %", "bad")
    assert series.label == "✗ [+29.9, +31.1] %"


def test_a_chart_of_many_rows_says_that_it_is_not_all() -> None:
    payload = SAMPLES["compare-paired"]().payload
    assert isinstance(payload, ComparisonPayload)
    many = chart(rows=payload.tables[0].rows[:1] * 70)
    assert len(many.groups) == 60
    assert many.title.endswith(", the 60 worst of 70")
    assert "worst of" not in chart().title


def test_rows_share_their_guides() -> None:
    for group in chart().groups:
        named = {guide.text: guide.value for guide in group.guides if guide.text}
        assert named == {"0 %": 0.0, "fail 20 %": 0.2, "warn 10 %": 0.1}
        assert min(guide.value for guide in group.guides) < 0 < 0.2 < max(guide.value for guide in group.guides)


def test_where_more_is_better_thresholds_are_falls() -> None:
    named = {guide.text: guide.value for guide in chart(better="higher").groups[0].guides}
    assert named["fail 20 %"] == pytest.approx(1 / 1.2 - 1)
    assert [g.text for g in chart(better="unknown").groups[0].guides] == ["0 %"]


def test_one_threshold_is_marked_once() -> None:
    payload = SAMPLES["compare-paired"]().payload
    assert isinstance(payload, ComparisonPayload)
    table = payload.tables[0]
    base, now = table.rows[0].cells
    assert base is not None
    assert now is not None
    assert now.change is not None
    for gate, texts in ((Gate(fail=0.1, warn=0.1), ["0 %", "fail 10 %"]), (None, ["0 %"])):
        change = msgspec.structs.replace(now.change, gate=gate)
        row = msgspec.structs.replace(table.rows[0], cells=(base, msgspec.structs.replace(now, change=change)))
        (group,) = pair_chart(payload, msgspec.structs.replace(table, rows=(row,)), "").groups
        assert [guide.text for guide in group.guides if guide.text] == texts


def test_what_is_not_paired_has_no_pairs() -> None:
    assert chart("compare").groups == ()
    assert chart(assume_exact=True).groups == ()


def test_pairs_need_positive_values_of_equal_number() -> None:
    payload = SAMPLES["compare-paired"]().payload
    assert isinstance(payload, ComparisonPayload)
    table = payload.tables[0]
    base, now = table.rows[0].cells
    assert base is not None
    for values in (base.values[1:], (0.0, *base.values[1:])):
        row = msgspec.structs.replace(table.rows[0], cells=(msgspec.structs.replace(base, values=values), now))
        assert pair_chart(payload, msgspec.structs.replace(table, rows=(row,)), "").groups == ()
