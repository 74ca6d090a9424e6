import contextlib
import errno
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.errors import OutputError
from perftool.lint.spill import Pile, Spill


@given(st.lists(st.text(max_size=30), max_size=300))
def test_a_spill_is_the_list_that_was_appended(items: list[str]) -> None:
    with Spill[str](str) as spill:
        for number, item in enumerate(items):
            assert spill.append(item) == number
        assert list(spill) == items
        assert len(spill) == len(items)
        assert [spill[index] for index in range(-len(items), len(items))] == items * 2


def test_it_can_be_walked_while_it_grows_and_by_two_at_once() -> None:
    with Spill[int](int) as spill:
        for number in range(200):
            spill.append(number)
        first, second = iter(spill), iter(spill)
        assert [next(first), next(second), next(first)] == [0, 0, 1]
        spill.append(200)
        assert list(first)[-1] == 200
        assert spill[100:103] == [100, 101, 102]


def test_no_such_item() -> None:
    with Spill[int](int) as spill, pytest.raises(IndexError):
        spill[0]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_disk_is_said_plainly() -> None:
    with Spill[bytes](bytes) as spill, open("/dev/full", "wb", buffering=0) as full:
        spill._file.close()
        spill._file = full  # type: ignore[assignment]
        with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC).lower()):
            spill.append(b"x")


@given(st.lists(st.integers(0, 100_000).map(bytes), max_size=12), st.randoms(use_true_random=False))
def test_a_pile_gives_back_what_was_put_on_it_in_any_order(pieces: list[bytes], chance: random.Random) -> None:
    with contextlib.closing(Pile()) as pile:
        places = [(pile.put(piece), piece) for piece in pieces]
        chance.shuffle(places)
        for place, piece in places:
            assert pile.get(place) == piece
            assert pile.get(pile.put(b"more")) == b"more"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_disk_is_said_plainly_by_a_pile_too() -> None:
    pile = Pile()
    with open("/dev/full", "r+b", buffering=0) as full:
        pile._file.close()
        pile._file = full
        with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC).lower()):
            pile.put(b"x" * 400_000)
