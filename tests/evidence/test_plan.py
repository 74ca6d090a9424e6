"""The study's plan: as many runs as were promised, in an order that no result can change."""

from __future__ import annotations

from collections import Counter

from docs.evidence.honesty import plan


def test_numbers_of_runs() -> None:
    counts = Counter((run.case, run.level) for run in plan.vs_runs())
    assert counts["", 0] == 60
    assert {key: n for key, n in counts.items() if key[1]} == {(c, x): 10 for c in plan.CASES for x in (10, 25, 30)}
    assert Counter(run.tool for run in plan.peer_runs()) == plan.PEER_RUNS
    assert len(plan.unblocked_runs()) == 60


def test_order_is_fixed_and_mixed() -> None:
    runs = plan.vs_runs()
    assert runs == plan.vs_runs()
    assert [run.number for run in runs] == list(range(1, 181))
    halves = [sum(run.level == 0 for run in half) for half in (runs[:90], runs[90:])]
    assert min(halves) > 20
