"""The workers of one executor: forked when needed, listened to, buried."""

from __future__ import annotations

import os
import selectors
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import UnavailableError
from perftool.workers.control import Control, NurseryDiedError, how_it_ended
from perftool.workers.loading import raised
from perftool.workers.messages import BROKEN, HELLO, STATS, Born, Died, Failed, Unborn, decode_stats, decode_trouble
from perftool.workers.worker import Worker

if TYPE_CHECKING:
    from perftool.workers.api import Job
    from perftool.workers.chunks import Chunk
    from perftool.workers.messages import Notice, Reply

_MOST_LOST: Final = 3
_PATIENCE_S: Final = 5.0
_STATS_PATIENCE_S: Final = 1.0
_HINT: Final = "use --jobs 1"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a worker has answered, and ``death``: how it ended, in words, or "" while it lives.

    ``own`` tells that it ended of itself: what ran then may be the cause.
    """

    worker: Worker
    replies: list[Reply]
    death: str = ""
    own: bool = False


class Crew:
    """Up to ``size`` workers for ``job``. The nursery starts at once, so that its imports overlap with other work."""

    def __init__(self, job: Job, size: int) -> None:
        self._job = job
        self._size = size
        self._selector = selectors.DefaultSelector()
        self._departed: dict[str, float] = defaultdict(float)
        self._lost = 0
        self._ending = False
        self._ready = False
        self.workers: dict[int, Worker] = {}
        self._control: Control | None = None
        self._nursery()

    @property
    def pids(self) -> list[int]:
        """Return the processes: the nursery and the workers that are known to run."""
        nursery = [] if self._control is None else [self._control.pid]
        return nursery + [w.pid for w in self.workers.values() if w.pid is not None]

    @property
    def can_grow(self) -> bool:
        """Tell whether there is a place for another worker."""
        return len(self.workers) < self._size

    def hire(self) -> Worker | None:
        """Fork another worker; None when the nursery has just ended, which ``listen`` will tell."""
        control = self._nursery()
        place = next(p for p in range(self._size) if p not in self.workers)
        try:
            connection = control.fork(place)
        except NurseryDiedError:
            return None
        worker = Worker(place, connection, control.slots[place])
        self.workers[place] = worker
        self._watch(worker)
        return worker

    def give(self, worker: Worker, chunk: Chunk) -> None:
        """Send ``chunk`` to ``worker``."""
        worker.give(chunk)
        self._watch(worker)

    def retire(self, worker: Worker) -> None:
        """Let ``worker`` finish what it has and end."""
        worker.retire()
        self._watch(worker)

    def kill(self, worker: Worker) -> bool:
        """End ``worker`` at once, if it runs already; its death is heard later."""
        if worker.pid is None or self._control is None:
            return False
        try:
            self._control.kill(worker.pid)
        except NurseryDiedError:
            return False  # ``listen`` will tell
        return True

    def listen(self, timeout: float | None) -> list[Heard]:
        """Wait up to ``timeout`` seconds and return what happened meanwhile.

        raises: what the job's ``prepare`` or ``make`` raised; UnavailableError when no process can be had.
        """
        heard: list[Heard] = []
        notices: list[Notice] = []
        lost = False
        for key, mask in self._selector.select(timeout):
            worker = key.data
            if worker is None:
                try:
                    notices += self._control.notices() if self._control is not None else []
                except NurseryDiedError:
                    lost = True
                continue
            if mask & selectors.EVENT_WRITE:
                worker.write()
            if mask & selectors.EVENT_READ:
                replies, worker.deaf = worker.read()
                if replies:
                    heard.append(Heard(worker, self._own(worker, replies)))
            self._watch(worker)
        for notice in notices:
            heard += self._noticed(notice)
        return heard + (self._begin_again() if lost else [])

    def ask_stats(self) -> None:
        """Ask every worker that counts something for its counters, and wait for them a little."""
        asked = [w for w in self.workers.values() if w.has_stats and not w.retiring and not w.tasks]
        for worker in asked:
            worker.ask_stats()
            self._watch(worker)
        end = time.monotonic() + _STATS_PATIENCE_S
        while any(w.stats_due for w in asked if self.workers.get(w.place) is w) and time.monotonic() < end:
            self.listen(0.05)

    def counters(self) -> dict[str, float]:
        """Return the counters of all workers added up, as far as they are known."""
        total = defaultdict(float, self._departed)
        for worker in self.workers.values():
            for name, value in worker.stats.items():
                total[name] += value
        return dict(total)

    def dismiss(self) -> list[Heard]:
        """End all workers at once and return the last that they said."""
        self._ending = True
        try:
            return self._dismissed()
        finally:
            self._ending = False

    def _dismissed(self) -> list[Heard]:
        if not self._ready:
            return self._drop_nursery("ended before they began")
        heard: list[Heard] = []
        asked: set[int] = set()
        end = time.monotonic() + _PATIENCE_S
        while self.workers and time.monotonic() < end:
            for worker in list(self.workers.values()):
                if worker.pid is not None and worker.pid not in asked:
                    asked.add(worker.pid)
                    self.kill(worker)
            heard += self.listen(0.05)
        return heard

    def close(self) -> None:
        """End everything; may be called twice."""
        if self._control is not None:
            self._drop_nursery("")
        self._selector.close()

    def _nursery(self) -> Control:
        if self._control is None:
            self._control = Control(self._job, self._size)
            self._ready = False
            self._selector.register(self._control, selectors.EVENT_READ, None)
        return self._control

    def _drop_nursery(self, death: str) -> list[Heard]:
        """End nursery and workers; return what the workers have left."""
        control, self._control = self._control, None
        if control is None:
            return []
        self._selector.unregister(control)
        pids = [w.pid for w in self.workers.values() if w.pid is not None]
        self._ending, before = True, self._ending
        said = control.end(pids, at_once=not self._ready)
        heard = [Heard(w, self._buried(w), death) for w in list(self.workers.values())]
        self._ending = before
        control.close()
        if death == _LOST and not self._ready:
            raise UnavailableError(f"the worker processes cannot start: {said}", hint=_HINT)
        return heard

    def _begin_again(self) -> list[Heard]:
        self._lost += 1
        heard = self._drop_nursery(_LOST)
        if self._lost > _MOST_LOST:
            raise UnavailableError("the worker processes are ended from outside again and again", hint=_HINT)
        return heard

    def _watch(self, worker: Worker) -> None:
        """Wait for what ``worker`` may do next: answer, take more of what waits for it, or nothing any more."""
        wanted = 0 if worker.deaf else selectors.EVENT_READ
        if worker.wants_to_write and not worker.deaf:
            wanted |= selectors.EVENT_WRITE
        if wanted == worker.watched:
            return
        if not worker.watched:
            self._selector.register(worker, wanted, worker)
        elif not wanted:
            self._selector.unregister(worker)
        else:
            self._selector.modify(worker, wanted, worker)
        worker.watched = wanted

    def _noticed(self, notice: Notice) -> list[Heard]:
        if isinstance(notice, Failed) and self._ending:
            return []
        if isinstance(notice, Failed):
            raise raised(notice.trouble)
        if isinstance(notice, Born):
            self.workers[notice.place].pid = notice.pid
        elif isinstance(notice, Unborn):
            message = f"cannot start worker processes: {notice.message.lower()}"
            worker = self.workers[notice.place]
            left = self._buried(worker)
            if not self.workers and not self._ending:
                raise UnavailableError(message, hint=_HINT)
            self._size = max(1, len(self.workers))
            return [Heard(worker, left, message)]
        elif isinstance(notice, Died):
            worker = self.workers[notice.place]
            return [
                Heard(worker, self._buried(worker), how_it_ended(os.waitstatus_to_exitcode(notice.status)), own=True)
            ]
        else:
            self._ready = True
        return []

    def _buried(self, worker: Worker) -> list[Reply]:
        """Take leave of a dead worker and return what it has left."""
        replies = self._own(worker, worker.read_rest())
        worker.deaf = True
        self._watch(worker)
        worker.close()
        del self.workers[worker.place]
        for name, value in worker.stats.items():
            self._departed[name] += value
        return replies

    def _own(self, worker: Worker, replies: list[Reply]) -> list[Reply]:
        """Take out what is for the crew and return the answers to items."""
        if not replies or (replies[0].number > 0 and replies[-1].number > 0):
            return replies
        answers = []
        for reply in replies:
            if reply.number == HELLO:
                worker.has_stats = bool(reply.body)
            elif reply.number == BROKEN and not self._ending:
                raise raised(decode_trouble(reply.body))
            elif reply.number == STATS:
                worker.stats, worker.stats_due = decode_stats(reply.body), False
            else:
                answers += [reply] if reply.number > 0 else []
        return answers


_LOST: Final = "was lost with the process that it was forked from"
