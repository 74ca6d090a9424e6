from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.workers.slots import JOURNAL_BYTES, Slots, shared_file

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def both() -> Iterator[tuple[Slots, Slots]]:
    """Return the same memory mapped twice, as parent and worker have it."""
    descriptor = shared_file(2)
    one, other = Slots(descriptor, 2), Slots(descriptor, 2)
    os.close(descriptor)
    yield one, other
    one.close()
    other.close()


def test_the_other_side_sees_what_runs(both: tuple[Slots, Slots]) -> None:
    worker, parent = both[0][1], both[1][1]
    assert parent.running() == (0, 0)
    worker.begin(7, 123)
    assert parent.running() == (7, 123)
    worker.end()
    assert parent.running() == (7, 0)
    assert both[1][0].running() == (0, 0), "slots are apart"


def test_kept_messages_stay_until_sent(both: tuple[Slots, Slots]) -> None:
    worker, parent = both[0][0], both[1][0]
    assert worker.keep(b"one")
    assert worker.keep(b"two")
    with parent.kept() as kept:
        assert bytes(kept) == b"onetwo"
    worker.sent()
    assert len(parent.kept()) == 0


def test_the_journal_is_bounded(both: tuple[Slots, Slots]) -> None:
    worker, neighbour = both[0][0], both[0][1]
    assert worker.keep(b"x" * (JOURNAL_BYTES - 1))
    assert not worker.keep(b"yz")
    assert worker.keep(b"y")
    assert len(worker.kept()) == JOURNAL_BYTES
    assert neighbour.running() == (0, 0)


def test_reset_makes_room_for_another_worker(both: tuple[Slots, Slots]) -> None:
    slot = both[0][0]
    slot.begin(3, 4)
    slot.keep(b"x")
    slot.reset()
    assert slot.running() == (0, 0)
    assert len(slot.kept()) == 0
