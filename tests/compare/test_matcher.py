"""Tables, rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.compare.api import SyntaxMessage, UnitDeclaration
from perftool.compare.matcher import CompareQuery, Matched, compile_query, declared_units, differing, match
from perftool.compare.syntax import ExpressionError
from tests.fakes.results import series, side, text

if TYPE_CHECKING:
    from perftool.compare.inputs import Input


def shape(found: Matched) -> list[tuple[tuple[str, ...], str, dict[tuple[str, ...], list[list[float] | None]]]]:
    return [
        (
            table.key,
            table.unit,
            {
                row: [None if pool is None else [v for one in pool.series for v in one.values] for pool in pools]
                for row, pools in table.rows.items()
            },
        )
        for table in found.tables
    ]


def test_by_default_a_column_an_input_a_row_a_benchmark_a_table_a_configuration() -> None:
    old = text("old", "pkg: z\nBenchmarkA 1 1 x\nBenchmarkB 1 2 x 3 y\n")
    new = text("new", "pkg: z\nBenchmarkB 1 4 x\nBenchmarkC 1 5 x\npkg: a\nBenchmarkA 1 6 x\n")
    found = match([old, new], CompareQuery())
    assert found.columns == (("old",), ("new",))
    assert (found.table_fields, found.row_fields, found.column_fields) == (("pkg",), (".fullname",), (".file",))
    assert shape(found) == [
        (("a",), "x", {("A",): [None, [6.0]]}),
        (("z",), "x", {("A",): [[1.0], None], ("B",): [[2.0], [4.0]], ("C",): [None, [5.0]]}),
        (("z",), "y", {("B",): [[3.0], None]}),
    ]
    assert [table.columns for table in found.tables] == [(1,), (0, 1), (0,)]


def test_equal_labels_pool() -> None:
    found = match([side("l", series("A", [1.0])), side("l", series("A", [2.0]))], CompareQuery())
    assert shape(found) == [((), "sec/op", {("A",): [[1.0, 2.0]]})]
    assert len(found.sources[0]) == 2


def test_pooled_results_that_differ_are_noticed() -> None:
    one = side("f", series("A/n=1", [1.0], config=(("pkg", "p"),)), series("A/n=2", [2.0], config=(("pkg", "p"),)))
    found = match([one], CompareQuery(row=".name", table=""))
    (pool,) = found.tables[0].rows["A",]
    assert pool is not None
    assert differing(pool, found.residue_fields) == (".fullname",)


def test_pooling_what_is_equal_is_no_matter() -> None:
    found = match([side("f", series("A", [1.0]), series("A", [2.0], written_unit="s"))], CompareQuery())
    (pool,) = found.tables[0].rows["A",]
    assert pool is not None
    assert differing(pool, found.residue_fields) == ()


def test_the_filter_comes_before_any_order() -> None:
    inputs = [side("f", series("A/n=9", [1.0]), series("A/n=1", [2.0]), series("A/n=5", [3.0]))]
    found = match(inputs, CompareQuery(row="/n", filter="-/n:9"))
    assert list(found.tables[0].rows) == [("1",), ("5",)]
    assert found.considered == 3


def test_a_fixed_order_filters_even_where_it_is_ignored() -> None:
    inputs = [side("f", series("A/n=9", [1.0]), series("A/n=1", [2.0]))]
    assert list(match(inputs, CompareQuery(ignore="/n@(1)")).tables[0].rows) == [("A",)]
    assert match(inputs, CompareQuery(ignore="/n@(7)")).tables == ()


def test_facts_can_be_named_but_do_not_split() -> None:
    inputs = [
        side("a", series("A", [1.0]), facts=(("python", "3.11"),)),
        side("b", series("A", [2.0]), facts=(("python", "3.12"),)),
    ]
    assert len(match(inputs, CompareQuery()).tables) == 1
    assert match(inputs, CompareQuery(column="python")).columns == (("3.11",), ("3.12",))


def test_nothing_gives_nothing() -> None:
    found = match([], CompareQuery())
    assert (found.tables, found.columns) == ((), ())


def test_the_first_wrong_expression_is_the_one_reported() -> None:
    wrong = CompareQuery(filter="(", table="@", row="@", column="@", ignore="@")
    for option, fixed in [("filter", {"filter": "*"}), ("table", {"table": ""}), ("row", {"row": ""}),
                          ("col", {"column": ""}), ("ignore", {"ignore": ""})]:  # fmt: skip
        with pytest.raises(ExpressionError) as caught:
            compile_query(wrong)
        assert caught.value.option == option
        wrong = CompareQuery(**{name: getattr(wrong, name) for name in wrong.__struct_fields__} | fixed)
    compile_query(wrong)


def test_declarations_hold_for_all_inputs_and_the_first_stays() -> None:
    def declares(name: str, *events: SyntaxMessage | UnitDeclaration) -> Input:
        return side(name, events=events)

    declared, messages = declared_units(
        [
            declares("a", UnitDeclaration(1, "sec/op", "ns/op", "better", "lower"), SyntaxMessage(2, "missing unit")),
            declares("b", UnitDeclaration(3, "sec/op", "sec/op", "better", "higher"),
                     UnitDeclaration(4, "sec/op", "ns/op", "better", "lower")),
        ]
    )  # fmt: skip
    assert declared == {"sec/op": {"better": "lower"}}
    assert messages == ("a.txt:2: missing unit", "b.txt:3: metadata better of unit sec/op already set to lower")
