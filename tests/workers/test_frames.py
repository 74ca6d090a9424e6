from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.workers import frames
from perftool.workers.frames import Frames, framed


def opened(messages: list[bytes]) -> list[bytes]:
    return [msgspec.msgpack.decode(message) for message in messages]


bodies = st.lists(st.binary(max_size=300), max_size=20)


@settings(deadline=None)
@given(bodies, st.lists(st.integers(1, 50), min_size=1))
def test_messages_survive_any_cutting(messages: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(framed(body) for body in messages)
    reader, found, at, turn = Frames(), [], 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        found += opened(reader.feed(stream[at : at + step]))
        at, turn = at + step, turn + 1
    assert found == messages
    assert reader.pending == 0


@settings(deadline=None)
@given(bodies, st.integers(0, 400))
def test_what_is_not_whole_stays(messages: list[bytes], missing: int) -> None:
    stream = b"".join(framed(body) for body in messages)
    short = stream[: max(0, len(stream) - missing)]
    reader = Frames()
    first = opened(reader.feed(short))
    assert first == messages[: len(first)]
    assert sum(len(framed(body)) for body in first) + reader.pending == len(short)
    assert first + opened(reader.feed(stream[len(short) :])) == messages


def test_a_long_message_in_many_pieces() -> None:
    stream = bytes(framed(b"a") + framed(b"x" * 3_000_000) + framed(b""))
    reader = Frames()
    found = [body for at in range(0, len(stream), 70_001) for body in reader.feed(memoryview(stream)[at : at + 70_001])]
    assert [len(body) for body in opened(found)] == [1, 3_000_000, 0]


def test_a_length_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LONGEST", 10)
    assert len(framed(b"x" * 8)) == 4 + 10
    with pytest.raises(ValueError, match="longer than 4 GiB"):
        framed(b"x" * 11)
