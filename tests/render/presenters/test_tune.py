"""What was tried is shown with what won first in the line that is read aloud."""

from __future__ import annotations

from msgspec.structs import replace

from perftool.model.tune import TunePayload
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.tune import PRESENT
from tests.render.samples import SAMPLES


def blocks(name: str = "tune") -> list[doc.Block]:
    return list(PRESENT(SAMPLES[name](), RenderOptions()).blocks)


def test_the_winner_is_marked_and_every_candidate_stands_in_the_table() -> None:
    table = next(b for b in blocks() if isinstance(b, doc.Table))
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[0] for row in rows] == ["  as it is", "✓ freeze + 10000", "  50000", "  disabled"]
    assert rows[1][1:4] == ["0.912", "0.898 to 0.927", "0.003"]
    assert rows[3][1] == "could not be measured"
    titles = [column.title for column in table.columns]
    assert rows[1][titles.index("peak memory")] == "56.5 MiB"
    assert rows[0][titles.index("longest pause")] == ""


def test_says_how_it_was_judged_and_where_it_was_written() -> None:
    said = " ".join(b.text for b in blocks() if isinstance(b, doc.Note))
    assert "adjusted for 2 candidates" in said
    assert "profiles/gc-import.toml" in said
    assert any(isinstance(b, doc.Footnotes) for b in blocks())


def test_settings_of_a_database_say_what_got_slower_and_what_a_crash_may_cost() -> None:
    found = blocks("tune-settings")
    table = next(b for b in found if isinstance(b, doc.Table))
    assert table.columns[1].title == "time"
    remarks = next(b for b in found if isinstance(b, doc.Items))
    assert [item.text for item in remarks.items] == [
        "jit=off: faster: by_customer × 0.61",
        "work_mem=64MB: slower: by_customer × 2.11, by_note × 1.84",
        "synchronous_commit=off: commits of the last moments may be lost in a crash",
    ]
    assert "PostgreSQL 15.18" in repr(found), "what a commit costs there stands beside the times"


def test_pool_sizes_stand_beside_the_best_and_beside_littles_law() -> None:
    found = blocks("tune-pool")
    table = next(b for b in found if isinstance(b, doc.Table))
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
    assert list(rows) == ["1", "2", "✓ 4", "8"]
    assert rows["✓ 4"] == ["827", "1.00", "1.00 to 1.00", "1,836", "6.10 ms", "18.3 ms", "1.9"]
    said = dict(next(b for b in found if isinstance(b, doc.KeyValues)).items)
    assert said["limit"] == "the CPU: all cores are busy"
    assert said["Little's law"].endswith("8 would give 3,672 statements/s; 22% of that was reached")
    assert said["recommended for 300 statements/s"] == "3: 300/s × 6.10 ms held (p95) / 0.7 = 3"
    chart = next(b for b in found if isinstance(b, doc.Chart))
    assert [one.values for one in chart.groups[0].series][2] == (815.0, 827.0, 842.0)


def test_a_cpu_that_is_busy_with_other_programs_is_told_so() -> None:
    report = SAMPLES["tune-pool"]()
    payload = report.payload
    assert isinstance(payload, TunePayload)
    points = tuple(replace(one, other_cores=1.9, cpu_cores=0.3) for one in payload.points)
    shown = PRESENT(replace(report, payload=replace(payload, points=points)), RenderOptions()).blocks
    said = dict(next(b for b in shown if isinstance(b, doc.KeyValues)).items)
    assert said["limit"] == "the CPU: all cores are busy, 1.9 of them with other programs"
