"""The one place where errors are told as benchstat tells them, for scripts that were written for it.

benchstat prints ``benchstat: MESSAGE`` and exits 0 whatever went wrong, except for wrong options (2). perftool does
so only when asked for one of its two formats without ``--gate``; anywhere else an error is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.compare.lines import LineTooLongError
from perftool.compare.syntax import ExpressionError

if TYPE_CHECKING:
    from perftool.errors import PerftoolError

FORMATS: Final = frozenset({"benchstat", "benchstat-csv", "benchstat_csv"})


def message(error: PerftoolError) -> str:
    """Return what benchstat says of ``error``, without its name in front."""
    if isinstance(error, ExpressionError):
        return f"parsing -{error.option}: {error.pointed}"
    if isinstance(error, LineTooLongError):
        return f"{error.name}:{error.last_line}: bufio.Scanner: token too long"
    return error.message


def unopened(path: str, reason: str, *, directory: bool) -> str:
    """Return what benchstat says of an input that cannot be opened, or that turns out to be a directory."""
    return f"{path}:0: read {path}: {reason}" if directory else f"open {path}: {reason}"


def out_of_range(alpha: float, confidence: float) -> str | None:
    """Return benchstat's message about levels outside of [0, 1], the first that is wrong."""
    for name, value in (("alpha", alpha), ("confidence", confidence)):
        # NaN is refused with the rest: benchstat lets it through and prints intervals of nothing.
        if not 0 <= value <= 1:
            return f"-{name} must be in range [0, 1]"
    return None
