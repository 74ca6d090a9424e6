"""One run of items through a crew of workers: feed, listen, judge what died, hand outcomes on.

All of it happens in the consumer's thread, between the outcomes that it takes. Nothing blocks but the wait for
workers, so no pair of full sockets can stand still against each other.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from perftool.errors import UnavailableError
from perftool.workers.api import Outcome
from perftool.workers.chunks import Chunk, Intake
from perftool.workers.order import Order
from perftool.workers.pressure import Pressure

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from perftool.workers.api import Failure, Item
    from perftool.workers.chunks import Sizer, Task, Window
    from perftool.workers.crew import Crew, Heard
    from perftool.workers.memory import Guard
    from perftool.workers.messages import Reply
    from perftool.workers.metrics import Tally
    from perftool.workers.worker import Worker

# While the consumer takes outcomes, workers are looked after this often.
_LOOK_AFTER_NS: Final = 5_000_000
_LONGEST_WAIT_S: Final = 0.1
# A wait that took so much longer than asked means that this process was stopped, and its workers perhaps with it.
_STOPPED_NS: Final = 1_000_000_000
# How much longer than the time-out a worker may say nothing at all before it counts as lost.
_SILENCE_NS: Final = 5_000_000_000
_MOST_DEATHS: Final = 2
# Every worker has one chunk to work and one to go on with, and as much again may wait to be handed on.
_PARTS: Final = 4


class Run:
    """See the module; ``outcomes`` may be called once."""

    def __init__(
        self,
        crew: Crew,
        items: Iterable[Item],
        tally: Tally,
        sizer: Sizer,
        window: Window,
        *,
        ordered: bool,
        timeout_s: float | None,
        guard: Guard | None,
    ) -> None:
        self._crew = crew
        self._tally = tally
        self._sizer = sizer
        self._window = window
        self._intake = Intake(items, sizer, window, _PARTS * tally.workers)
        self._order = Order(ordered=ordered)
        self._timeout_s = timeout_s
        self._timeout_ns = None if timeout_s is None else int(timeout_s * 1e9)
        self._pressure = None if guard is None else Pressure(guard, crew, sizer, window, tally)
        self._guard_s = _LONGEST_WAIT_S if guard is None else guard.every_s
        self._memory_text = "" if guard is None else f"its worker grew over the limit of {_size(guard.limit)} for all"
        self._looked_at = time.monotonic_ns()
        self._barren = 0
        self._cancelled = False

    def cancel(self) -> None:
        """Give up what is not finished; its items come out as cancelled."""
        self._cancelled = True

    def outcomes(self) -> Generator[Outcome]:
        """Yield an outcome for every item; workers are ended when this is closed early or the items raise."""
        began, done = time.monotonic(), False
        try:
            while True:
                if self._cancelled:
                    self._give_up()
                self._feed()
                if self._order.ready:
                    yield from self._handed_on()
                elif self._intake.exhausted and not any(w.tasks for w in self._crew.workers.values()):
                    break
                else:
                    self._look_after(self._patience())
            self._crew.ask_stats()
            done = True
        finally:
            self._tally.wall_s += time.monotonic() - began
            if not done:
                self._crew.dismiss()

    def _handed_on(self) -> Generator[Outcome]:
        """Yield what is ready; workers are looked after in time."""
        order, window, clock = self._order, self._window, time.monotonic_ns
        while (outcome := order.take()) is not None:
            window.leave(len(outcome.result or b""))
            yield outcome
            if clock() - self._looked_at > _LOOK_AFTER_NS:
                self._look_after(0.0)
                return

    def _feed(self) -> None:
        """Give chunks until every worker has one to work and one to go on with."""
        crew = self._crew
        while True:
            worker = self._emptiest()
            if self._intake.exhausted or (worker is None and not crew.can_grow):
                return
            chunk = self._intake.next()
            if chunk is None:
                return
            if worker is None or (worker.chunks and crew.can_grow):
                worker = crew.hire() or worker
            if worker is None:
                self._intake.put_back([chunk])  # the nursery has gone; it is told and replaced when listened to
                return
            crew.give(worker, chunk)
            self._tally.chunks += 1

    def _emptiest(self) -> Worker | None:
        found = None
        for worker in self._crew.workers.values():
            if worker.has_room and (found is None or worker.chunks < found.chunks):
                found = worker
        return found

    def _patience(self) -> float:
        """Return how long to wait for workers at most, in seconds."""
        wait = min(_LONGEST_WAIT_S, self._guard_s)
        if self._timeout_ns is None:
            return wait
        now = time.monotonic_ns()
        for worker in self._crew.workers.values():
            if worker.doomed:
                continue
            running = worker.running() if worker.tasks else None
            left = self._timeout_ns if running is None else running[2] + self._timeout_ns - now
            wait = min(wait, max(left, 0) / 1e9 + 0.001)
        return wait

    def _look_after(self, timeout: float) -> None:
        before = time.monotonic_ns()
        told = self._crew.listen(timeout)
        for heard in told:
            for reply in heard.replies:
                self._received(heard.worker, reply)
            if heard.death:
                self._lost(heard)
        if not told and timeout:
            self._peek()
        now = self._looked_at = time.monotonic_ns()
        tasks = 0
        for worker in self._crew.workers.values():
            tasks += len(worker.tasks)
            if now - before > int(timeout * 1e9) + _STOPPED_NS:
                worker.not_before = now
        self._tally.queue.sample(tasks)
        self._tally.ready.sample(self._order.waiting)
        if self._timeout_ns is not None:
            self._end_slow_ones(now, self._timeout_ns)
        if self._pressure is not None:
            self._pressure.relieve([os.getpid(), *self._crew.pids])

    def _peek(self) -> None:
        for worker in self._crew.workers.values():
            for reply in worker.peek() if worker.tasks else ():
                self._received(worker, reply)

    def _received(self, worker: Worker, reply: Reply) -> None:
        answered = worker.answered(reply)
        if answered is None:
            return
        self._barren = 0
        task, chunk = answered
        self._tally.busy_s[worker.place] += reply.seconds
        self._tally.wait_ns += max(0, reply.began - task.pulled)
        if chunk is not None:
            self._sizer.learn(*chunk)
        if reply.failure:
            self._finish(task, worker, "failed", reply.body.decode("utf-8", "replace"), reply.seconds)
        else:
            self._finish(task, worker, "", "", reply.seconds, reply.body)

    def _finish(
        self,
        task: Task,
        worker: Worker | None,
        failure: Failure,
        message: str,
        seconds: float,
        result: bytes | None = None,
    ) -> None:
        attempts = task.deaths + task.strikes + (failure not in ("killed", "memory", "cancelled"))
        place = 0 if worker is None else worker.place
        outcome = Outcome(task.item.number, result, failure, message, seconds, attempts, place)
        self._window.resize(task.size, len(result or b""))
        self._tally.finished(task.size, result, failure)
        self._order.put(task.index, outcome)

    def _end_slow_ones(self, now: int, limit: int) -> None:
        for worker in self._crew.workers.values():
            if worker.doomed or not worker.tasks:
                continue
            running = worker.running()
            if running is not None:
                if now - running[2] > limit and self._crew.kill(worker):
                    worker.doomed, worker.doom = running[1], "timeout"
            elif self._is_silent(worker, now - limit) and self._crew.kill(worker):
                worker.doomed = -1

    def _is_silent(self, worker: Worker, since: int) -> bool:
        """Tell whether a worker that has work and does not begin it has said nothing for long."""
        return worker.quiet_since is not None and worker.quiet_since < since - _SILENCE_NS

    def _lost(self, heard: Heard) -> None:
        """Judge the death of a worker: what it had finished is here already; find out what becomes of the rest."""
        worker = heard.worker
        chunks = worker.unfinished()
        if not chunks:
            self._tally.replaced += not worker.retiring
            return
        self._tally.replaced += 1
        running = worker.running()
        if running is None or running[0] is not chunks[0][0]:
            self._barren += 1
            if self._barren > 3 * self._tally.workers + 3:
                text = f"the workers end before they have worked anything: the last one {heard.death}"
                raise UnavailableError(text, hint="use --jobs 1")
            self._intake.put_back([Chunk(tasks) for tasks in chunks])
            return
        task, number, started = running
        seconds = max(0, time.monotonic_ns() - started) / 1e9
        first = [Chunk([task])]
        mates = [Chunk(chunks[0][1:])]
        if worker.doomed == number and worker.doom == "timeout":
            self._finish(task, worker, "timeout", f"took longer than {self._timeout_s:g} s", seconds)
            first = []
        elif worker.doomed == number and worker.doom == "memory":
            task.strikes += 1
            first = self._again(task, worker, "memory", self._memory_text, seconds)
        elif heard.own and not worker.doomed:
            task.deaths += 1
            first = self._again(task, worker, "killed", f"its worker {heard.death}", seconds)
            # What damaged the worker may also have been one that seemed to end well: each by itself.
            mates = [Chunk([mate], alone=True) for mate in chunks[0][1:]]
        self._intake.put_back([*first, *mates, *(Chunk(tasks) for tasks in chunks[1:])])

    def _again(self, task: Task, worker: Worker, failure: Failure, text: str, seconds: float) -> list[Chunk]:
        """Return ``task`` as a chunk by itself, or nothing when that was its last chance."""
        if task.deaths + task.strikes < _MOST_DEATHS:
            self._tally.retries += 1
            return [Chunk([task], alone=True)]
        self._finish(task, worker, failure, f"{text}, as another did before", seconds)
        return []

    def _give_up(self) -> None:
        """End the workers; what they had finished counts, everything else is cancelled."""
        self._cancelled = False
        ended = self._crew.dismiss()
        for heard in ended:
            for reply in heard.replies:
                self._received(heard.worker, reply)
        for heard in ended:
            for tasks in heard.worker.unfinished() if heard.death else ():
                for task in tasks:
                    self._finish(task, heard.worker, "cancelled", "given up", 0.0)
        for task in self._intake.stop():
            self._finish(task, None, "cancelled", "given up", 0.0)


def _size(limit: int) -> str:
    from perftool.units.display import format_value

    return format_value(limit, "B")
