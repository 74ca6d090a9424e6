from __future__ import annotations

import tempfile
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.batch.digests import Digests
from perftool.errors import OutputError

PUT = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 2**64 - 1)), max_size=60)


@given(PUT, st.integers(1, 9), st.integers(1, 4))
def test_what_was_put_is_found_however_few_pieces_are_in_memory(
    put: list[tuple[int, int]], entries: int, pieces: int
) -> None:
    wanted: dict[int, int] = {}
    with closing(Digests(entries, pieces)) as digests:
        for place, value in put:
            assert digests[place] == wanted.get(place, 0)
            digests[place] = value
            wanted[place] = value
        assert [digests[place] for place in range(220)] == [wanted.get(place, 0) for place in range(220)]
        assert len(digests) == max(wanted, default=-1) + 1
        assert len(digests._pieces) <= pieces


def test_a_few_need_no_file() -> None:
    digests = Digests()
    for place in range(10_000):
        digests[place] = place + 1
    assert digests._file is None
    assert digests[9_999] == 10_000


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    digests = Digests(1, 1)
    digests[0] = 1
    with pytest.raises(OutputError, match="temporary file: no space left"):
        digests[1] = 2
