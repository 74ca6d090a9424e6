"""When an adaptive run is looked at, and at which level its rows are tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.stats.sequential import boundaries

if TYPE_CHECKING:
    from perftool.model.paired import Stopping

MOST_LOOKS: Final = 4
# Looks nearer to each other than this share of the plan have no level of their own: see ``boundaries``.
_APART: Final = 0.002


def planned(first: int, most: int) -> tuple[int, ...]:
    """Return the numbers of blocks at which to look: ``first``, evenly on, ``most``; at most four of them.

    Few looks cost little: four at level 0.05 leave 0.044 for the last one. Where ``first`` is all but ``most`` there
    is only the last.
    """
    steps = min(MOST_LOOKS - 1, int((most - first) / max(1.0, _APART * most)))
    if not steps:
        return (most,)
    return tuple(first + round(step * (most - first) / steps) for step in range(steps + 1))


def levels(looks: tuple[int, ...], alpha: float) -> tuple[float, ...]:
    """Return the two-sided level of the test at each of ``looks``, which together are wrong with chance ``alpha``."""
    return boundaries([blocks / looks[-1] for blocks in looks], alpha)


def final_level(stopping: Stopping, alpha: float) -> float:
    """Return the level to test at when a run has ended as ``stopping`` says.

    A fixed run is looked at once, at ``alpha``. An adaptive one that ended at a look is tested at the level of that
    look; one that was cut short, by its budget or by a user who was shown no value, spends there what is left.
    Intervals of confidence 1 - level are valid whatever the reason to stop.
    source: Jennison and Turnbull 1989, repeated confidence intervals (DOI 10.1111/j.2517-6161.1989.tb01763.x)
    """
    if stopping.rule == "fixed" or not stopping.done:
        return alpha
    seen = [look.blocks / stopping.planned for look in stopping.looks]
    if stopping.reason in ("planned", "decided"):
        return boundaries(seen, alpha)[-1] if seen else alpha
    share = stopping.done / stopping.planned
    earlier = [fraction for fraction in seen if fraction < share]
    # An end right behind a look is taken for a later one, whose level is lower.
    share = min(1.0, max(share, (earlier[-1] if earlier else 0.0) + _APART))
    return boundaries([*earlier, share], alpha, last_spends_all=True)[-1]
