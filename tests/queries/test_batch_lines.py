"""Results of a batch: each once, in the order that was asked for, with any rows, in flat memory."""

from __future__ import annotations

import io
import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.databases.api import Column
from perftool.errors import OutputError
from perftool.queries.batch_lines import AHEAD, HELD, Line, Rows, Sink


def line(number: int) -> Line:
    return Line(number, f"q{number}", "shop", "ok")


@given(st.permutations(range(1, 12)))
def test_the_order_of_the_input(order: list[int]) -> None:
    file = io.BytesIO()
    sink = Sink(file, name="out", ordered=True)
    for number in order:
        sink.write(line(number), None, 0.0)
    sink.finish()
    assert [json.loads(text)["number"] for text in file.getvalue().splitlines()] == sorted(order)


def test_what_comes_behind_a_gap_is_written_in_the_end() -> None:
    file = io.BytesIO()
    sink = Sink(file, name="out", ordered=True)
    for number in (4, 1, 3):
        sink.write(line(number), None, 0.0)
    assert not sink.room(AHEAD + 5, 0.0)
    assert sink.room(AHEAD, 0.0)
    sink.finish()
    assert [json.loads(text)["number"] for text in file.getvalue().splitlines()] == [1, 3, 4]


def test_rows_of_any_size_and_kind() -> None:
    rows = Rows()
    rows.columns = (Column('a"b'), Column("c"))
    random = Random(7)
    given = [(number, random.choice(["x" * 50, None, 'é\n"', "NaN"])) for number in range(HELD // 20)]
    rows.add([])
    for start in range(0, len(given), 1000):
        rows.add(given[start : start + 1000])
    assert rows.size > HELD
    file = io.BytesIO()
    sink = Sink(file, name="out")
    sink.write(line(1), rows, 0.0)
    sink.finish()
    (text,) = file.getvalue().splitlines()
    read = json.loads(text)
    assert read["columns"] == ['a"b', "c"]
    assert [tuple(row) for row in read["values"]] == given


def test_rows_begin_again() -> None:
    rows = Rows()
    rows.add([(1,)])
    rows.clear()
    rows.add([(2,)])
    assert b"".join(rows.pieces()) == b"[2]"
    rows.close()


def test_half_of_a_pair_is_written_all_the_same() -> None:
    file = io.BytesIO()
    sink = Sink(file, name="out")
    sink.write(Line(1, "a\ud800", "shop", "failed", error="\udfff"), None, 0.0)
    sink.finish()
    assert json.loads(file.getvalue())["id"] == "a\\ud800"


def test_a_full_disk() -> None:
    with open("/dev/full", "wb", buffering=0) as file:
        sink = Sink(file, name="results.ndjson")
        sink.write(line(1), None, 0.0)
        with pytest.raises(OutputError, match=r"cannot write results\.ndjson: no space left"):
            sink.finish()
