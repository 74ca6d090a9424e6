"""Databases in reports: what they are, and what their connection pools did. Never where they are or who logged in."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model


class DatabaseFacts(Model, frozen=True):
    """A database that was used: ``label`` names it in this report, ``durability`` are settings that a commit pays for.

    ``driver`` is the library and its version; ``settings`` were set by the run, or are worth telling.
    """

    label: str
    system: str
    version: str
    driver: str
    durability: dict[str, str] = {}
    settings: dict[str, str] = {}


class PoolSettings(Model, frozen=True):
    """How a pool keeps connections; times in seconds, 0 switching off what they bound.

    ``minimum`` connections are kept open, at most ``maximum`` plus ``overflow`` exist at a time, and those of the
    overflow are closed when they come back. ``timeout_s`` is how long a checkout waits. ``pre_ping`` asks each
    connection whether it lives before it is given out; ``health_s`` is the interval at which idle ones are asked.
    Connections are closed when they were idle for ``idle_s``, are older than ``recycle_s``, or were used
    ``maximum_uses`` times (0: any number). ``warm_up`` opens the minimum at once. ``fair`` serves waiters in their
    order. ``leak_s`` is the hold time from which a connection counts as leaked; the stack that took it is kept then.
    An alarm is raised when the p95 of the wait is above ``alarm_wait_s``, when somebody waited for more than
    ``alarm_exhausted`` of the time, and when more than ``alarm_pools`` pools of one name live in the process.
    """

    minimum: int = 0
    maximum: int = 5
    overflow: int = 0
    timeout_s: float = 30.0
    pre_ping: bool = False
    health_s: float = 0.0
    idle_s: float = 0.0
    recycle_s: float = 0.0
    maximum_uses: int = 0
    warm_up: bool = False
    fair: bool = True
    leak_s: float = 0.0
    alarm_wait_s: float = 1.0
    alarm_exhausted: float = 0.5
    alarm_pools: int = 8


class Spread(Model, frozen=True):
    """Percentiles of times in seconds over ``count`` values."""

    count: int
    p50: float
    p95: float
    p99: float
    maximum: float
    total: float


class PoolLeak(Model, frozen=True):
    """A connection that was not given back: how long it has been held, and the stack that took it, innermost last."""

    held_s: float
    stack: tuple[str, ...]
    thread: str = ""


class PoolFigures(Model, frozen=True):
    """What a pool did, and how it stood at the end.

    ``digest`` tells pools of equal settings. ``timeouts`` are checkouts that got no connection in time, ``exhausted``
    how often all connections were out when one was asked for, ``exhausted_s`` for how long somebody waited for one.
    ``shares`` are the checkouts by thread (or task), as fractions, the largest first. ``alarms`` are thresholds that
    were passed, as sentences. ``closed_for`` counts closed connections by reason, ``age_s`` is how long the pool lived.
    """

    name: str
    digest: str
    settings: PoolSettings
    checkouts: int
    created: int
    closed: int
    invalidated: int
    health_failures: int
    timeouts: int
    exhausted: int
    exhausted_s: float
    in_use: int
    idle: int
    most_in_use: int
    wait: Spread | None = None
    hold: Spread | None = None
    shares: tuple[float, ...] = ()
    leaks: tuple[PoolLeak, ...] = ()
    alarms: tuple[str, ...] = ()
    closed_for: dict[str, int] = {}
    age_s: float = 0.0


class Retries(Model, frozen=True):
    """Transactions that were run again: how often in all, by code of the fault, and how many were given up."""

    count: int = 0
    by_code: dict[str, int] = {}
    given_up: int = 0


QueryStatus = Literal["ok", "failed", "timeout", "cancelled", "skipped"]
