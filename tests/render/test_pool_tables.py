"""Pools in a table, and what is alarming about them."""

from __future__ import annotations

from msgspec.structs import replace

from perftool.model.database import PoolLeak, PoolSettings
from perftool.render import document as doc
from perftool.render import pool_tables
from tests.tune.drives import figures


def test_each_pool_has_a_row_and_settings_are_told_apart() -> None:
    one = figures(4, 0.01)
    table = pool_tables.figures_table([one, replace(one, digest="1", settings=PoolSettings(maximum=4, overflow=2))])
    assert [[cell.text for cell in row.cells][:4] for row in table.rows] == [
        ["shop", "0", "4", "100"],
        ["shop", "1", "4 + 2", "100"],
    ]
    alike = pool_tables.figures_table([one, replace(one, wait=None, hold=None)])
    assert [column.title for column in alike.columns][:3] == ["pool", "size", "checkouts"]
    assert [cell.text for cell in alike.rows[1].cells][4:9] == [""] * 5


def test_alarms_and_leaks_are_told_with_the_stack_that_took_the_connection() -> None:
    leak = PoolLeak(held_s=61.0, stack=("app.py:3 in main", "app.py:9 in handle"), thread="worker-2")
    told = pool_tables.alarms([figures(1, 0.1), replace(figures(1, 0.1), alarms=("it hurts",), leaks=(leak,))])
    first, second = [block for block in told if isinstance(block, doc.Items)]
    assert [item.text for item in first.items] == ["shop: it hurts"]
    assert second.title == "shop: a connection held for 1 min 1 s, taken by worker-2, innermost call first"
    assert [item.text for item in second.items] == ["app.py:9 in handle", "app.py:3 in main"]
    assert pool_tables.alarms([figures(1, 0.1)]) == []
