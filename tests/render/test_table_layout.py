from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.render.document import Cell, Column, Table, TableRow
from perftool.render.table_layout import table_lines
from perftool.render.visible import width

COLUMNS = (Column("name", "left", flexible=True), Column("time"), Column("rate", drop=2), Column("tail", drop=1))


def table(*rows: tuple[str, ...], columns: tuple[Column, ...] = COLUMNS) -> Table:
    return Table(columns, tuple(TableRow(tuple(Cell(text) for text in row)) for row in rows))


def drawn(shown: Table, columns: int) -> list[str]:
    return ["".join(text for text, _ in line) for line in table_lines(shown, columns)]


SMALL = table(("A", "1 s", "5 K", "2 s"), ("Long", "10 s", "", "30 s"))


def test_columns_are_aligned() -> None:
    assert drawn(SMALL, 80) == [
        "name  time  rate  tail",
        "A      1 s   5 K   2 s",
        "Long  10 s        30 s",
    ]


def test_columns_go_in_their_stated_order() -> None:
    assert drawn(SMALL, 20)[0] == "name  time  tail"
    assert drawn(SMALL, 20)[-1] == "(not shown in 20 col"[:17] + "..."
    assert drawn(SMALL, 12)[0] == "name  time"


def test_a_column_without_content_is_left_out() -> None:
    assert drawn(table(("A", "1 s", "", "")), 80) == ["name  time", "A      1 s"]


def test_a_long_name_is_cut_before_a_column_goes() -> None:
    shown = drawn(table(("N" * 60, "1 s", "5 K", "2 s")), 50)
    assert shown[0].split() == ["name", "time", "rate", "tail"]
    assert "..." in shown[1]


def test_too_many_columns_are_stacked() -> None:
    many = (Column("name", "left", flexible=True), *(Column(f"column {i}") for i in range(6)))
    shown = drawn(table(("A", *"123456"), columns=many), 30)
    assert shown == ["A", *(f"  column {i}  {i + 1}" for i in range(6))]


def test_an_empty_table_says_so() -> None:
    assert drawn(table(), 80) == ["(none)"]


@given(
    st.lists(st.lists(st.text(alphabet="ab漢é ", max_size=40), min_size=4, max_size=4), min_size=1, max_size=4),
    st.integers(24, 90),
)
def test_nothing_is_wider_than_asked_for(rows: list[list[str]], columns: int) -> None:
    for line in drawn(table(*(tuple(row) for row in rows)), columns):
        assert width(line) <= columns


def test_names_that_differ_at_their_end_are_cut_inside() -> None:
    names = [f"orders-of-one-customer/backend=sqlite:shop.db/read={read}" for read in ("all", "first-row")]
    shown = drawn(table(*((name, "1 s", "5 K", "2 s") for name in names)), 50)
    assert [line.split()[0] for line in shown[1:]] == [
        "orders-of-one-c...op.db/read=all",
        "orders-of-one-c...read=first-row",
    ]
