from __future__ import annotations

import msgspec
import pytest

from perftool.model.comparison import ComparisonPayload, Gate
from perftool.model.verdict import ReportWarning, Verdict
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.compare_table import tone, verdict
from perftool.render.presenters.compare import PRESENT
from tests.render.samples import SAMPLES, change


def blocks(sample: str, **changes: object) -> list[doc.Block]:
    report = msgspec.structs.replace(SAMPLES[sample](), **changes)
    return list(PRESENT(report, RenderOptions()).blocks)


def tables(sample: str) -> list[doc.Table]:
    return [b for b in blocks(sample) if isinstance(b, doc.Table)]


def test_the_verdict_names_its_baseline() -> None:
    banner = blocks("compare")[0]
    assert banner == doc.Banner(
        "fail",
        "2 regressions, 1 warning, 3 unchanged, 1 undecided",
        "baseline main (4f2c91a0b, 3 days ago, same environment, buffer 10 %)",
    )


def test_the_worst_row_is_first_and_the_suite_is_said_once() -> None:
    shown = tables("compare")[0]
    assert shown.columns[0].title == "sql-parse"
    assert [row.cells[0].text for row in shown.rows] == [
        "ComplexQuery", "SimpleSelect", "Insert", "WindowFunction", "CTE", "geomean",
    ]  # fmt: skip
    assert [row.folded for row in shown.rows] == [False, False, False, False, True, False]


def test_what_does_not_gate_is_set_apart() -> None:
    assert [t.title.split(" (")[0] for t in tables("compare")] == ["CPU time/op", "allocs/op"]
    apart = next(b for b in blocks("compare") if isinstance(b, doc.Section) and b.mention)
    assert apart.title == "measured too, without a say in the verdict: wall time/op"


def test_tables_say_only_the_keys_that_tell_them_apart() -> None:
    assert [t.title.partition(" · ")[2] for t in tables("compare-columns")] == [
        "pkg: a · n=3+3", "pkg: b · n=10+10", "pkg: b · n=10+10",
    ]  # fmt: skip


def test_the_reasons_carry_their_marks() -> None:
    reasons = next(b for b in blocks("compare") if isinstance(b, doc.Items))
    assert [(i.mark, i.tone) for i in reasons.items] == [("✗", "bad"), ("✗", "bad"), ("⚠", "warn")]


def test_many_reasons_are_cut_with_a_count() -> None:
    many = Verdict(outcome="fail", headline="all slower", reasons=tuple(f"✗ case {i}" for i in range(20)))
    reasons = next(b for b in blocks("compare", verdict=many) if isinstance(b, doc.Items))
    assert reasons.items[-1].text == "and 12 more"


def test_one_sided_benchmarks_are_listed_with_their_units() -> None:
    texts = [i.text for b in blocks("compare") if isinstance(b, doc.Items) for i in b.items]
    assert "not in now: sql-parse/Merge (cpu-sec/op, sec/op)" in texts
    assert "not in main: sql-parse/Upsert (cpu-sec/op)" in texts


def test_a_doubt_at_every_row_marks_none() -> None:
    payload = SAMPLES["compare-columns"]().payload
    assert isinstance(payload, ComparisonPayload)
    shown = tables("compare-columns")[0]
    assert [row.cells[0].text for row in shown.rows] == ["Encode 1", "Encode 2", "Decode", "geomean ¹"]


def test_charts_show_inexact_rows() -> None:
    charts = [b for b in blocks("compare") if isinstance(b, doc.Chart)]
    assert len(charts) == 1
    assert [len(group.series) for group in charts[0].groups] == [2] * 5


@pytest.mark.parametrize(
    ("outcome", "ratio", "p", "unit", "text", "colour"),
    [
        ("fail", 0.255, 0.0, "sec/op", "✗ over 20 %", "bad"),
        ("warn", 0.12, 0.0, "sec/op", "⚠ over 10 %", "warn"),
        ("pass", -0.3, 0.0, "sec/op", "✓ faster", "good"),
        ("pass", -0.3, 0.0, "B/op", "✓ better", "good"),
        ("pass", 0.03, 0.01, "sec/op", "✓ slower, within 10 %", "warn"),
        ("pass", 0.03, 0.4, "sec/op", "✓ same", "plain"),
        ("inconclusive", 0.3, 0.4, "sec/op", "? undecided", "warn"),
        ("info", 0.3, 0.01, "sec/op", "· slower", "warn"),
        ("info", 0.0, 0.9, "sec/op", "· same", "muted"),
    ],
)
def test_judgements_in_words_and_colour(
    outcome: str, ratio: float, p: float, unit: str, text: str, colour: str
) -> None:
    reason = "within 10 %" if outcome == "pass" else ""
    judged = change(ratio, 0.01, outcome, p=p, gate=Gate(fail=0.2, warn=0.1), reason=reason)
    assert verdict(judged, unit) == text
    assert tone(judged) == colour


def test_an_undecided_row_says_what_would_decide_it() -> None:
    assert verdict(change(0.3, 0.4, "inconclusive", p=0.4, needed=24), "sec/op") == "? needs ~24 blocks"


def test_the_folder_that_all_columns_share_is_not_said() -> None:
    payload = SAMPLES["compare"]().payload
    assert isinstance(payload, ComparisonPayload)
    columns = tuple(
        msgspec.structs.replace(column, key=(f"results/nightly/{name}.json",))
        for column, name in zip(payload.columns, ("a", "b"), strict=True)
    )
    shown = blocks("compare", payload=msgspec.structs.replace(payload, columns=columns))
    table = next(b for b in shown if isinstance(b, doc.Table))
    assert [c.title for c in table.columns[:3]] == ["sql-parse", "a.json", "b.json"]


def test_a_row_on_one_side_says_so() -> None:
    decode = next(row for row in tables("compare-columns")[0].rows if row.cells[0].text == "Decode")
    assert "missing" in [cell.text for cell in decode.cells]


@pytest.mark.parametrize(
    ("outcome", "reason", "text"),
    [
        ("pass", "within 20 %", "✓ slower, within 20 %"),
        ("pass", "within 0.5 % (exact)", "✓ slower, within 0.5 %"),
        ("fail", "over 30 %", "✗ over 30 %"),
        ("fail", "over 0.5 % (exact)", "✗ over 0.5 %"),
        ("fail", "was 0 in the baseline", "✗ over 20 %"),
        ("warn", "over 10 %, perhaps over 20 %", "⚠ over 10 %"),
    ],
)
def test_the_threshold_named_is_the_one_applied(outcome: str, reason: str, text: str) -> None:
    assert verdict(change(0.25, 0.01, outcome, reason=reason), "sec/op") == text


def test_waived_rows_and_adjusted_p_values_are_shown_where_they_stand() -> None:
    shown = tables("compare-paired")[0]
    cells = {row.cells[0].text.split(" ")[0]: [cell.text for cell in row.cells] for row in shown.rows}
    assert "⚠ over 20 %, waived" in cells["CTE"]
    assert "p=0.042 (holm 0.084)" in cells["SimpleSelect"]


def test_what_waivers_did_not_do_is_told_with_the_method_alone() -> None:
    note = ReportWarning(code="waiver-unused", message="the waiver for X covers no row")
    made = SAMPLES["compare-paired"]()
    assert isinstance(made.payload, ComparisonPayload)
    document = PRESENT(
        msgspec.structs.replace(made, payload=msgspec.structs.replace(made.payload, notes=(note,))), RenderOptions()
    )
    method = next(b for b in document.blocks if isinstance(b, doc.Section) and b.title == "how it was compared")
    (facts,) = method.blocks
    assert isinstance(facts, doc.KeyValues)
    told = dict(facts.items)
    assert told["waiver"] == note.message
    assert told["many rows"].startswith("Holm: ")
    assert not any(
        note.message in item.text for b in document.blocks if isinstance(b, doc.Footnotes) for item in b.items
    )
