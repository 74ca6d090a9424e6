"""Pin the number of operations per sample once per run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPTS: Final = 3
SLOW_ATTEMPT_S: Final = 0.1


def calibrate(attempt: Callable[[], dict[str, Any] | None]) -> tuple[int, float] | None:
    """Return (operations per sample, seconds per operation), each the median of a few attempts.

    ``attempt`` measures in a fresh child and returns ``loops`` and ``op_s``, or None when the case failed. A slow
    operation is tried once: its number is 1 whatever the noise.
    """
    found: list[dict[str, Any]] = []
    while len(found) < ATTEMPTS:
        reply = attempt()
        if reply is None:
            return None
        found.append(reply)
        if reply["op_s"] >= SLOW_ATTEMPT_S:
            break
    loops = sorted(int(reply["loops"]) for reply in found)
    times = sorted(float(reply["op_s"]) for reply in found)
    return _rounded(loops[len(loops) // 2]), times[len(times) // 2]


def _rounded(loops: int) -> int:
    """Keep two significant digits: more would pretend that the number matters."""
    scale: int = 10 ** max(0, len(str(loops)) - 2)
    return -(-loops // scale) * scale
