from __future__ import annotations

from perftool.lint.measuring import measurements
from perftool.lint.stopwatch import Taken
from perftool.lint.totals import Totals
from perftool.workers.metrics import Metrics


def keys(found):
    return {one.name + " " + one.unit: (one.values, one.better, one.gates) for one in found}


def test_time_and_findings_are_always_told():
    totals = Totals()
    totals.severities.update({"error": 2, "info": 1})
    found = keys(measurements(totals, 1.5, Metrics(), {}))
    assert found == {"lint/all sec": ((1.5,), "lower", False), "lint/all findings": ((3.0,), "lower", True)}


def test_rules_that_were_called_have_time_and_calls():
    times = {"X1": Taken("a-rule", 0.25, 4), "X2": Taken("another", 0.0, 0)}
    found = keys(measurements(Totals(), 1.5, Metrics(), times))
    assert found["lint/rules/rule=X1 cpu-sec"] == ((0.25,), "lower", False)
    assert found["lint/rules/rule=X1 calls"] == ((4.0,), "lower", False)
    assert not any("X2" in name for name in found)


def test_workers_tell_what_they_did_once_there_was_something_to_do():
    found = keys(measurements(Totals(), 1.5, Metrics(workers=2, items=3, wall_s=1.0, busy_s=(0.5, 0.5)), {}))
    assert found["lint/workers/workers=2 busy-share"] == ((0.5,), "higher", False)
