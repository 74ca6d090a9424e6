"""A setting wins only when it is surely better, all things considered."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from perftool.model.tune import Candidate
from perftool.tune.candidates import GRID
from perftool.tune.choosing import PEAK, judged, winner

NAMES = ["now", "fast", "faster", "off"]
BOUNDED = frozenset({"fast", "faster"})


def trial(centres: dict[str, float], rounds: int = 12, noise: float = 0.01, seed: int = 1) -> tuple[Candidate, ...]:
    chance = random.Random(seed)
    times = {
        name: {i: centre * (1 + chance.uniform(-noise, noise)) for i in range(rounds)}
        for name, centre in centres.items()
    }
    facts = {name: {PEAK: 100.0} for name in centres}
    return judged(list(centres), {key: {} for key in centres}, times, facts, confidence=0.95)


def chosen(candidates: tuple[Candidate, ...], **more: float) -> tuple[str, str]:
    bounds = {"minimum_effect": 0.02, "most_memory": 0.2, "confidence": 0.95, **more}
    return winner(candidates, BOUNDED, **bounds)


def test_the_fastest_of_those_surely_better() -> None:
    found = trial({"now": 1.0, "fast": 0.93, "faster": 0.88, "off": 1.0})
    assert chosen(found)[0] == "faster"
    best = found[2]
    assert best.lo is not None
    assert best.hi is not None
    assert best.lo <= 0.88 <= best.hi


def test_a_gain_below_the_minimum_changes_nothing() -> None:
    name, why = chosen(trial({"now": 1.0, "fast": 0.99, "faster": 0.985, "off": 1.0}, noise=0.001))
    assert name == "now"
    assert "2%" in why


def test_what_never_frees_circles_does_not_win() -> None:
    name, why = chosen(trial({"now": 1.0, "fast": 1.0, "faster": 1.0, "off": 0.8}))
    assert name == "now"
    assert "circles" in why


def test_memory_has_a_bound() -> None:
    found = list(trial({"now": 1.0, "fast": 0.8, "faster": 1.0, "off": 1.0}))
    heavy = Candidate(**{**{f: getattr(found[1], f) for f in found[1].__struct_fields__}, "facts": {PEAK: 130.0}})
    name, why = chosen((found[0], heavy, *found[2:]))
    assert name == "now"
    assert "memory" in why
    assert chosen((found[0], heavy, *found[2:]), most_memory=0.5)[0] == "fast"


def test_too_few_rounds_decide_nothing() -> None:
    assert chosen(trial({"now": 1.0, "fast": 0.5, "faster": 0.5, "off": 1.0}, rounds=4))[0] == "now"


def test_what_could_not_be_measured_says_so() -> None:
    found = judged(["now", "fast"], {"now": {}, "fast": {}}, {"now": {0: 1.0}}, {}, confidence=0.95)
    assert found[1].ratio is None
    assert found[1].reason


@given(st.integers(0, 10_000))
def test_equal_settings_are_rarely_told_apart(seed: int) -> None:
    # Whole intervals below 0.98 with noise of 1 %: that does not happen by chance.
    assert chosen(trial(dict.fromkeys(NAMES, 1.0), seed=seed))[0] == "now"


def test_pairs_take_out_what_a_round_has_in_common() -> None:
    slow = [1.0, 3.0, 1.2, 2.0, 5.0, 1.1, 1.7, 2.2]
    times = {"now": dict(enumerate(slow)), "fast": {i: value * 0.9 for i, value in enumerate(slow)}}
    found = judged(["now", "fast"], {"now": {}, "fast": {}}, times, {}, confidence=0.95)
    assert winner(found, BOUNDED, minimum_effect=0.02, most_memory=0.2, confidence=0.95)[0] == "fast"


def test_the_grid_begins_with_what_is_in_use() -> None:
    assert GRID[0].said() == {}
    assert len({one.name for one in GRID}) == len(GRID)
    assert [one.name for one in GRID if not one.bounded] == ["disabled"]
