from __future__ import annotations

from typing import Any

import msgspec
import pytest

from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.profile import PRESENT
from tests.render import profile_sample
from tests.render.samples import SAMPLES


def blocks(sample: str = "profile", *, verbose: bool = False, **changes: Any) -> tuple[doc.Block, ...]:
    made = SAMPLES[sample]()
    made = msgspec.structs.replace(made, payload=msgspec.structs.replace(made.payload, **changes))
    return PRESENT(made, RenderOptions(verbose=verbose)).blocks


def tables(found: tuple[doc.Block, ...]) -> list[doc.Table]:
    return [block for block in found if isinstance(block, doc.Table)]


def sections(found: tuple[doc.Block, ...]) -> dict[str, doc.Section]:
    return {block.title: block for block in found if isinstance(block, doc.Section)}


def test_the_verdict_comes_first_and_why_it_warns() -> None:
    banner, reasons, *_ = blocks()
    assert banner == doc.Banner("warn", profile_sample.CPU_VERDICT.headline, "-m myapp.import")
    assert isinstance(reasons, doc.Items)
    assert reasons.items == (doc.Item("the target's exit code is 3", "⚠", "warn"),)


def test_functions_stand_in_one_table_with_what_is_left_out() -> None:
    found = blocks()
    [table] = tables(found)
    assert [cell.text for cell in table.rows[0].cells] == [
        *("31.0 %", "3.84 s", "62.4 %", "7.74 s"),
        *("myapp.parse.Reader.rows", "myapp/parse.py:88"),
    ]
    notes = [block.text for block in found if isinstance(block, doc.Note)]
    assert notes == ["6 functions hold 73.9 % of 12.4 s"]


def test_memory_shows_what_was_held_at_the_peak_and_folds_the_rest() -> None:
    found = blocks("profile-memory")
    assert doc.Heading("held at the peak: 216 MiB") in found
    assert {"allocated: 2.00 GiB", "allocations: 1.40 M", "held at the end: 3.00 MiB"} <= set(sections(found))


def test_both_have_a_heading_each() -> None:
    rankings = (*profile_sample.CPU.rankings, *profile_sample.MEMORY.rankings)
    headings = [block.text for block in blocks(rankings=rankings) if isinstance(block, doc.Heading)]
    assert headings == ["CPU time: 12.4 s", "held at the peak: 216 MiB"]


def test_a_profile_that_saw_nothing_says_so() -> None:
    empty = msgspec.structs.replace(profile_sample.CPU.rankings[0], rows=(), total=0.0, rest=0.0)
    found = blocks(rankings=(empty,), facts={})
    assert not tables(found)
    assert doc.Note("nothing was seen", "muted") in found
    told = "nothing was seen in 12.0 ms of CPU time: --rate 1000 looks more often"
    assert doc.Note(told, "muted") in blocks(rankings=(empty,), facts={"target.cpu_s": 0.012})
    told = "nothing was seen in 574 ms of CPU time"
    assert doc.Note(told, "muted") in blocks(rankings=(empty,), facts={"target.cpu_s": 0.574})


def test_functions_that_weigh_nothing_are_left_out_unless_verbose() -> None:
    first = profile_sample.MEMORY.rankings[0]
    light = msgspec.structs.replace(first.rows[1], own_share=0.0004, total_share=0.019, function="site.main")
    heavy = msgspec.structs.replace(light, total_share=0.5, function="load.main")
    ranking = msgspec.structs.replace(first, rows=(*first.rows, light, heavy))
    found = blocks("profile-memory", rankings=(ranking,))
    names = [row.cells[4].text for row in tables(found)[-1].rows]
    assert names == ["load.read", "builtins.sorted", "load.main"]
    found = blocks("profile-memory", rankings=(ranking,), verbose=True)
    assert len(tables(found)[-1].rows) == 4


def test_more_rows_on_request() -> None:
    row = profile_sample.CPU.rankings[0].rows[0]
    many = msgspec.structs.replace(profile_sample.CPU.rankings[0], rows=(row,) * 100)
    assert [len(tables(blocks(rankings=(many,), verbose=verbose))[0].rows) for verbose in (False, True)] == [15, 60]


def test_processes_say_who_started_them() -> None:
    [table] = sections(blocks())["processes"].blocks
    assert isinstance(table, doc.Table)
    assert [[cell.text for cell in row.cells[:3]] for row in table.rows] == [
        ["4711", "", "818"],
        ["4712", "4711", "301"],
        ["4713", "4711", "117"],
    ]
    assert "processes" not in sections(blocks(processes=profile_sample.CPU.processes[:1]))


@pytest.mark.parametrize(("code", "text"), [(3, "3"), (-9, "137 (signal 9)"), (None, None)])
def test_how_it_was_captured(code: int | None, text: str | None) -> None:
    [facts] = sections(blocks(exit_code=code))["how it was captured"].blocks
    assert isinstance(facts, doc.KeyValues)
    told = dict(facts.items)
    assert told.get("exit code") == text
    assert told["rate"] == "100 samples a second"
    assert told["capture"] == "20261120-203102-import-cpu.pb.gz (cpu, 47.1 KiB)"
    assert told["gc.max_ns"] == "13,600,000"
