"""Captures and evidence written down as call paths: ``{"main work leaf": 3}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.culprit.evidence import CALLS, Evidence, evidence
from perftool.profiling.capture import CPU, GARBAGE_COLLECTION, Builder, Capture, Function, ValueType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GC = "gc!"
MILLI = 1_000_000


def function(word: str, codes: Mapping[str, str], folder: str) -> Function:
    """Return the function that ``word`` means: ``gc!`` the collector, ``c:memcpy`` C code, else ``app.word``."""
    if word == GC:
        return Function(GARBAGE_COLLECTION, kind="marker")
    if word.startswith("c:"):
        return Function(word[2:], kind="native")
    library = word.startswith("lib.")
    name = word if library or word.startswith(("main.", "app.", "importlib.")) else f"app.{word}"
    file = f"{folder}/site-packages/lib.py" if library else f"{folder}/app.py"
    return Function(name, file, 1, code=codes.get(word, "same of " + word))


def capture(
    paths: Mapping[str, float],
    codes: Mapping[str, str] | None = None,
    *,
    kind: ValueType = CPU,
    folder: str = "/srv/shop",
    scale: float = MILLI,
) -> Capture:
    """Return a capture with these weights, in milliseconds."""
    builder = Builder([kind])
    for path, weight in paths.items():
        frames = [builder.frame(function(word, codes or {}, folder), 1) for word in path.split()]
        builder.add(frames, [round(weight * scale)])
    return builder.build()


def side(
    *repeats: Mapping[str, float], codes: Mapping[str, str] | None = None, calls: Mapping[str, float] | None = None
) -> Evidence:
    """Return the evidence of one side: repeats of one operation each, and what was counted."""
    counted = None
    if calls is not None:
        counted = capture(calls, codes, kind=ValueType(CALLS, "count"), scale=1), 1
    return evidence([(capture(one, codes), 1) for one in repeats], "cpu", calls=counted)


def noisy(paths: Mapping[str, float], repeats: int = 5, spread: float = 0.01) -> Sequence[dict[str, float]]:
    """Return repeats of the same weights that differ a little, always in the same way."""
    return [
        {
            path: weight * (1 + spread * ((index * 7 + at * 3) % 5 - 2))
            for at, (path, weight) in enumerate(paths.items())
        }
        for index in range(repeats)
    ]
