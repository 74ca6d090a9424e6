"""Baselines that were measured elsewhere: what they cannot decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.compare.doubts import is_time

if TYPE_CHECKING:
    from perftool.model.comparison import BaselineReference
    from perftool.model.environment import Environment

_ALLOCATIONS: Final = frozenset({"B/op", "allocs/op"})
_INSTRUCTIONS: Final = frozenset({"instructions/op"})


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
    not with another Python: the kernel changed with it. Allocations are the same wherever Python is, instructions
    where processor and C library are the same too, to the last version.
    """
    if baseline is None:
        return ""
    if unit in _ALLOCATIONS or unit in _INSTRUCTIONS:
        return _of_counts(unit, baseline, old, new)
    if not is_time(unit) or not _other_environment(baseline, old, new):
        return ""
    if not in_ticks:
        return "the baseline is from another environment"
    if old is None or new is None or _python(old) != _python(new):
        return "the baseline is from another Python"
    return ""


def _of_counts(unit: str, baseline: BaselineReference, old: Environment | None, new: Environment | None) -> str:
    if old is None or new is None:
        return "" if baseline.same_environment else "it is not known where the baseline was counted"
    if _python(old) != _python(new):
        return "the baseline is from another Python"
    if unit in _INSTRUCTIONS and _code_paths(old) != _code_paths(new):
        return "the baseline was counted with another processor, C library or build of Python"
    return ""


def _code_paths(environment: Environment) -> tuple[object, ...]:
    """Return what decides which instructions the same code executes: libraries choose by processor."""
    return (environment.os.machine, environment.cpu.model, environment.os.libc, environment.python)


def _other_environment(baseline: BaselineReference, old: Environment | None, new: Environment | None) -> bool:
    if old is None or new is None:
        return not baseline.same_environment
    return old.label != new.label or old.identity != new.identity


def _python(environment: Environment) -> tuple[str, ...]:
    build = environment.python
    return (build.implementation, *build.version.split(".")[:2])
