"""Doubts about a command's own runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.processes.doubts import of_ends, of_runs

STEADY = [1.00, 1.01, 0.99, 1.02, 0.98, 1.00, 1.01]


@pytest.mark.parametrize(
    ("walls", "codes"),
    [
        (STEADY, []),
        ([5.0, *STEADY], ["first-run-slow"]),
        ([*STEADY, 5.0], ["outliers"]),
        ([0.5, *STEADY], ["outliers"]),
        ([1.2, *STEADY], []),
        ([1.0] * 9 + [2.0], ["outliers"]),
        ([w / 1000 for w in STEADY], ["short-command"]),
        ([5.0, 1.0], []),
    ],
)
def test_codes(walls: list[float], codes: list[str]) -> None:
    found = of_runs("x", walls, warmup=0, prepared=False)
    assert [d.code for d in found] == codes
    assert all(d.subject == "x" for d in found)


@pytest.mark.parametrize(
    ("warmup", "prepared", "advice"),
    [(0, False, "--warmup 3"), (2, False, "raise --warmup"), (2, True, "cold after --prepare")],
)
def test_advice_fits_what_was_done(warmup: int, prepared: bool, advice: str) -> None:
    assert advice in of_runs("x", [5.0, *STEADY], warmup=warmup, prepared=prepared)[0].message


@given(st.lists(st.floats(min_value=1e-6, max_value=1e6), max_size=30), st.floats(min_value=0.1, max_value=10))
def test_any_values_give_at_most_two(walls: list[float], factor: float) -> None:
    found = of_runs("x", walls, warmup=0, prepared=False)
    assert len(found) <= 2


def test_accepted_failures_are_said() -> None:
    assert of_ends("x", {"0": 3}) == []
    message = of_ends("x", {"0": 3, "2": 1, "SIGTERM": 2})[0].message
    assert message == "3 of 6 runs failed (exit code 2, SIGTERM) and are counted all the same"
