"""Python's garbage collector: what it costs, and the settings that make it cost less."""

from __future__ import annotations

import gc
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Any, Self

    from perftool.config.schema import Settings


class Pauses(NamedTuple):
    """Collections of one generation: their number, and seconds in total and of the longest."""

    collections: int
    total_s: float
    longest_s: float


class Recorder:
    """Measures every collection from ``start`` to ``stop``, or inside a ``with`` block.

    The time is that of a clock on the wall: while the collector runs, no other thread runs Python, so that all wait.
    cost: less than a microsecond a collection, so that it may stay on for good.
    """

    def __init__(self) -> None:
        # One entry a generation; free-threaded and later interpreters number them alike.
        self._counts = [0, 0, 0]
        self._totals = [0, 0, 0]
        self._longest = [0, 0, 0]
        self._began = 0

    def start(self) -> Self:
        """Begin to measure; a second time changes nothing."""
        if self._heard not in gc.callbacks:
            gc.callbacks.append(self._heard)
        return self

    def stop(self) -> Self:
        """End measuring; what was measured stays."""
        if self._heard in gc.callbacks:
            gc.callbacks.remove(self._heard)
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def generations(self) -> tuple[Pauses, Pauses, Pauses]:
        """Return what is known of generations 0, 1 and 2."""
        zero, one, two = (Pauses(self._counts[i], self._totals[i] * 1e-9, self._longest[i] * 1e-9) for i in range(3))
        return zero, one, two

    def total(self) -> Pauses:
        """Return what is known of all of them."""
        found = self.generations()
        return Pauses(
            sum(one.collections for one in found),
            sum(one.total_s for one in found),
            max(one.longest_s for one in found),
        )

    def measurements(self, suite: str = "gc", case: str = "process") -> tuple[Measurement, ...]:
        """Return the pauses as measurements of a report: ``gc-count``, ``gc-sec`` and ``gc-max-sec``.

        Those of the whole come first, then those of each generation that was collected, with it as a parameter.
        """
        found = list(_measurements(self.total(), suite, case, {}))
        for number, pauses in enumerate(self.generations()):
            if pauses.collections:
                found += _measurements(pauses, suite, case, {"generation": str(number)})
        return tuple(found)

    def _heard(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter_ns()
            return
        if not self._began:
            return  # it had begun before we listened
        took = time.perf_counter_ns() - self._began
        self._began = 0
        generation = min(info["generation"], 2)
        self._counts[generation] += 1
        self._totals[generation] += took
        if took > self._longest[generation]:
            self._longest[generation] = took


def record() -> Recorder:
    """Return a recorder that measures from now on."""
    return Recorder().start()


def freeze() -> None:
    """Leave everything that lives now out of all collections to come.

    Call it once when a program is ready to work: modules, classes and caches then cost nothing any more, and a forked
    worker shares their memory with its parent for longer. What is frozen and becomes garbage is not freed.
    """
    gc.collect()
    gc.freeze()


class Collecting(NamedTuple):
    """Settings of the collector: ``threshold`` as in gc.set_threshold, None to leave it; ``freeze`` what lives now."""

    threshold: tuple[int, int, int] | None = None
    freeze: bool = False


def settings(profile: str | None = None, root: Path | None = None) -> Collecting:
    """Return what the configuration says of the collector: section ``[gc]``, with a tuning profile by name.

    ``root`` is where to look for the configuration, by default the working directory.
    raises: UsageError for a profile that there is not, or a file that is wrong.
    """
    from perftool.config.sources import load

    return of(load(root or Path.cwd(), environment=os.environ, flags={}, profile=profile))


def of(loaded: Settings) -> Collecting:
    """Return what loaded settings say of the collector."""
    numbers = loaded.gc.threshold
    return Collecting((numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None, loaded.gc.freeze)


def apply(wanted: Collecting | str) -> None:
    """Set the collector as ``wanted``: settings, or the name of a tuning profile that ``perftool tune gc`` wrote.

    Call it when everything is imported and warm: what is frozen is what lives then.
    raises: UsageError as ``settings`` does.
    """
    chosen = settings(wanted) if isinstance(wanted, str) else wanted
    if chosen.threshold is not None:
        gc.set_threshold(*chosen.threshold)
    if chosen.freeze:
        freeze()


@contextmanager
def applied(wanted: Collecting | str) -> Iterator[None]:
    """Set the collector as ``wanted`` inside a ``with`` block, and back behind it."""
    before: Any = gc.get_threshold()
    frozen = gc.get_freeze_count()
    apply(wanted)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if gc.get_freeze_count() != frozen:
            gc.unfreeze()


def _measurements(pauses: Pauses, suite: str, case: str, parameters: dict[str, str]) -> Iterator[Measurement]:
    values = {"gc-count": float(pauses.collections), "gc-sec": pauses.total_s, "gc-max-sec": pauses.longest_s}
    for unit, value in values.items():
        yield Measurement(
            suite=suite,
            case=case,
            unit=unit,
            better="lower",
            values=(value,),
            parameters=parameters,
            gates=unit == "gc-sec",
        )
