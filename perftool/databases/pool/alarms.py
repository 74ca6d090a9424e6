"""What is alarming about a pool, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from perftool.model.database import PoolFigures


def raised(figures: PoolFigures, *, pools: int = 1) -> PoolFigures:
    """Return the figures with the alarms that they give; ``pools`` of its family live in the process.

    A threshold of 0 raises none.
    """
    settings = figures.settings
    found = []
    if figures.wait is not None and settings.alarm_wait_s and figures.wait.p95 > settings.alarm_wait_s:
        found.append(f"one checkout in twenty waited longer than {figures.wait.p95:.3g} s")
    waited = figures.exhausted_s / figures.age_s if figures.age_s else 0.0
    if settings.alarm_exhausted and waited > settings.alarm_exhausted:
        most = settings.maximum + settings.overflow
        found.append(f"somebody waited for {waited:.0%} of the time: {most} of {most} connections were out")
    if figures.timeouts:
        found.append(f"{_several(figures.timeouts, 'checkout')} got no connection within {settings.timeout_s:g} s")
    if figures.leaks:
        found.append(f"{_several(len(figures.leaks), 'connection')} {_was(len(figures.leaks))} not given back")
    if settings.alarm_pools and pools > settings.alarm_pools:
        found.append(f"{pools} pools like {figures.name} live in one process: one for all requests is meant")
    return replace(figures, alarms=tuple(found))


def _several(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
