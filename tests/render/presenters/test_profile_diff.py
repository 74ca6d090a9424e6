from __future__ import annotations

from typing import Any

import msgspec

from perftool.model.verdict import Verdict
from perftool.profiling.diff_verdict import headline
from perftool.render import dispatch
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.profile_diff import PRESENT
from tests.render.profile_diff_sample import PAYLOAD
from tests.render.samples import SAMPLES


def document(*, verbose: bool = False, **changes: Any) -> doc.Document:
    payload = msgspec.structs.replace(PAYLOAD, **changes)
    made = msgspec.structs.replace(SAMPLES["profile-diff"](), payload=payload)
    return PRESENT(made, RenderOptions(verbose=verbose))


def table(**changes: Any) -> doc.Table:
    [found] = [block for block in document(**changes).blocks if isinstance(block, doc.Table)]
    return found


def cells(found: doc.Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_the_sample_says_what_the_domain_says() -> None:
    assert SAMPLES["profile-diff"]().verdict == Verdict(outcome="pass", headline=headline(PAYLOAD, "CPU time"))


def test_sides_change_and_interval_stand_in_a_row() -> None:
    first = cells(table())[0]
    assert first == [
        "shop.checkout.total", "8.1 %", "20.4 %", "+12.3", "[+11.2, +13.4]", "code changed", "shop/checkout.py:88",
    ]  # fmt: skip


def test_what_may_be_chance_is_folded_and_what_only_calls_is_left_out() -> None:
    found = table()
    assert [row.folded for row in found.rows] == [False] * 4 + [True] * 2
    assert found.fold_title == "2 functions whose change may be chance"
    assert "shop.main" not in [row[0] for row in cells(found)]


def test_a_function_of_one_side_is_called_so() -> None:
    remarks = {row[0]: row[5] for row in cells(table())}
    assert remarks["shop.checkout.discount.<locals>.<lambda>"] == "only after"
    assert remarks["shop.legacy.round_up"] == "only before"
    assert remarks["shop.parse.rows"] == ""


def test_weights_have_their_unit_and_their_part_of_the_change() -> None:
    row = msgspec.structs.replace(
        PAYLOAD.rows[0], before=1.0, after=3.0, change=2.0, lo=1.9, hi=2.1, share_of_change=0.81
    )
    found = cells(table(per="capture", rows=(row,)))[0]
    assert found[1:6] == ["1.00 s", "3.00 s", "+2.00 s", "[+1.90 s, +2.10 s]", "81 %"]


def test_counted_weights_have_no_interval() -> None:
    row = msgspec.structs.replace(
        PAYLOAD.rows[0], before=1024.0, after=0.0, change=-1024.0, lo=None, hi=None, p=None, sure=True
    )
    same = msgspec.structs.replace(row, function="same", after=1024.0, change=0.0, sure=False)
    made = document(per="capture", unit="B", value="alloc_space", basis="none", rows=(row, same))
    [found] = [block for block in made.blocks if isinstance(block, doc.Table)]
    assert [one[1:5] for one in cells(found)] == [["1.00 KiB", "0", "−1.00 KiB", ""]]
    assert doc.Note("1 function unchanged", "muted") in made.blocks


def test_only_so_many_rows_unless_verbose() -> None:
    many = tuple(msgspec.structs.replace(PAYLOAD.rows[0], function=f"f{i}") for i in range(50))
    assert len(table(rows=many).rows) == 30
    assert "20 more functions with smaller changes: --verbose" in [
        block.text for block in document(rows=many).blocks if isinstance(block, doc.Note)
    ]
    assert len(table(rows=many, verbose=True).rows) == 50


def test_the_same_label_twice_is_before_and_after() -> None:
    assert [column.title for column in table(labels=("a", "a")).columns][1:3] == ["before", "after"]


def test_it_reads_aloud_in_plain_text() -> None:
    shown = str(dispatch.render(SAMPLES["profile-diff"](), "text", RenderOptions(width=110)))
    assert shown.startswith("✓ shop.checkout.total takes 12.3 points more of CPU time (8.1 % → 20.4 %)")
