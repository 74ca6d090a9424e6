"""Two profiles function by function: figures, intervals, and what chance alone is never called."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.errors import InputError, UsageError
from perftool.profiling.benchmarked import together
from perftool.profiling.capture import ALLOC_SPACE, CPU, SAMPLES, Builder, Capture, Function
from perftool.profiling.diff import Per, Side, compared, side

MAIN = Function("app.main", "/srv/app/app.py", 1)
PERIOD = 10_000_000


def sampled(**counts: int) -> Capture:
    """Return a capture in which ``main`` calls each function, with so many samples of 10 ms."""
    builder = Builder([SAMPLES, CPU])
    for name, number in counts.items():
        stack = [builder.frame(MAIN, 2), builder.frame(Function(f"app.{name}", "/srv/app/app.py", 10), 11)]
        builder.add(stack, [number, number * PERIOD])
    return replace(builder.build(), default=1, period=PERIOD, period_type=CPU)


def sides(before: list[Capture], after: list[Capture]) -> tuple[Side, Side]:
    return side("before", before), side("after", after)


def row(payload: object, name: str) -> object:
    return next(one for one in payload.rows if one.function == name)  # type: ignore[attr-defined]


def test_shares_and_totals() -> None:
    payload = compared(*sides([sampled(a=60, b=40)], [sampled(a=60, b=140)]))
    assert (payload.value, payload.unit, payload.per, payload.basis) == ("cpu", "s", "share", "samples")
    assert (payload.before, payload.after) == (1.0, 2.0)
    first = payload.rows[0]
    assert (first.before, first.after, round(first.change, 9)) == (0.6, 0.3, -0.3)
    main = next(one for one in payload.rows if one.function == "app.main")
    assert (main.before, main.before_total_share, main.after_total_share) == (0.0, 1.0, 1.0)
    assert (first.share_of_change, first.file, first.line) == (None, "app.py", 10)


def test_weights_per_capture() -> None:
    payload = compared(*sides([sampled(a=60, b=40)], [sampled(a=60, b=140)]), per="capture")
    found = {one.function: (one.before, one.after, one.share_of_change) for one in payload.rows}
    assert found["app.b"] == pytest.approx((0.4, 1.4, 1.0))
    assert found["app.a"] == pytest.approx((0.6, 0.6, 0.0))


def test_repeats_of_a_benchmark_are_captures_and_count_operations() -> None:
    before = together([(sampled(a=50), 0, 100), (sampled(a=52), 1, 104), (sampled(a=49), 2, 98)], case="c")
    after = together([(sampled(a=100), 0, 100), (sampled(a=90), 1, 100), (sampled(a=95), 2, 100)], case="c")
    payload = compared(*sides([before], [after]))
    assert (payload.per, payload.captures, payload.basis) == ("op", (3, 3), "captures")
    first = payload.rows[0]
    assert (round(first.before, 9), round(first.after, 9), round(first.share_of_change or 0, 9)) == (0.005, 0.0095, 1)
    assert first.lo is not None
    assert first.lo > 0
    assert first.sure


def test_what_was_counted_has_no_interval() -> None:
    def counted(size: int) -> Capture:
        builder = Builder([ALLOC_SPACE])
        builder.add([builder.frame(MAIN)], [size])
        return builder.build()

    payload = compared(*sides([counted(1000)], [counted(3000)]), per="capture")
    assert (payload.basis, payload.unit) == ("none", "B")
    assert (payload.rows[0].lo, payload.rows[0].p, payload.rows[0].change) == (None, None, 2000)
    assert payload.rows[0].sure


def test_the_smallest_are_left_out() -> None:
    payload = compared(*sides([sampled(a=100_000, b=1)], [sampled(a=100_000)]))
    assert (payload.left_out, len(payload.rows)) == (1, 2)


def test_wrong_wishes() -> None:
    two = sides([sampled(a=1)], [sampled(a=1)])
    with pytest.raises(UsageError, match="no values called 'wall'"):
        compared(*two, value="wall")
    with pytest.raises(UsageError, match="how many operations"):
        compared(*two, per="op")
    with pytest.raises(InputError, match="nothing in common: samples, cpu and alloc_space"):
        compared(side("a", [sampled(a=1)]), side("b", [Capture((ALLOC_SPACE,))]))
    with pytest.raises(InputError, match="after: no cpu in it"):
        compared(*sides([sampled(a=1)], [Capture((SAMPLES, CPU), default=1)]))


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 300), min_size=1)


@given(
    st.lists(COUNTS, min_size=1, max_size=3),
    st.lists(COUNTS, min_size=1, max_size=3),
    st.sampled_from(["share", "capture"]),
)
@settings(deadline=None, max_examples=40)
def test_swapping_the_sides_flips_the_signs(
    before: list[dict[str, int]], after: list[dict[str, int]], per: str
) -> None:
    left, right = [sampled(**one) for one in before], [sampled(**one) for one in after]
    one, other = (compared(*sides(*pair), per=per) for pair in ((left, right), (right, left)))  # type: ignore[arg-type]
    mirrored = {row.function: row for row in other.rows}
    for found in one.rows:
        twin = mirrored[found.function]
        assert found.change == pytest.approx(-twin.change, abs=1e-9)
        assert found.lo is not None
        assert twin.hi is not None
        assert found.lo == pytest.approx(-twin.hi, abs=1e-9)
        assert found.lo <= found.change <= (found.hi or 0)
    if per == "capture":
        assert sum(found.change for found in one.rows) == pytest.approx(one.after - one.before, abs=1e-9)


@given(st.lists(COUNTS, min_size=1, max_size=4))
@settings(deadline=None, max_examples=40)
def test_a_profile_does_not_differ_from_itself(taken: list[dict[str, int]]) -> None:
    captures = [sampled(**one) for one in taken]
    payload = compared(*sides(captures, captures))
    assert all(not one.change and not one.sure for one in payload.rows)


def drawn(source: random.Random, heavy: list[float], *, samples: int = 300, scatter: float = 0.0) -> Capture:
    """Return samples of functions as heavy as given; with ``scatter`` every run has weights of its own around them."""
    names = [f"f{i}" for i in range(len(heavy))]
    weights = [one * math.exp(source.gauss(0, scatter)) for one in heavy]
    taken = source.choices(names, weights, k=samples)
    return sampled(**{name: taken.count(name) for name in names if name in taken})


HEAVY = [1 / (i + 1) for i in range(40)]


@pytest.mark.parametrize("per", ["share", "capture"])
@pytest.mark.parametrize(("repeats", "scatter"), [(1, 0.0), (2, 0.2), (5, 0.2)])
def test_chance_alone_is_seldom_called_a_change(repeats: int, scatter: float, per: Per) -> None:
    """Sample one program of forty functions again and again: no more than one comparison in twenty finds anything."""
    source = random.Random(f"{repeats}{scatter}{per}")
    wrong = 0
    for _ in range(40):
        two = [[drawn(source, HEAVY, scatter=scatter) for _ in range(repeats)] for _ in range(2)]
        payload = compared(*sides(*two), per=per)
        wrong += any(one.sure for one in payload.rows)
    assert wrong <= 5


def test_three_repeats_find_what_became_three_times_as_slow() -> None:
    source = random.Random(5)
    slow = [one * (3 if at == 6 else 1) for at, one in enumerate(HEAVY)]
    found = 0
    for _ in range(10):
        before = [drawn(source, HEAVY, samples=600, scatter=0.15) for _ in range(3)]
        after = [drawn(source, slow, samples=645, scatter=0.15) for _ in range(3)]
        payload = compared(*sides(before, after), per="capture")
        found += payload.rows[0].function == "app.f6" and payload.rows[0].sure
    assert found >= 8


def test_intervals_over_repeats_hold_what_is_true() -> None:
    source = random.Random(9)
    slow = [one * (2 if at == 2 else 1) for at, one in enumerate(HEAVY)]
    true = 2 * HEAVY[2] / sum(slow) - HEAVY[2] / sum(HEAVY)
    held = 0
    for _ in range(60):
        two = [[drawn(source, heavy, scatter=0.1) for _ in range(3)] for heavy in (HEAVY, slow)]
        one = next(row for row in compared(*sides(*two)).rows if row.function == "app.f2")
        assert one.lo is not None
        assert one.hi is not None
        held += one.lo <= true <= one.hi
    assert held >= 53


def test_a_planted_change_is_found_and_stands_first() -> None:
    source = random.Random(3)

    def taken(slow: int) -> Capture:
        return sampled(a=500 + source.randrange(20), b=300 + source.randrange(20), c=slow + source.randrange(10))

    payload = compared(*sides([taken(50) for _ in range(5)], [taken(200) for _ in range(5)]), per="capture")
    assert payload.rows[0].function == "app.c"
    assert payload.rows[0].sure
    assert not any(one.sure for one in payload.rows[1:])
    assert payload.rows[0].share_of_change == pytest.approx(1, abs=0.1)
