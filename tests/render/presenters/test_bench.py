from __future__ import annotations

import msgspec

from perftool.model.bench import BenchPayload
from perftool.model.measurement import Measurement
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.bench import PRESENT
from tests.render.samples import SAMPLES


def blocks(sample: str, *, verbose: bool = False, **changes: object) -> list[doc.Block]:
    report = msgspec.structs.replace(SAMPLES[sample](), **changes)
    return list(PRESENT(report, RenderOptions(verbose=verbose)).blocks)


def table(sample: str, *, verbose: bool = False) -> doc.Table:
    return next(b for b in blocks(sample, verbose=verbose) if isinstance(b, doc.Table))


def titles(shown: doc.Table) -> list[str]:
    return [c.title for c in shown.columns]


def test_the_gating_time_comes_first() -> None:
    assert titles(table("bench"))[:3] == ["case", "CPU/op", "wall/op"]
    measurements = tuple(msgspec.structs.replace(m, gates=m.unit == "sec/op") for m in SAMPLES["bench"]().measurements)
    shown = next(b for b in blocks("bench", measurements=measurements) if isinstance(b, doc.Table))
    assert titles(shown)[:3] == ["case", "wall/op", "CPU/op"]


def test_rates_of_known_work_show_when_verbose() -> None:
    assert "tokens/s" not in titles(table("bench"))
    wordy = titles(table("bench", verbose=True))
    assert {"B/s", "tokens/s", "p50", "peak memory"} <= set(wordy)


def test_the_mean_of_the_times_is_the_last_row() -> None:
    last = table("bench").rows[-1]
    assert last.total
    assert [c.text for c in last.cells][:3] == ["geomean", "44.9 µs", "46.3 µs"]


def test_a_doubt_about_one_case_is_marked_there() -> None:
    names = [row.cells[0].text for row in table("bench").rows]
    assert "CTE ¹" in names
    assert "Insert" in names


def test_skipped_cases_give_their_reasons() -> None:
    entries = [i for b in blocks("bench") if isinstance(b, doc.Items) for i in b.items]
    assert [(i.mark, i.text) for i in entries] == [
        ("skipped", "sql-parse/Merge: ParseError: unexpected token at merge.sql:3")
    ]


def test_commands_are_compared_with_the_fastest() -> None:
    shown = table("bench-commands")
    relative = [row.cells[titles(shown).index("relative")].text for row in shown.rows]
    assert relative[0] == "1.00"
    assert relative[1].startswith("2.31 ± 0.0")
    assert [row.cells[titles(shown).index("runs")].text for row in shown.rows] == ["10", "10"]


def test_exit_codes_of_commands_show_when_verbose() -> None:
    assert table("bench-commands", verbose=True).rows[0].cells[-1].text == "0 ×9, 1 ×1"


def test_an_interrupted_run_says_how_far_it_came() -> None:
    notes = [b.text for b in blocks("bench-commands") if isinstance(b, doc.Note)]
    assert "interrupted: 10 blocks of 20 finished" in notes


def test_a_measurement_without_a_case_is_shown_all_the_same() -> None:
    stray = Measurement(suite="other", case="Lost", unit="widgets", better="higher", values=(3.0,))
    shown = blocks("bench", measurements=(*SAMPLES["bench"]().measurements, stray))
    tables = [b for b in shown if isinstance(b, doc.Table)]
    assert [c.text for c in tables[-1].rows[0].cells][:2] == ["other/Lost", "widgets"]


def test_a_counter_of_the_users_own_gets_a_column() -> None:
    report = SAMPLES["bench"]()
    own = Measurement(suite="sql-parse", case="CTE", unit="rows/op", better="lower", values=(7.0,), exact=True)
    shown = next(b for b in blocks("bench", measurements=(*report.measurements, own)) if isinstance(b, doc.Table))
    column = titles(shown).index("rows/op")
    assert [row.cells[column].text for row in shown.rows] == ["", "", "", "7", "", ""]


def test_nothing_measured_says_so() -> None:
    payload = SAMPLES["bench"]().payload
    assert isinstance(payload, BenchPayload)
    shown = blocks("bench", payload=msgspec.structs.replace(payload, cases=()), measurements=())
    assert any(isinstance(b, doc.Note) and b.text == "no case gave a measurement" for b in shown)


def test_garbage_collections_are_a_detail() -> None:
    section = next(b for b in blocks("bench") if isinstance(b, doc.Section) and b.title == "garbage collections")
    facts = section.blocks[0]
    assert isinstance(facts, doc.KeyValues)
    assert facts.items[0] == (
        "sql-parse/SimpleSelect",
        "3 in 5,000 operations, 210 µs in total, the longest 120 µs",
    )


def test_the_fixed_kernel_is_told_beside_the_method_and_is_no_row() -> None:
    def part(name: str, value: float) -> Measurement:
        return Measurement(
            suite="perftool",
            case="yardstick",
            unit="cpu-sec/op",
            better="lower",
            values=(value, value),
            parameters={"part": name},
            blocks=(0, 1),
            gates=False,
        )

    payload = msgspec.structs.replace(
        SAMPLES["bench"]().payload, yardstick=(part("cpu", 0.00408), part("memory", 0.00529), part("disk", 1.0))
    )
    shown = blocks("bench", payload=payload)
    (facts,) = [b.blocks[0] for b in shown if isinstance(b, doc.Section) and b.title == "how it was measured"]
    assert isinstance(facts, doc.KeyValues)
    assert dict(facts.items)["fixed kernel"] == "4.08 ms computing, 5.29 ms waiting for memory"
    rows = [row.cells[0].text for b in shown if isinstance(b, doc.Table) for row in b.rows]
    assert not [name for name in rows if "yardstick" in name]
    assert "fixed kernel" not in str(blocks("bench"))
