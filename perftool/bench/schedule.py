"""When a run of two sides ends: planned blocks, planned looks at what there is so far, a budget of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from perftool.events import Progress
from perftool.model.paired import Look, Stopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.clock import Clock
    from perftool.events import Listener

    # Given the number of the look: how many of how many gating rows are decided.
    Decide = Callable[[int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """When to stop: after ``blocks``, or earlier at one of ``looks`` (numbers of blocks, ascending, the last is
    ``blocks``), or before a block that would end after ``budget_s`` seconds of measuring.

    ``levels`` are the significance levels of the looks. Without looks the number of blocks is fixed.
    """

    blocks: int
    looks: tuple[int, ...] = ()
    levels: tuple[float, ...] = ()
    budget_s: float | None = None


class Schedule:
    """Asks for block after block until the plan, a look or the budget ends the run, and says what remains."""

    def __init__(self, plan: Plan, *, clock: Clock, listener: Listener) -> None:
        self._plan = plan
        self._clock = clock
        self._listener = listener
        self._began = clock.monotonic()
        self._blocks_began = self._began
        self._looks: list[Look] = []
        self._why: Literal["planned", "decided", "budget", "interrupted"] = "planned"
        self._done = 0

    @property
    def duration_s(self) -> float:
        """Return the seconds since the run began."""
        return self._clock.monotonic() - self._began

    def blocks(self, measure: Callable[[int], None], alive: Callable[[], bool], decide: Decide | None = None) -> None:
        """Have ``measure`` take block after block, by number, as long as anything is ``alive``.

        ``decide`` is asked at the looks of the plan.
        """
        self._blocks_began = self._clock.monotonic()
        while self._done < self._plan.blocks and alive():
            if self._over_budget():
                self._why = "budget"
                return
            measure(self._done)
            self._done += 1
            if decide is not None and self._decided(decide):
                self._why = "decided"
                return

    def interrupted(self) -> None:
        """Note that the user ended the run."""
        self._why = "interrupted"

    def stopping(self) -> Stopping:
        """Return where the run ended, and why."""
        return Stopping(
            rule="adaptive" if self._plan.looks else "fixed",
            planned=self._plan.blocks,
            done=self._done,
            reason=self._why,
            budget_s=self._plan.budget_s,
            looks=tuple(self._looks),
        )

    def tell(self, activity: str) -> None:
        """Tell the listener what is done now, and how long it will go on."""
        now, remaining = self._clock.monotonic(), None
        if self._done:
            remaining = (now - self._blocks_began) / self._done * (self._plan.blocks - self._done)
            if self._plan.budget_s is not None:
                remaining = min(remaining, max(0.0, self._plan.budget_s - (now - self._began)))
        self._listener.progress(Progress(self._done, self._plan.blocks, activity, remaining))

    def _over_budget(self) -> bool:
        """Say whether one more block, as long as the mean one so far, would end after the budget."""
        if self._plan.budget_s is None or not self._done:
            return False
        now = self._clock.monotonic()
        return now - self._began + (now - self._blocks_began) / self._done > self._plan.budget_s

    def _decided(self, decide: Decide) -> bool:
        """Look, if this is the time for it, and say whether every gating row is decided."""
        if self._done not in self._plan.looks:
            return False
        number = self._plan.looks.index(self._done)
        decided, rows = decide(number)
        self._looks.append(Look(blocks=self._done, alpha=self._plan.levels[number], decided=decided, rows=rows))
        return decided == rows and self._done < self._plan.blocks
