"""When an adaptive run is looked at, and at which level."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare import looks
from perftool.model.paired import Look, Stopping
from perftool.stats.sequential import boundaries


def stopping(
    done: int, reason: str, seen: tuple[int, ...] = (20, 40), rule: str = "adaptive", planned: int = 80
) -> Stopping:
    told = tuple(Look(blocks=blocks, alpha=0.01, decided=1, rows=2) for blocks in seen)
    return Stopping(rule=rule, planned=planned, done=done, reason=reason, looks=told)  # type: ignore[arg-type]


@given(st.integers(20, 5000), st.integers(0, 5000))
def test_looks_begin_and_end_where_told_and_are_four_at_most(first: int, more: int) -> None:
    found = looks.planned(first, first + more)
    assert found[0] == first or (len(found) == 1 and more <= 0.002 * (first + more) + 1)
    assert found[-1] == first + more
    assert list(found) == sorted(set(found))
    assert len(found) <= 4
    assert all(later - before >= 0.001 * (first + more) for before, later in pairwise(found))


def test_looks_that_nearly_coincide_are_one() -> None:
    assert looks.planned(9999, 10_000) == (10_000,)
    assert looks.planned(80, 80) == (80,)
    assert looks.planned(79, 80) == (79, 80)


def test_default_looks_and_their_levels() -> None:
    assert looks.planned(20, 80) == (20, 40, 60, 80)
    assert looks.levels((20, 40, 60, 80), 0.05) == pytest.approx((1.47e-5, 3.05e-3, 0.01832, 0.04401), rel=0.01)


def test_a_fixed_run_is_tested_at_alpha() -> None:
    assert looks.final_level(stopping(20, "planned", (), "fixed"), 0.05) == 0.05
    assert looks.final_level(stopping(11, "budget", (), "fixed"), 0.05) == 0.05


def test_an_adaptive_run_is_tested_at_the_level_of_its_last_look() -> None:
    levels = looks.levels((20, 40, 60, 80), 0.05)
    assert looks.final_level(stopping(40, "decided"), 0.05) == pytest.approx(levels[1])
    assert looks.final_level(stopping(80, "planned", (20, 40, 60, 80)), 0.05) == pytest.approx(levels[3])


def test_a_budget_spends_what_is_left_at_its_end() -> None:
    between = looks.final_level(stopping(50, "budget"), 0.05)
    assert between == pytest.approx(boundaries((0.25, 0.5, 0.625), 0.05, last_spends_all=True)[-1])
    at_a_look = looks.final_level(stopping(40, "budget"), 0.05)
    assert at_a_look == pytest.approx(boundaries((0.25, 0.5), 0.05, last_spends_all=True)[-1])
    before_any = looks.final_level(stopping(7, "budget", ()), 0.05)
    assert before_any == pytest.approx(0.05)
    assert looks.final_level(stopping(0, "interrupted", ()), 0.05) == 0.05


@pytest.mark.parametrize("done", [*range(1, 6), *range(20, 26), 9_999, 10_000])
def test_a_long_plan_may_end_right_behind_a_look(done: int) -> None:
    """A look and an end one block apart are nearer than levels can be told for: the run is judged all the same."""
    planned = looks.planned(20, 10_000)
    seen = tuple(look for look in planned if look < done)
    level = looks.final_level(stopping(done, "interrupted", seen, planned=10_000), 0.05)
    assert 0.04 < level <= 0.05
