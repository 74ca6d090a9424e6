"""CPU time by signals: the default, at next to no cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.errors import InputError
from perftool.profiling.api import Collected, Engine, Options
from perftool.profiling.sampler_log import collected

if TYPE_CHECKING:
    from pathlib import Path


def settings(options: Options) -> dict[str, Any]:
    """Return what ``runtime/sampler.py`` is told."""
    return {"rate": options.rate, "duration_s": options.duration_s}


def collect(folder: Path, options: Options) -> Collected:
    """Merge what every process left in ``folder``.

    raises: InputError when none left anything.
    """
    found = collected(folder, dict(options.labels))
    if found is None:
        raise InputError(
            "the target was not profiled: its interpreter never loaded the profiler",
            hint="interpreters started with -I, -E or -S, or with another PYTHONPATH, cannot be followed; try --pid",
        )
    return found


ENGINE: Final = Engine(
    name="sampler",
    summary="CPU time of all threads, by signals",
    measures=frozenset({"cpu"}),
    runtime="sampler",
    settings=settings,
    collect=collect,
)
