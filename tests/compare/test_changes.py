"""The change of one row."""

from __future__ import annotations

import pytest

from perftool.compare.changes import Method, between, between_exact, ratio
from perftool.model.comparison import Cell, Summary


def cell(center: float, lo: float | None = None, hi: float | None = None) -> Cell:
    summary = Summary(center=center, lo=center if lo is None else lo, hi=center if hi is None else hi, n=1)
    return Cell(summary=summary, values=(center,), samples=1)


def test_p_equal_to_alpha_is_not_significant() -> None:
    found = between([1, 2, 3], [4, 5, 6], Method(alpha=0.1))
    assert found.p == pytest.approx(0.1)
    assert between([1, 2, 3], [4, 5, 6], Method(alpha=found.p or 0)).significant is False
    assert between([1, 2, 3], [4, 5, 6], Method(alpha=0.11)).significant is True


def test_what_is_equal_or_too_little_is_said() -> None:
    assert between([1, 1], [1, 1], Method()).warnings == ("all samples are equal",)
    assert between([1], [2], Method()).warnings == ("needs 4 blocks to find a difference at level 0.05",)
    assert between([1.0] * 6, [2.0] * 6, Method()).warnings == ()


def test_exact_changes() -> None:
    found = between_exact(cell(4), cell(5))
    assert (found.estimate, found.lo, found.hi, found.significant, found.name) == (0.25, 0.25, 0.25, True, "exact")
    spread = between_exact(cell(4, 4, 5), cell(5, 5, 6))
    assert (spread.lo, spread.hi) == (0.0, 0.5)
    assert between_exact(cell(0), cell(5)).estimate is None


def test_ratio() -> None:
    assert (ratio(2, 3), ratio(0, 0), ratio(0, 1), ratio(1e-300, 1e300)) == (0.5, 0.0, None, None)
