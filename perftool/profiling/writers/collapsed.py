"""Collapsed stacks, one line each: what flamegraph.pl, inferno and most viewers take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from perftool.profiling.api import Writer
from perftool.profiling.collapsed_text import text_of

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture


def write(capture: Capture) -> bytes:
    """Return the default value of each stack of function names, the same stacks of all labels and lines added up.

    Semicolons in names become commas and line ends blanks.
    """
    names = [one.name for one in capture.functions]
    held: Counter[tuple[str, ...]] = Counter()
    for sample in capture.samples:
        stack = tuple(names[capture.frames[at].function] for at in capture.stacks[sample.stack])
        held[stack] += sample.values[capture.default]
    return text_of((stack, weight) for stack, weight in held.items() if weight).encode("utf-8", "surrogateescape")


WRITER = Writer(name="collapsed", suffixes=(".collapsed", ".folded", ".collapsed.txt", ".folded.txt"), write=write)
