"""Text of an engine, cut anywhere, comes out in whole records."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.queries.pieces import Counted

if TYPE_CHECKING:
    from collections.abc import Iterator


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({min(place, len(data)) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(ends)]


@given(st.lists(st.lists(st.text('a",\n', max_size=3), min_size=2, max_size=2)), st.lists(st.integers(0, 60)))
def test_records_of_csv_are_whole_and_counted(rows: list[list[str]], places: list[int]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["x", "y"], *rows])
    counted = Counted(cut(text.getvalue().encode(), places), quoted=True, header=1)
    pieces = list(counted)
    assert b"".join(pieces).decode() == text.getvalue()
    assert counted.rows == len(rows)
    assert all(piece.endswith(b"\n") and piece.count(b'"') % 2 == 0 for piece in pieces)


@given(st.lists(st.sampled_from(["{}", '{"a":"\\""}'])), st.lists(st.integers(0, 60)))
def test_lines_are_whole_and_counted(lines: list[str], places: list[int]) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    counted = Counted(cut(data, places), quoted=False)
    assert b"".join(counted) == data
    assert counted.rows == len(lines)


def test_what_an_error_cuts_off_is_not_passed_on() -> None:
    def broken() -> Iterator[bytes]:
        yield b'{"a":1}\n{"a"'
        raise ConnectionError

    passed = []
    counted = Counted(broken(), quoted=False)
    with pytest.raises(ConnectionError):
        passed.extend(counted)
    assert passed == [b'{"a":1}\n'] or counted.rows == 1


def test_a_last_line_without_its_end_is_a_record() -> None:
    counted = Counted([b"x\n1\n2"], quoted=True, header=1)
    assert list(counted) == [b"x\n1\n", b"2"]
    assert counted.rows == 2
