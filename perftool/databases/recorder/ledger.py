"""The book of one process: every statement that was run, added up as it comes, in bounded memory."""

from __future__ import annotations

import sys
import threading
from time import perf_counter_ns

from .figures import Figure, bucket
from .holding import Holding
from .lanes import Head, Lane
from .shapes import Shapes, ones, values
from .sites import Sites
from .units import LOOP, Unit

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    Key = tuple[int, int]

MOST_FIGURES = 10_000
_LANES = 512
#: A transaction is long from here on, and idle when nothing ran for this share of it.
LONG_NS, IDLE = 1_000_000_000, 0.5


class Run:
    """One statement that was executed and whose rows may still be read."""

    __slots__ = ("bucket", "figure", "head", "links", "loop", "ns", "repeated", "unit")

    def __init__(self, figure: Figure, ns: int, unit: Unit) -> None:
        self.figure, self.ns, self.unit = figure, ns, unit
        self.bucket = bucket(ns)
        self.head: Head | None = None
        self.links: list[Any] = []
        self.loop: Any = None
        self.repeated = False


class Ledger:
    """Takes what the listeners see. All times are nanoseconds of ``perf_counter_ns``."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.shapes, self.sites = Shapes(), Sites()
        self.libraries: dict[str, str] = {}
        self.clear()

    def clear(self) -> None:
        """Forget all runs: a forked process has a book of its own."""
        self.lock = threading.RLock()
        self.began = perf_counter_ns()
        self.figures: dict[Key, Figure] = {}
        self.pairs: dict[tuple[Key, Key], list[int]] = {}
        self.loops: dict[Key, list[int]] = {}
        self.long: dict[int, list[int]] = {}
        self.holding = Holding()
        self.transactions = self.longest = self.lost = self.cost = self.news = 0
        self._lanes: dict[int, Lane] = {}
        self._units: dict[int, Unit] = {}

    def ran(
        self,
        text: str,
        parameters: Any,
        system: str,
        connection: int,
        began: int,
        *,
        many: bool = False,
        rows: int = 0,
        failed: bool = False,
        inside: bool | None = None,
        frame: FrameType | None = None,
    ) -> Run | None:
        """Note a statement that has just been executed, or has failed; returns what its rows are added to.

        ``inside`` says whether its connection is in a transaction now, None where someone else tells (``begin``).
        """
        ended = perf_counter_ns()
        with self.lock:
            try:
                return self._ran(text, parameters, system, connection, began, ended, many, rows, failed, inside, frame)
            finally:
                self.cost += perf_counter_ns() - ended

    def _ran(
        self,
        text: str,
        parameters: Any,
        system: str,
        connection: int,
        began: int,
        ended: int,
        many: bool,
        rows: int,
        failed: bool,
        inside: bool | None,
        frame: FrameType | None,
    ) -> Run | None:
        self.news += 1
        found = self.shapes.of(text, system)
        if found is None:
            self.lost += 1
            return None
        shape, literals = found
        site, lazy = self.sites.of(frame or sys._getframe(2))
        key = (shape.number, site)
        figure = self.figures.get(key)
        if figure is None:
            if len(self.figures) >= MOST_FIGURES:
                self.lost += 1
                return None
            figure = self.figures[key] = Figure()
        lane = self._lane(ended)
        unit = self._unit(connection, lane, began, ended, inside)
        run = Run(figure, ended - began, unit)
        figure.count += 1
        figure.total += run.ns
        figure.execute += run.ns
        figure.rows += rows
        figure.errors += failed
        figure.many += many
        figure.longest = max(figure.longest, run.ns)
        figure.add(run.bucket)
        unit.busy += run.ns
        unit.runs += 1
        unit.first = unit.first or site
        if shape.write and rows != 0:
            unit.seen.clear()
        if many or failed or not (shape.read or shape.write):
            return run
        given = values(parameters) + literals
        mark = hash((given, ones(parameters) if parameters else 0, text if literals else ""))
        if shape.read:
            run.head, run.links, over = lane.ran(key, given, ended, lazy=lazy)
            for parent, head in over:
                self._followed(self.pairs, parent, head)
            for link in run.links:
                link.ns += run.ns
        if shape.repeatable and unit.repeated(shape.number, mark, began, ended):
            figure.repeated += 1
            figure.repeated_ns += run.ns
            run.repeated = True
        elif site:
            run.loop = unit.loop(key, mark, len(given))
            if run.loop is not None:
                run.loop.ns += run.ns
                if unit.loose and not run.loop.certain and run.loop.count == LOOP:
                    run.loop.certain = self.sites.plain(frame or sys._getframe(2))
        return run

    def fetched(self, run: Run | None, began: int, rows: Any, count: int | None = None) -> None:
        """Note that rows of a run were read from ``began`` until now; ``count`` of them where that is more."""
        ended = perf_counter_ns()
        if run is None:
            return
        with self.lock:
            self.add(run, ended - began, len(rows) if count is None else count)
            if run.head is not None and rows:
                run.head.take(rows)
            self.cost += perf_counter_ns() - ended

    def add(self, run: Run, ns: int, rows: int) -> None:
        """Add time and rows to a run."""
        figure = run.figure
        figure.total += ns
        figure.rows += rows
        run.ns += ns
        run.unit.busy += ns
        after = bucket(run.ns)
        figure.move(run.bucket, after)
        run.bucket = after
        figure.longest = max(figure.longest, run.ns)
        for link in run.links:
            link.ns += ns
        if run.repeated:
            figure.repeated_ns += ns
        elif run.loop is not None:
            run.loop.ns += ns
            run.loop.rows += rows

    def begin(self, connection: int, *, transaction: bool = True) -> None:
        """Note that a transaction begins on a connection, or its checkout."""
        with self.lock:
            self._units.setdefault(connection, Unit(perf_counter_ns(), transaction=transaction))

    def end(self, connection: int, *, real: bool = True) -> None:
        """Note the end of a transaction or a checkout; not ``real``: the database never knew of one."""
        with self.lock:
            unit = self._units.pop(connection, None)
            if unit is not None:
                self._over(unit, real)

    def _lane(self, now: int) -> Lane:
        key = _running()
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= _LANES:
                oldest = next(iter(self._lanes))
                self._leave(self._lanes.pop(oldest))
            lane = self._lanes[key] = Lane(Unit(now, loose=True))
        return lane

    def _leave(self, lane: Lane) -> None:
        for key, head in lane.parents.items():
            self._followed(self.pairs, key, head)
        self._looped(self.loops, lane.unit)

    def _unit(self, connection: int, lane: Lane, began: int, ended: int, inside: bool | None) -> Unit:
        """Return what a run belongs to; ``inside`` tells of transactions that no one announces."""
        unit = self._units.get(connection)
        loose: Unit = lane.unit
        if inside is None:
            return unit or loose
        if unit is None:
            if not inside:
                return loose
            unit = self._units[connection] = Unit(began, transaction=True, implied=True)
        elif not inside:
            # It is over with this statement, or the database has not begun what the library calls one.
            if unit.implied:
                self.end(connection)
            unit.open, unit.busy = ended, 0
        return unit

    def _over(self, unit: Unit, real: bool) -> None:
        self._looped(self.loops, unit)
        if not unit.transaction or not unit.runs:
            return
        self.transactions += 1
        took = perf_counter_ns() - unit.open
        if not real:
            return
        self.longest = max(self.longest, took)
        if took >= LONG_NS and took - unit.busy >= IDLE * took:
            held = self.long.setdefault(unit.first, [0, 0, 0, 0])
            held[0] += 1
            if took > held[1]:
                held[1:] = [took, took - unit.busy, unit.runs]

    def _followed(self, pairs: dict[tuple[Key, Key], list[int]], parent: Key, head: Head) -> None:
        for key, count, ns, rows, lazy in head.followers():
            pair = pairs.setdefault((parent, key), [0, 0, 0, 0, 0, 0])
            for at, one in enumerate((1, count, ns, rows, int(lazy))):
                pair[at] += one
            pair[5] = max(pair[5], head.born)

    def _looped(self, loops: dict[Key, list[int]], unit: Unit) -> None:
        for key, one in unit.loops.items():
            if one.count >= LOOP and len(one.kinds) > LOOP // 2 and (one.certain or not unit.loose):
                held = loops.setdefault(key, [0, 0, 0, 0])
                for at, value in enumerate((1, one.count, one.ns, one.rows)):
                    held[at] += value

    def said(self) -> dict[str, Any]:
        """Return all that is known, in plain lists; what is still going on is counted as if it ended now."""
        with self.lock:
            pairs = {key: list(value) for key, value in self.pairs.items()}
            loops = {key: list(value) for key, value in self.loops.items()}
            for lane in self._lanes.values():
                for key, head in lane.parents.items():
                    self._followed(pairs, key, head)
                self._looped(loops, lane.unit)
            for unit in self._units.values():
                self._looped(loops, unit)
            return {
                "seconds": (perf_counter_ns() - self.began) * 1e-9,
                "libraries": [f"{name} {version}" for name, version in self.libraries.items()],
                "shapes": [(shape.text, shape.system, int(shape.read)) for shape in self.shapes.listed],
                "sites": self.sites.listed,
                "figures": [(*key, *figure.plain()) for key, figure in self.figures.items()],
                "pairs": [(*parent, *child, *value) for (parent, child), value in pairs.items()],
                "loops": [(*key, *value) for key, value in loops.items()],
                "long": [(site, *value) for site, value in self.long.items()],
                "held": self.holding.said(),
                "transactions": self.transactions + sum(1 for one in self._units.values() if one.transaction),
                "longest": self.longest,
                "lost": self.lost,
                "cost": self.cost,
            }


def _running() -> int:
    """Return who runs: the task of a running event loop, else the thread."""
    tasks: Any = sys.modules.get("asyncio.events")
    if tasks is not None and tasks._get_running_loop() is not None:
        current = sys.modules["asyncio"].current_task()
        if current is not None:
            return id(current)
    return threading.get_ident()
