"""Standard streams that broke or were never there."""

from __future__ import annotations

import os
import sys


def silence(stream: object) -> None:
    """Point a stream that cannot be written to at nothing, so that the flush at exit cannot fail again."""
    try:
        descriptor = stream.fileno()  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def open_missing() -> None:
    """Stand in for streams that the caller closed (``>&-``): the exit code still has to be right."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
