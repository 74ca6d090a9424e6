from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.api import Edit, Finding
from perftool.lint.placing import diagnostic
from perftool.lint.records import Placed, StatementRecord, layout

TEXT = "SELECT id /* é */ FROM t WHERE a = NULL"
BASE = 100

_RANGES = st.tuples(st.integers(0, len(TEXT)), st.integers(0, 12)).map(lambda one: (one[0], one[0] + one[1]))


def fixed(edits: list[tuple[int, int]], rewritten: list[tuple[int, int]]) -> bool:
    """Say whether a finding with these edits, in characters of the statement, has a fix."""
    statement = Placed(BASE, BASE + len(TEXT), 1, 1, StatementRecord(kind="SELECT", layout=layout(TEXT)))
    finding = Finding(start=0, end=1, message="x", edits=tuple(Edit(start, end, "y") for start, end in edits))
    made = diagnostic("a.sql", "COR001", "null-comparison", "error", finding, statement, 0, rewritten)
    return made.fix is not None


def in_file(start: int, end: int) -> tuple[int, int]:
    """Return the bytes of the file that characters of the statement take."""
    return BASE + len(TEXT[:start].encode()), BASE + len(TEXT[:end].encode())


def test_an_edit_may_stand_beside_what_was_rewritten_and_not_reach_into_it() -> None:
    comment = [in_file(10, 17)]
    assert fixed([(33, 39)], comment)
    assert fixed([(17, 18), (9, 10), (10, 10), (17, 17)], comment)
    assert not fixed([(9, 11)], comment)
    assert not fixed([(33, 39), (16, 17)], comment)
    assert not fixed([(12, 12)], comment)


@given(st.lists(_RANGES, min_size=1, max_size=3), st.lists(_RANGES, max_size=3))
def test_no_byte_that_was_read_otherwise_is_ever_edited(
    edits: list[tuple[int, int]], rewritten: list[tuple[int, int]]
) -> None:
    ranges = [in_file(*one) for one in rewritten]
    touched = {byte for start, end in ranges for byte in range(start, end)}
    changed = {byte for start, end in edits for byte in range(*in_file(start, end))}
    if fixed(edits, ranges):
        assert not touched & changed
