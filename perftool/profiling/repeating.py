"""Captures of several runs of one target as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from perftool.profiling.capture import Builder, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.profiling.capture import Capture

#: The label that tells runs apart, "0" and on.
REPEAT: Final = "repeat"


def pooled(captures: Sequence[Capture]) -> Capture:
    """Return the samples of all runs, each labelled with its number; of one run the capture as it is.

    The wall time that it covers is that of all runs together.
    raises: ValueError for no capture at all.
    """
    if len(captures) == 1:
        return captures[0]
    seconds = sum(one.duration_ns for one in captures)
    return replace(merged(_labelled(one, number) for number, one in enumerate(captures)), duration_ns=seconds)


def _labelled(capture: Capture, number: int) -> Capture:
    builder = Builder(capture.value_types)
    builder.take_in(capture, more={REPEAT: str(number)})
    made = builder.build()
    return replace(
        capture,
        functions=made.functions,
        frames=made.frames,
        stacks=made.stacks,
        labels=made.labels,
        samples=made.samples,
    )
