from __future__ import annotations

from itertools import count

import pytest

from perftool.lint.analysis import Analyser
from perftool.lint.api import Finding, Rule
from perftool.lint.stopwatch import Stopwatch, Taken, times
from perftool.sql.actions import CreateIndex
from perftool.sql.nodes import exp


def once(node, at):
    yield at.found(node, "is there")


def in_vain(node, at):
    yield at.found(node, "is there")
    raise ValueError("and then it broke")


def rule(**parts):
    return Rule(code="X1", name="a-rule", severity="info", sets=frozenset({"all"}), **parts)


class Ticks:
    """A clock that gains a second with each reading of it."""

    def __init__(self):
        self.now = count()

    def __call__(self):
        return float(next(self.now))


def watch_of_ticks():
    watch = Stopwatch(Ticks())
    # A reading of such a clock costs a second, which is taken off: let every call have taken one more.
    watch._own = 0.0
    return watch


def test_each_call_of_a_handler_a_judge_and_an_action_counts():
    watch = watch_of_ticks()
    timed = watch.timed(rule(nodes={exp.Column: once}, judge=lambda f, _: f, actions={CreateIndex: lambda *_: ()}))
    assert len(Analyser("postgres", [timed]).analyse("SELECT a, b FROM t").findings) == 2
    assert watch.counters() == {"seconds X1": 2.0, "calls X1": 2.0}
    kept = Finding(start=0, end=1, message="m")
    assert timed.judge(kept, None) is kept
    assert list(timed.actions[CreateIndex](None, None)) == []
    assert watch.counters() == {"seconds X1": 4.0, "calls X1": 4.0}


def test_what_was_found_before_a_fault_is_found_with_a_watch_too():
    watch = watch_of_ticks()
    timed, plain = watch.timed(rule(nodes={exp.Column: in_vain})), rule(nodes={exp.Column: in_vain})
    found, wanted = (Analyser("postgres", [one]).analyse("SELECT a FROM t").findings for one in (timed, plain))
    assert found == wanted
    assert [one.code for one in found] == ["X1", "PT003"]
    assert watch.counters()["calls X1"] == 1


def test_the_rule_itself_stays_as_it_is():
    plain = rule(nodes={exp.Column: once})
    timed = watch_of_ticks().timed(plain)
    assert plain.nodes[exp.Column] is once
    assert (timed.code, timed.sets, timed.judge) == (plain.code, plain.sets, None)


def test_what_reading_the_clock_takes_is_taken_off():
    watch = Stopwatch(Ticks())
    list(watch.timed(rule(nodes={exp.Column: once})).nodes[exp.Column](exp.column("a"), Found()))
    assert watch.counters() == {"seconds X1": 0.0, "calls X1": 1.0}


class Found:
    def found(self, node, message):
        return Finding(start=0, end=1, message=message)


def test_a_watch_can_begin_anew():
    watch = watch_of_ticks()
    timed = watch.timed(rule(judge=lambda f, _: f))
    timed.judge(Finding(start=0, end=1, message="m"), None)
    watch.forget()
    assert watch.counters() == {}
    timed.judge(Finding(start=0, end=1, message="m"), None)
    assert watch.counters() == {"seconds X1": 1.0, "calls X1": 1.0}


def test_processes_are_added_up_and_a_silent_rule_took_nothing():
    told = [{"seconds X1": 1.5, "calls X1": 3.0, "pool_hits": 9.0}, {"seconds X1": 0.5, "calls X1": 1.0}]
    found = times({"X1": rule(), "X2": rule()}, *told)
    assert found == {"X1": Taken("a-rule", pytest.approx(2.0), 4), "X2": Taken("a-rule", 0.0, 0)}
