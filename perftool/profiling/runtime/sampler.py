"""Where CPU time goes: the sampler, in this process from ``start`` to ``stop``, or in a target until it ends."""

from __future__ import annotations

from .sampling import RATE, Sampling
from .signals import prepare
from .spool import Spool
from .table import table

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

__all__ = ["RATE", "Sampler", "prepare", "start"]


class Sampler(Sampling):
    """Samples this process from ``start`` to ``stop``; see ``Sampling``."""

    def stop(self) -> dict[str, Any]:
        """End sampling; returns the table of stacks that ``perftool.profiling.raw`` reads."""
        self.pause()
        return table(self)


def start(settings: dict[str, Any], folder: str) -> None:
    """Sample this process and its children until they end, and leave what was seen in ``folder``."""
    Spool(settings, folder).start()
