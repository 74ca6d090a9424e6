"""Settings of the garbage collector that are tried, the present one first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Setting:
    """One candidate; ``bounded`` says that it may win: one that never frees circles is only shown."""

    name: str
    threshold: tuple[int, int, int] | None = None
    freeze: bool = False
    disable: bool = False

    @property
    def bounded(self) -> bool:
        """Tell whether memory stays bounded with it, so that it may be recommended."""
        return not self.disable

    def for_target(self) -> dict[str, Any]:
        """Return what ``runtime/tuning.py`` is told."""
        return {"threshold": self.threshold, "freeze": self.freeze, "disable": self.disable}

    def said(self) -> dict[str, str]:
        """Return the settings by their names in a tuning profile."""
        found = {}
        if self.threshold is not None:
            found["gc.threshold"] = ",".join(map(str, self.threshold))
        if self.freeze:
            found["gc.freeze"] = "true"
        if self.disable:
            found["gc"] = "disabled"
        return found


#: Beyond 10,000 young collections get so long that the tail suffers: 50,000 is there to show it.
GRID: Final = (
    Setting("as it is"),
    Setting("freeze", freeze=True),
    Setting("2000", (2000, 10, 10)),
    Setting("10000", (10_000, 10, 10)),
    Setting("50000", (50_000, 10, 10)),
    Setting("freeze + 2000", (2000, 10, 10), freeze=True),
    Setting("freeze + 10000", (10_000, 10, 10), freeze=True),
    Setting("disabled", disable=True),
)
