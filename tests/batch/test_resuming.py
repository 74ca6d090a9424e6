from __future__ import annotations

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.batch.lines import Csv, Form, Line, Ndjson
from perftool.batch.resuming import read
from perftool.errors import UsageError


def line(number: int, text: str = "SELECT\n1", status: str = "ok") -> Line:
    result = msgspec.Raw(msgspec.json.encode({"sql": text}))
    return Line(number, None, "a,b\n.sql", 1, status, result, "", 0, 0, 0.1, 0.1, 9, 1, False, f"{number + 1:016x}")  # type: ignore[arg-type]


def written(form: Form, *numbers: int) -> bytes:
    return form.head() + b"".join(form.line(line(number)) for number in numbers)


def digest(number: int) -> bytes:
    return (number + 1).to_bytes(8, "big") + bytes(8)


@pytest.mark.parametrize("form", [Ndjson(), Csv(["sql"])], ids=["ndjson", "csv"])
def test_wherever_a_file_is_cut_its_whole_lines_count(form: Form) -> None:
    data = written(form, 0, 1, 2)
    ends = [len(written(form, *range(n))) for n in range(4)]
    for cut in range(len(form.head()), len(data) + 1):
        resumed = read(io.BytesIO(data[:cut]), form, "r")
        whole = sum(end <= cut for end in ends) - 1
        assert (len(resumed), resumed.end) == (whole, ends[whole])
        assert [resumed.has(n, digest(n)) for n in range(3)] == [n < whole for n in range(3)]


def test_holes_stay_holes() -> None:
    resumed = read(io.BytesIO(written(Ndjson(), 4, 1)), Ndjson(), "r")
    assert [n for n in range(6) if resumed.has(n, digest(n))] == [1, 4]
    assert resumed.statuses == {"ok": 2}


def test_other_input_is_refused() -> None:
    resumed = read(io.BytesIO(written(Ndjson(), 0, 1)), Ndjson(), "r.ndjson")
    with pytest.raises(UsageError, match=r"r\.ndjson holds the results of other input"):
        resumed.has(1, digest(7))
    with pytest.raises(UsageError, match="more items than the input"):
        resumed.check_all_seen(1)
    resumed.check_all_seen(2)


def test_an_item_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="item 1 twice"):
        read(io.BytesIO(written(Ndjson(), 1, 1)), Ndjson(), "r")


@pytest.mark.parametrize("form", [Ndjson(), Csv(["sql"])], ids=["ndjson", "csv"])
def test_a_file_of_something_else_is_left_alone(form: Form) -> None:
    with pytest.raises(UsageError, match="no results file"):
        read(io.BytesIO(b"my notes\nof years\n"), form, "notes.txt")
    assert len(read(io.BytesIO(b""), form, "r")) == 0


@given(data=st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    for form in (Ndjson(), Csv(["sql"])):
        whole = written(form, 0)
        try:
            resumed = read(io.BytesIO(whole + data), form, "r")
        except UsageError:
            continue
        assert resumed.end >= len(whole)


def test_a_line_with_another_digest_than_ours_is_refused() -> None:
    line = b'{"number":0,"status":"ok","digest":"00ff00ff00ff,0ff"}\n'
    with pytest.raises(UsageError, match=r"item 0 .* without a digest"):
        read(io.BytesIO(line), Ndjson(), "r.ndjson")
