"""Generated rows are the same in every run, and what they refer to exists."""

from __future__ import annotations

from perftool.bench.databases import generated


def test_rows_are_the_same_every_time_and_grow_with_the_scale() -> None:
    for rows in (generated.customers, generated.orders, generated.lines):
        assert list(rows(0.02)) == list(rows(0.02))
    assert generated.count(0.02) == 20
    assert len(list(generated.customers(0.02))) == 20
    assert len(list(generated.orders(0.02))) == 200


def test_references_hold_and_columns_fit() -> None:
    customers, orders, lines = (list(rows(0.05)) for rows in (generated.customers, generated.orders, generated.lines))
    assert {row[1] for row in orders} <= {row[0] for row in customers}
    assert {row[0] for row in lines} == {row[0] for row in orders}
    assert len({row[:2] for row in lines}) == len(lines)
    for rows, columns in zip((customers, orders, lines), generated.TABLES.values(), strict=True):
        assert {len(row) for row in rows} == {len(columns)}
