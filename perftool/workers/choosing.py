"""Choose the executor for a number of workers on this system."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.workers.api import Executor, Job


def executor(job: Job, *, workers: int, timeout_s: float | None = None, memory_limit: int | None = None) -> Executor:
    """Return processes where there can be any and something needs them: several workers, a time-out or a limit.

    Otherwise the work is done in this process; the executor's ``notes`` say what it then cannot promise.
    """
    from perftool.workers.local import LocalExecutor, available

    if available() and (workers > 1 or timeout_s is not None or memory_limit is not None):
        return LocalExecutor(job, workers=workers, timeout_s=timeout_s, memory_limit=memory_limit)
    from perftool.workers.inline import InlineExecutor

    return InlineExecutor(job)
