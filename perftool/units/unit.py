"""Unit names: their parts, their base unit and their better direction."""

from __future__ import annotations

import functools
from typing import Final, Literal

Better = Literal["lower", "higher", "unknown"]

_TIMES: Final = frozenset({"s", "sec", "second", "seconds", "ms", "us", "µs", "ns", "cycles"})
_COSTS: Final = _TIMES | frozenset(
    {
        "B", "KB", "MB", "GB", "KiB", "MiB", "GiB", "byte", "bytes",
        "alloc", "allocs", "instruction", "instructions", "errors", "misses", "faults", "pauses", "retries",
    }
)  # fmt: skip
_FAULTS: Final = frozenset({"errors", "misses", "faults", "pauses", "retries"})


def parts(unit: str) -> tuple[tuple[str, bool], ...]:
    """Split ``unit`` into pieces, each with whether it stands in the numerator.

    Separators (``*``, ``/``, ``-`` and white space) are pieces too, so joining the pieces gives ``unit`` back.
    ``/`` switches to the denominator and ``*`` back to the numerator.
    """
    pieces: list[tuple[str, bool]] = []
    start, numerator = 0, True
    for position, character in enumerate(unit):
        if character in "*/-" or character.isspace():
            if position > start:
                pieces.append((unit[start:position], numerator))
            if character == "/":
                numerator = False
            elif character == "*":
                numerator = True
            pieces.append((character, numerator))
            start = position + 1
    if start < len(unit):
        pieces.append((unit[start:], numerator))
    return tuple(pieces)


@functools.lru_cache(maxsize=512)
def tidy(unit: str) -> tuple[str, float]:
    """Return the base unit of ``unit`` and the factor to multiply its values with.

    Every ``ns`` of the numerator becomes ``sec`` and every ``MB`` becomes ``B``: ``p99-ns/op`` is ``p99-sec/op``
    times 1e-9. Anything else stays as it is.
    source: golang.org/x/perf benchunit, "tidying"
    """
    factor = 1.0
    tidied: list[str] = []
    for piece, numerator in parts(unit):
        if numerator and piece == "ns":
            tidied.append("sec")
            factor /= 1e9
        elif numerator and piece == "MB":
            tidied.append("B")
            factor *= 1e6
        else:
            tidied.append(piece)
    return "".join(tidied), factor


@functools.lru_cache(maxsize=512)
def is_binary(unit: str) -> bool:
    """Tell whether ``unit`` counts bytes, so that prefixes are powers of 1024."""
    return any(numerator and piece in ("B", "MB", "bytes") for piece, numerator in parts(unit))


@functools.lru_cache(maxsize=512)
def better(unit: str) -> Better:
    """Return which direction is an improvement, judged by the name: times and costs lower, rates higher.

    ``cpu-sec/op``, ``p99-sec/op`` and ``peak-RSS-B`` are lower; ``B/s``, ``tokens/s`` and ``op/ns`` higher;
    a name that tells nothing is unknown.
    """
    numerator = [piece for piece, up in parts(unit) if up and piece not in "*/-" and not piece.isspace()]
    denominator = [piece for piece, up in parts(unit) if not up and piece not in "*/-" and not piece.isspace()]
    if any(piece in _FAULTS for piece in numerator):
        return "lower"
    if denominator:
        if denominator[0] in _TIMES:
            return "higher" if not any(piece in _TIMES for piece in numerator) else "unknown"
        return "lower" if numerator and numerator[-1] in _COSTS else "unknown"
    return "lower" if numerator and numerator[-1] in _COSTS else "unknown"
