"""A busy neighbour: one process that loops on one core while a run is made."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

_LOOP = "import os\nos.sched_setaffinity(0, {%d})\nwhile True:\n    pass\n"


class Neighbour:
    """Keeps the last usable core busy between entry and exit; the measured tool may use all cores.

    After the exit ``record`` says on which core and how much CPU time it got of the time it was there.
    """

    def __init__(self) -> None:
        self.core = max(os.sched_getaffinity(0))
        self.record: dict[str, Any] = {}

    def __enter__(self) -> Neighbour:
        self._process = subprocess.Popen([sys.executable, "-c", _LOOP % self.core])
        self._began = os.times().elapsed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        alive = self._process.poll() is None
        self._process.kill()
        _, _, usage = os.wait4(self._process.pid, 0) if alive else (0, 0, None)
        self._process.returncode = 0
        present = os.times().elapsed - self._began
        busy = usage.ru_utime + usage.ru_stime if usage is not None else 0.0
        self.record = {"core": self.core, "present_s": round(present, 2), "busy_s": round(busy, 2)}
