"""What a case is called in a table of its suite, and what a warning may call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.model.bench import BenchCase, SkippedCase


def label(case: BenchCase | SkippedCase) -> str:
    """Return the name of ``case`` within its suite: ``Case/key=value``."""
    return "/".join([case.case, *(f"{k}={v}" for k, v in case.parameters.items())])


def aliases(case: BenchCase) -> tuple[str, ...]:
    """Return every name by which a warning may mean ``case``: the plain one only if it says enough."""
    name = label(case)
    return (name, f"{case.suite}/{name}")
