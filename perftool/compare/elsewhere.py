"""Baselines that were measured elsewhere: what they cannot decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.compare.doubts import is_time

if TYPE_CHECKING:
    from perftool.model.comparison import BaselineReference
    from perftool.model.environment import Environment


def undecidable(
    unit: str,
    baseline: BaselineReference | None,
    old: Environment | None,
    new: Environment | None,
    *,
    in_ticks: bool,
) -> str:
    """Return why a stored baseline decides nothing in ``unit``, "" if it may.

    Times decide nothing when ``old`` and ``new`` are different environments. ``in_ticks`` of the kernel they may, but
    not with another Python: the kernel changed with it.
    """
    if baseline is None or not is_time(unit) or not _other_environment(baseline, old, new):
        return ""
    if not in_ticks:
        return "the baseline is from another environment"
    if old is None or new is None or _python(old) != _python(new):
        return "the baseline is from another Python"
    return ""


def _other_environment(baseline: BaselineReference, old: Environment | None, new: Environment | None) -> bool:
    if old is None or new is None:
        return not baseline.same_environment
    return old.label != new.label or old.identity != new.identity


def _python(environment: Environment) -> tuple[str, ...]:
    build = environment.python
    return (build.implementation, *build.version.split(".")[:2])
