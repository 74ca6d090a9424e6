"""Time what rules do: handlers, judges and actions of each, added up by code."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from perftool.lint.api import Finding, Judge, Rule

_SECONDS: Final = "seconds "
_CALLS: Final = "calls "
_READINGS: Final = 1000
_COARSEST_S: Final = 1e-6


class Stopwatch:
    """Seconds and calls of rules; a rule is timed only as its copy from ``timed``, so others cost nothing.

    ``clock`` gives seconds, rising; it is that of the thread's CPU time, or of wall time on systems where the former is
    too coarse. What a reading of it takes itself is taken off, as far as it is the same each time.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or _finest()
        self._own = _cost(self._clock)
        self._taken: dict[str, list[float]] = {}

    def timed(self, rule: Rule) -> Rule:
        """Return ``rule`` so that its time is counted here."""
        taken = self._taken.setdefault(rule.code, [0.0, 0.0])
        return replace(
            rule,
            nodes={node: self._handler(handler, taken) for node, handler in rule.nodes.items()},
            judge=None if rule.judge is None else self._judge(rule.judge, taken),
            actions={action: self._handler(handler, taken) for action, handler in rule.actions.items()},
        )

    def forget(self) -> None:
        """Begin anew."""
        for taken in self._taken.values():
            taken[:] = 0.0, 0.0

    def counters(self) -> dict[str, float]:
        """Return what has been counted as counters of a worker: see ``times``."""
        found = {}
        for code, (seconds, calls) in self._taken.items():
            if calls:
                found[_SECONDS + code] = max(0.0, seconds - calls * self._own)
                found[_CALLS + code] = calls
        return found

    def _handler(self, handler: Callable[[Any, Any], Iterable[Finding]], taken: list[float]) -> Any:
        clock = self._clock

        # A generator, so that what was found before a fault is found with a watch as well.
        def timed(subject: Any, context: Any) -> Generator[Finding]:
            began = clock()
            try:
                yield from handler(subject, context)
            finally:
                taken[0] += clock() - began
                taken[1] += 1

        return timed

    def _judge(self, judge: Judge, taken: list[float]) -> Judge:
        clock = self._clock

        def timed(finding: Finding, place: Any) -> Finding | None:
            began = clock()
            try:
                return judge(finding, place)
            finally:
                taken[0] += clock() - began
                taken[1] += 1

        return timed


class Taken(NamedTuple):
    """What the rule called ``name`` took in all its calls."""

    name: str
    seconds: float
    calls: int


def times(rules: Mapping[str, Rule], *counters: Mapping[str, float]) -> dict[str, Taken]:
    """Return what each of ``rules`` (by code) took, from the ``counters`` of processes; a rule never called took 0."""
    return {
        code: Taken(
            rule.name,
            sum(told.get(_SECONDS + code, 0.0) for told in counters),
            int(sum(told.get(_CALLS + code, 0.0) for told in counters)),
        )
        for code, rule in rules.items()
    }


def _finest() -> Callable[[], float]:
    fine = time.get_clock_info("thread_time").resolution <= _COARSEST_S
    return time.thread_time if fine else time.perf_counter


def _cost(clock: Callable[[], float]) -> float:
    """Return what lies between two readings of ``clock`` with nothing to be timed: the least of many."""
    return min(-(clock() - clock()) for _ in range(_READINGS))
