"""benchstat's text, on payloads made by hand; the goldens run whole command lines."""

from __future__ import annotations

from perftool.model.comparison import Cell, Column, ComparisonPayload, Row, Summary, Table
from perftool.render.formats.benchstat import FORMAT
from tests.render.formats.benchstat_runs import printed


def cell(*values: float, residue: tuple[str, ...] = ()) -> Cell:
    # Summaries are wrong on purpose: the format has to compute its own.
    summary = Summary(center=1e9, lo=None, hi=None, n=0)
    return Cell(summary=summary, values=values, samples=len(values), residue=residue)


def payload(
    *rows: tuple[str, Cell | None, Cell | None], unit: str = "sec/op", exact: bool = False
) -> ComparisonPayload:
    table = Table(
        key=(("goos", "linux"), ("pkg", "")),
        unit=unit,
        better="lower",
        assume_exact=exact,
        columns=(0, 1),
        rows=tuple(Row(key=(name,), cells=(old, new)) for name, old, new in rows),
        geomeans=(None, None),
    )
    return ComparisonPayload(
        columns=(Column(key=("old",)), Column(key=("new",))),
        row_fields=(".fullname",),
        column_fields=(".file",),
        tables=(table,),
        alpha=0.05,
        confidence=0.95,
        syntax_messages=("old:1: missing units",),
    )


def test_a_table_is_computed_from_the_values() -> None:
    shown = printed(payload(("A", cell(1, 1, 2, 2, 3, 3), cell(5, 5, 6, 6, 7, 7))), "text")
    assert shown.out == (
        "goos: linux\npkg: \n"
        "  │     old     │                 new                 │\n"
        "  │   sec/op    │   sec/op     vs base                │\n"
        "A   2.000 ± 50%   6.000 ± 17%  +200.00% (p=0.002 n=6)\n"
    )
    assert shown.err == "old:1: missing units\n"


def test_footnotes_are_numbered_in_order_of_first_use() -> None:
    shown = printed(payload(("A", cell(1, residue=("pkg",)), None), ("B", cell(1, 2), cell(1))), "text")
    lines = shown.out.splitlines()
    assert lines[4] == "A         1.000 ± ∞ ¹ ²"
    assert [line[0] for line in lines[7:]] == list("¹²³⁴")[: len(lines) - 7]
    assert lines[7] == "¹ benchmarks vary in pkg"


def test_exact_units_need_no_test() -> None:
    shown = printed(payload(("A", cell(4096), cell(4301)), ("B", cell(0), cell(1)), unit="B/op", exact=True), "text")
    assert "+5.00% (n=1)" in shown.out
    assert "? (n=1)" in shown.out


def test_nothing_compared_is_nothing_printed() -> None:
    empty = ComparisonPayload(columns=(), row_fields=(), column_fields=(), tables=(), alpha=0.05, confidence=0.95)
    assert printed(empty, "text").out == ""
    assert printed(empty, "csv").out == ""


def test_it_shows_comparisons_only() -> None:
    assert FORMAT.name == "benchstat"
    assert FORMAT.kinds == {"compare"}
