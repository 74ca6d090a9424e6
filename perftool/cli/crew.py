"""Worker processes as the settings want them, for the commands that have work for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.config.schema import Settings
    from perftool.workers.api import Executor, Job


def crew(job: Job, settings: Settings, *, timeout_s: float) -> Executor:
    """Start as many workers as wanted, or one for each core, within the memory that is wanted and the container has."""
    from perftool.machine.cgroup import memory_limit
    from perftool.machine.processor import usable_cores
    from perftool.workers.choosing import executor
    from perftool.workers.memory import limit

    workers = settings.workers.jobs or usable_cores()
    most = limit(settings.workers.max_memory or None, memory_limit())
    return executor(job, workers=workers, timeout_s=timeout_s, memory_limit=most)
