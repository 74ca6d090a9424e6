"""What is measured on both sides: a pair lives as long as both of its sides do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from perftool.model.paired import SideName

SIDES: Final[tuple[SideName, SideName]] = ("base", "now")


class Measured(Protocol):
    """What is known of one side of a pair; ``reason`` says why it was given up."""

    reason: str | None


M = TypeVar("M", bound=Measured)


@dataclass(slots=True)
class Pair(Generic[M]):
    """One case on both sides; once it is lost on ``lost``, ("base" or "now"), neither side measures it any more."""

    base: M
    now: M
    lost: SideName | None = None

    @property
    def both(self) -> tuple[M, M]:
        """Return base and now, in the order of ``SIDES``."""
        return self.base, self.now

    @property
    def alive(self) -> bool:
        """Say whether both sides can still be measured."""
        return self.base.reason is None and self.now.reason is None

    @property
    def reason(self) -> str | None:
        """Return why the case was given up."""
        return self.now.reason if self.lost == "now" else self.base.reason

    def settle(self) -> None:
        """Give the other side up as well when one was; a case that fails on both is lost on neither."""
        if self.alive or self.lost is not None:
            return
        if self.base.reason is not None and self.now.reason is not None:
            return
        self.lost = "now" if self.base.reason is None else "base"
        other = self.base if self.lost == "now" else self.now
        other.reason = f"not measured: {self.reason}"
