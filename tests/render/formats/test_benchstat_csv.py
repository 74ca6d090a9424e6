"""benchstat's CSV, on payloads made by hand; the goldens run whole command lines."""

from __future__ import annotations

import pytest

from perftool.render.formats.benchstat_csv import FORMAT, _letters, _quoted
from tests.render.formats.benchstat_runs import printed
from tests.render.formats.test_benchstat import cell, payload


def test_rows_are_as_long_as_their_last_cell_and_warnings_name_cells() -> None:
    shown = printed(payload(("A", cell(1, 1), None), ("B", None, cell(2)), ("C", cell(2), cell(3))), "csv")
    assert shown.out == (
        "goos: linux\n"
        "pkg: \n"
        ",old,,new,,,\n"
        ",sec/op,CI,sec/op,CI,vs base,P\n"
        "A,1,∞\n"
        "B,,,2,∞\n"
        "C,2,∞,3,∞,~,p=1.000 n=1\n"
        "geomean,1.414213562373095,,2.4494897427831783,,+50.00%,\n"
    )
    assert shown.err.splitlines()[1:] == [
        "B5: need >= 6 samples for confidence interval at level 0.95",
        "D6: need >= 6 samples for confidence interval at level 0.95",
        "B7: need >= 6 samples for confidence interval at level 0.95",
        "D7: need >= 6 samples for confidence interval at level 0.95",
        "F7: need >= 4 samples to detect a difference at alpha level 0.05",
        "D8: benchmark set differs from baseline; geomeans may not be comparable",
    ]


@pytest.mark.parametrize(
    ("field", "text"),
    [("", ""), ("a b", "a b"), (" a", '" a"'), ("a,b", '"a,b"'), ('q"t', '"q""t"'), (r"\.", r'"\."'),
     ("\xa0x", '"\xa0x"'), ("\x1cx", "\x1cx"), ("a\rb", '"a\rb"')],
)  # fmt: skip
def test_fields_are_quoted_as_go_quotes_them(field: str, text: str) -> None:
    assert _quoted(field) == text


def test_letters_beyond_z_are_benchstats() -> None:
    assert [_letters(i) for i in (0, 25, 26, 27, 51, 52)] == ["A", "Z", "BA", "BB", "BZ", "CA"]


def test_it_shows_comparisons_only() -> None:
    assert FORMAT.name == "benchstat-csv"
    assert FORMAT.kinds == {"compare"}
