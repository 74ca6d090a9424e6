from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.workers.api import PAUSE, Item
from perftool.workers.chunks import FIRST_BYTES, LEAST_BYTES, MOST_BYTES, MOST_ITEMS, Chunk, Intake, Sizer, Window

if TYPE_CHECKING:
    from collections.abc import Iterator


def sizes(chunk: Chunk | None) -> list[int]:
    return [] if chunk is None else [task.size for task in chunk.tasks]


def of(*lengths: int) -> list[Item]:
    return [Item(n, b"x" * length) for n, length in enumerate(lengths)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 3 * FIRST_BYTES), max_size=40))
def test_chunks_joined_are_the_items(lengths: list[int]) -> None:
    intake = Intake(of(*lengths), Sizer(), Window())
    found = []
    while (chunk := intake.next()) is not None:
        assert chunk.size <= 2 * FIRST_BYTES or len(chunk.tasks) == 1
        found += chunk.tasks
    assert [task.item.number for task in found] == [task.index for task in found] == list(range(len(lengths)))
    assert intake.exhausted


def test_a_large_item_travels_by_itself() -> None:
    intake = Intake(of(10, 10, 5_000_000, 10), Sizer(), Window(size=1 << 30))
    assert [sizes(intake.next()) for _ in range(3)] == [[10, 10], [5_000_000], [10]]


def test_a_pause_ends_a_chunk_and_no_more() -> None:
    intake = Intake([*of(1, 2), PAUSE, PAUSE, *of(3)], Sizer(), Window())
    assert [sizes(intake.next()) for _ in range(4)] == [[1, 2], [], [3], []]
    assert intake.exhausted
    assert intake.pulled == 3


def test_many_tiny_items_are_bounded() -> None:
    intake = Intake(of(*[0] * (MOST_ITEMS + 5)), Sizer(), Window())
    assert [len(sizes(intake.next())) for _ in range(2)] == [MOST_ITEMS, 5]


def test_sizes_follow_the_measured_rate_within_limits() -> None:
    sizer = Sizer()
    assert sizer.target == FIRST_BYTES
    for _ in range(30):
        sizer.learn(100_000, 0.1)
    assert abs(sizer.target - 15_000) < 100, "3 s of work: still short ones"
    for _ in range(60):
        sizer.learn(100_000, 0.1)
    assert abs(sizer.target - 45_000) < 100, "after 9 s longer ones"
    for _ in range(50):
        sizer.learn(1, 5.0)
    assert sizer.target == LEAST_BYTES
    sizer.learn(1 << 40, 0.0)
    assert sizer.target == MOST_BYTES


def test_shrinking_is_bounded_and_wears_off() -> None:
    sizer = Sizer()
    for _ in range(40):
        sizer.shrink()
    assert sizer.target == LEAST_BYTES
    for _ in range(40):
        sizer.grow()
    assert sizer.target == FIRST_BYTES


def test_no_more_is_pulled_than_the_window_holds() -> None:
    pulled = 0

    def endless() -> Iterator[Item]:
        nonlocal pulled
        while True:
            pulled += 1
            yield Item(pulled, b"x" * 100)

    window = Window(items=20)
    intake = Intake(endless(), Sizer(), window)
    assert len(sizes(intake.next())) == pulled == 20
    assert intake.next() is None
    window.leave(100)
    assert intake.next() is None, "one free place is not worth a chunk"
    for _ in range(5):
        window.leave(100)
    assert len(sizes(intake.next())) == 6
    assert not intake.exhausted


def test_one_worker_does_not_get_the_whole_window() -> None:
    assert len(sizes(Intake(of(*[1] * 50), Sizer(), Window(items=20), parts=4).next())) == 5
    assert sum(sizes(Intake(of(*[100] * 50), Sizer(), Window(size=2000), parts=4).next())) == 500
    assert sizes(Intake(of(7, 7), Sizer(), Window(items=1), parts=4).next()) == [7]


def test_the_window_counts_results_too_and_never_shuts_for_good() -> None:
    window = Window(size=1000)
    window.enter(10)
    window.resize(10, 5000)
    assert not window.open
    window.leave(5000)
    assert (window.items, window.bytes) == (0, 0)
    assert window.open
    window.enter(10_000)
    assert not window.open
    window.leave(10_000)
    for _ in range(40):
        window.shrink()
    assert window.open, "an empty window lets one item in, whatever its size"


def test_what_comes_back_goes_first() -> None:
    intake = Intake(of(1, 2, 3), Sizer(), Window(items=2))
    chunk = intake.next()
    assert chunk is not None
    intake.put_back([Chunk(chunk.tasks[:1], alone=True), Chunk([]), Chunk(chunk.tasks[1:])])
    again = intake.next()
    assert again is not None
    assert (sizes(again), again.alone) == ([1], True)
    assert not intake.exhausted
    assert [task.size for task in intake.stop()] == [2]
    assert intake.exhausted
    assert intake.next() is None
