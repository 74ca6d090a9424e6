from __future__ import annotations

import msgspec

from perftool.model.history import HistoryPayload
from perftool.render import document as doc
from perftool.render import timelines
from perftool.render.api import RenderOptions
from perftool.render.dispatch import render
from perftool.render.history_table import ordered
from perftool.render.presenters.history import PRESENT
from tests.render.samples import SAMPLES


def payload() -> HistoryPayload:
    found = SAMPLES["history"]().payload
    assert isinstance(found, HistoryPayload)
    return found


def blocks(**changes: object) -> list[doc.Block]:
    report = SAMPLES["history"]()
    if changes:
        report = msgspec.structs.replace(report, payload=msgspec.structs.replace(payload(), **changes))
    return list(PRESENT(report, RenderOptions()).blocks)


def tables() -> list[doc.Table]:
    return [block for block in blocks() if isinstance(block, doc.Table)]


def sections() -> dict[str, doc.Section]:
    return {block.title.partition(":")[0]: block for block in blocks() if isinstance(block, doc.Section)}


def test_the_verdict_names_the_span_of_the_history() -> None:
    banner = blocks()[0]
    assert isinstance(banner, doc.Banner)
    assert banner.outcome == "fail"
    assert banner.aside.endswith("2026-11-24")
    assert " 2026-11-01 to " in banner.aside


def test_a_table_per_unit_of_the_newest_environment_the_worst_first() -> None:
    first, second = tables()
    assert first.title == "CPU time/op (cpu-sec/op, lower is better)"
    assert second.title == "allocs/op (lower is better)"
    assert [row.cells[0].text for row in first.rows] == ["ComplexQuery", "Insert", "CTE", "SimpleSelect"]
    assert [row.folded for row in first.rows] == [False, False, False, True]
    assert first.fold_title == "1 without a change of level: CPU time/op"


def test_a_row_says_levels_change_since_when_and_verdict() -> None:
    row = [cell.text for cell in tables()[0].rows[0].cells]
    assert row[1:5] == ["20", "102 µs", "136 µs", "+33.3 %"]
    assert row[5].endswith(" 2026-11-19")
    assert row[6:8] == ["✗ over 20 %", "p<0.001"]
    left, right = row[8].split("│")
    assert set(left) <= set("▁▂▃")
    assert set(right) <= set("▆▇█")
    assert [c.text for c in tables()[0].rows[1].cells][4:8] == ["", "", "? undecided", ""]
    assert tables()[1].rows[0].cells[7].text == "exact"


def test_other_environments_and_quantities_stand_apart() -> None:
    found = sections()
    other = found["in another environment, not judged"]
    assert "Other CPU 900" in other.title
    assert other.title.endswith("(2 runs)")
    assert found["measured too, without a say in the verdict"].mention
    assert all(isinstance(block, doc.Table) for block in other.blocks)


def test_every_change_is_listed_the_newest_first() -> None:
    section = sections()["every change of level"]
    (table,) = section.blocks
    assert isinstance(table, doc.Table)
    assert len(table.rows) == 5
    days = [row.cells[0].text[-10:] for row in table.rows]
    assert days == sorted(days, reverse=True)
    packages = [row.cells[-1].text for row in table.rows]
    assert packages.count("sqlglot 30.30.0 → 30.31.0") == 1


def test_plots_of_what_changed_are_open_and_the_rest_folded() -> None:
    (open_,) = [block for block in blocks() if isinstance(block, doc.Timelines)]
    assert [line.label.partition(" · ")[0] for line in open_.lines] == [
        "sql-parse/ComplexQuery", "sql-parse/Insert", "sql-parse/Insert", "sql-parse/CTE",
    ]  # fmt: skip
    (folded,) = sections()["plot of the other series"].blocks
    assert isinstance(folded, doc.Timelines)
    assert len(folded.lines) == 1
    turns = open_.lines[-1].turns
    assert [turn.tone for turn in turns] == ["warn", "good"]
    assert "with sqlglot 30.30.0 → 30.31.0" in turns[0].text
    assert all(len(line.stretches) == len(line.turns) + 1 for line in open_.lines)


def test_a_page_that_cannot_hold_all_plots_says_how_many_it_lacks() -> None:
    series = payload().series
    worst = ordered(series)[0]
    (plots,) = timelines.plots(payload(), series, len(worst.points))
    assert isinstance(plots, doc.Timelines)
    assert [line.label.partition(" · ")[0] for line in plots.lines] == [worst.name]
    others = sum(len(one.points) > 1 and (bool(one.changes) or not one.exact) for one in series) - 1
    assert plots.title.endswith(f"; {others} more series are only in the tables")


def test_plain_text_has_sparklines_and_no_empty_section() -> None:
    text = render(SAMPLES["history"](), "text", RenderOptions(width=140, verbose=True))
    assert isinstance(text, str)
    assert "│" in text
    assert "plot of the other series" not in text
    assert "plot of the other series" not in str(render(SAMPLES["history"](), "markdown", RenderOptions()))


def test_a_history_of_nothing_says_so() -> None:
    notes = [block for block in blocks(runs=(), environments=(), series=()) if isinstance(block, doc.Note)]
    assert notes == [doc.Note("no benchmark has results in any run", "warn")]
