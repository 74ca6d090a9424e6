"""Write a pool size as a tuning profile, with the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.store import atomic
from perftool.tune.writing import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perftool.model.tune import PoolPoint, TunePayload


def write(path: Path, payload: TunePayload, *, facts: Sequence[str]) -> None:
    """Write the profile; ``facts`` are lines about where and when it was measured.

    raises: OutputError when that fails.
    """
    atomic.write_bytes(path, ("\n".join(lines(payload, facts)) + "\n").encode())


def lines(payload: TunePayload, facts: Sequence[str]) -> list[str]:
    """Return the profile's lines."""
    return [
        f'description = "Connections to {printable(payload.target)}"',
        "",
        *(f"# {printable(line)}" for line in facts),
        "# Statements a second by number of connections, beside the best, and how long each was held (p95):",
        *(f"#   {_evidence(one, payload)}" for one in payload.points),
        f"# {printable(payload.why)}",
        "[pool]",
        f"maximum = {payload.recommended}",
    ]


def _evidence(one: PoolPoint, payload: TunePayload) -> str:
    mark = "*" if one.size == payload.knee else " "
    between = "" if one.lo is None or one.hi is None else f" ({one.lo:.3f} to {one.hi:.3f})"
    return f"{mark} {one.size}: {one.rate:.4g}/s, {one.ratio:.3f}{between}, {one.hold_p95_s * 1e3:.3g} ms"
