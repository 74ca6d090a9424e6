"""The most memory that this process took from a moment on."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

_SELF: Final = Path("/proc/self")


class PeakMemory:
    """Measures from ``start`` on: how far the peak of resident memory rose above what there was.

    On Linux the kernel's own high-water mark, set back at the start where that is allowed; elsewhere nothing.
    """

    def __init__(self) -> None:
        self._start: int | None = None

    def start(self) -> None:
        """Begin."""
        with contextlib.suppress(OSError):
            (_SELF / "clear_refs").write_text("5", encoding="ascii")
        self._start = _kibibytes("VmRSS:")

    def extra_bytes(self) -> int | None:
        """Return bytes above the start, None where the system does not tell.

        Where the mark could not be set back, a peak before the start counts: never too little is told.
        """
        peak = _kibibytes("VmHWM:")
        if peak is None or self._start is None:
            return None
        return max(0, peak - self._start) * 1024


def _kibibytes(name: str) -> int | None:
    try:
        text = (_SELF / "status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return None
