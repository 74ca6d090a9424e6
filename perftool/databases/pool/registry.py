"""All pools that live in this process."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from perftool.model.database import PoolFigures


class Registered(Protocol):
    """What every pool, whatever kind, says of itself."""

    name: str
    family: str

    def figures(self) -> PoolFigures:
        """Say what the pool did."""

    def after_fork(self) -> None:
        """Begin anew in a child process."""


_pools: weakref.WeakSet[Registered] = weakref.WeakSet()
_lock = threading.Lock()


def add(pool: Registered) -> None:
    """Know a pool from now on, until it is closed or collected."""
    with _lock:
        _pools.add(pool)


def remove(pool: Registered) -> None:
    """Forget a pool."""
    with _lock:
        _pools.discard(pool)


def living() -> list[Registered]:
    """Return the pools that live, sorted by name."""
    with _lock:
        return sorted(_pools, key=lambda pool: pool.name)


def count(family: str) -> int:
    """Return how many pools of one family live."""
    with _lock:
        return sum(1 for pool in _pools if pool.family == family)


def figures() -> list[PoolFigures]:
    """Say what each pool of the process did."""
    return [pool.figures() for pool in living()]


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    for pool in _pools:
        pool.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
