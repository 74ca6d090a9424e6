"""Where in a statement an error is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.databases.faults import Fault
from perftool.queries import pointing
from perftool.queries.requests import Statement


def fault(message: str, position: int | None = None) -> Fault:
    return Fault("statement", "", message, position=position)


@pytest.mark.parametrize(
    ("message", "sql", "found"),
    [
        ('near "FORM": syntax error', "SELECT *\nFORM t", "FORM"),
        ("near ', 2' at line 2", "SELECT 1,\n,, 2", ","),
        ("You have an error near 'FORM t' at line 1", "SELECT * FORM t", "FORM"),
        ("You have an error near '' at line 1", "SELECT", None),
        ("no such column: o.nope", "SELECT o.nope FROM orders o", "o.nope"),
        ("no such table: main.ordres", "SELECT * FROM ordres", "ordres"),
        ('column "nope" does not exist', "SELECT 'a nope', \"nope\" FROM t", "nope"),
        ("Table 'shop.ordres' doesn't exist", "SELECT * FROM ordres", "ordres"),
        ("Catalog Error: Table with name ordres does not exist!", "SELECT * FROM Ordres", "Ordres"),
        ("division by zero", "SELECT 1/0", None),
        ('near "a": syntax error', "SELECT a a a", None),
    ],
)
def test_what_a_message_quotes_is_found(message: str, sql: str, found: str | None) -> None:
    place = pointing.position(fault(message), sql)
    assert (sql[slice(*place)] if place else None) == found


@given(st.text(max_size=40), st.text(max_size=20), st.integers(-3, 60))
def test_a_place_is_always_inside(sql: str, quoted: str, position: int) -> None:
    for one in (fault(f'near "{quoted}": x', position), fault(f"near '{quoted}' at line 2"), fault(quoted)):
        place = pointing.position(one, sql)
        assert place is None or 0 <= place[0] <= place[1] <= len(sql)


@given(st.text("ab\r\n é𝄞", max_size=12), st.text("ab\r\n é𝄞", max_size=12), st.integers(1, 9))
def test_places_are_those_of_the_file(before: str, after: str, column: int) -> None:
    """Lines and columns go on where the statement begins; bytes lead to the same text."""
    sql = f"{before}WRONG {after}"
    lead = "x" * (column - 1)
    statement = Statement(sql, "a.sql", start=len(lead) + 7, line=3, column=column)
    made = pointing.diagnostic(statement, fault("", len(before)))
    assert made.span is not None
    text = lead + sql
    data = text.encode()
    assert data[made.span.start - 7 : made.span.end - 7] == b"WRONG"
    rows = text[: len(lead) + len(before)].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert (made.span.line, made.span.column) == (3 + len(rows) - 1, len(rows[-1]) + 1)
    line = pointing.quote([statement], "a.sql", made.span.start)
    assert line is not None
    assert line[made.span.column - 1 : made.span.end_column - 1] == "WRONG"
    assert pointing.quote([statement], "b.sql", made.span.start) is None
