"""Executors for tests, and what they leave behind."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import psutil

from perftool.workers.api import Item, Job
from perftool.workers.local import LocalExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.workers.api import Outcome


def crew(settings: Any = None, *, workers: int = 2, make: str = "make", **options: Any) -> LocalExecutor:
    return LocalExecutor(Job(f"tests.workers.jobs:{make}", settings), workers=workers, **options)


def items(*payloads: str | bytes) -> list[Item]:
    return [Item(n, p.encode() if isinstance(p, str) else p) for n, p in enumerate(payloads)]


def answers(outcomes: Iterator[Outcome]) -> list[str]:
    """Return results as text, failures as their kind."""
    return [o.failure if o.result is None else o.result.decode() for o in outcomes]


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def gone(pid: int) -> bool:
    """Tell whether a process has ended and its parent, where that is one of ours, has collected it."""
    return not psutil.pid_exists(pid)


def ended(pid: int) -> bool:
    """Tell whether a process has ended; one without a parent may wait for the system to collect it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def descriptors() -> int:
    return psutil.Process(os.getpid()).num_fds()
