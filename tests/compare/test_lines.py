"""Lines in batches."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.lines import LINE_LIMIT, LineTooLongError, batches


class Endless:
    """A stream of one line without end, which must not be read on and on."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int) -> bytes:
        self.given += size
        return b"x" * size


def lines(data: bytes) -> list[bytes]:
    return [line for batch in batches(io.BytesIO(data), "f") for line in batch]


@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line), max_size=30))
def test_lines_are_those_of_the_stream(wanted: list[bytes]) -> None:
    assert lines(b"".join(line + b"\n" for line in wanted)) == wanted


def test_the_last_line_may_lack_its_line_feed() -> None:
    assert lines(b"a\nb") == [b"a", b"b"]
    assert lines(b"") == []


def test_lines_across_chunks_are_whole() -> None:
    wanted = [b"%05d" % number * 9 for number in range(5000)]
    assert lines(b"\n".join(wanted)) == wanted


def test_a_line_up_to_the_limit_is_read() -> None:
    longest = b"x" * (LINE_LIMIT - 1)
    assert lines(longest + b"\ny") == [longest, b"y"]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\nmore\n"])
def test_a_longer_line_stops(ending: bytes) -> None:
    with pytest.raises(LineTooLongError) as caught:
        lines(b"one\ntwo\n" + b"x" * LINE_LIMIT + ending)
    assert caught.value.last_line == 2
    assert caught.value.message == "f:3: the line has 65,536 bytes or more"


def test_an_endless_line_is_not_read_to_its_end() -> None:
    stream = Endless()
    with pytest.raises(LineTooLongError):
        list(batches(stream, "f"))  # type: ignore[arg-type]
    assert stream.given < 4 * LINE_LIMIT
