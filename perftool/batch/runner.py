"""Run a batch: records in, one line out for each, in the order of the input or as they finish.

Nothing is held but what is under way: an item's text goes with the worker that has it, what waits for an item before it
is bounded by the executor's window, and repeats that wait by a number of their own.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, cast

import msgspec

from perftool.batch.api import Record
from perftool.batch.entries import Entry, Work
from perftool.batch.known import ROOM, Known
from perftool.batch.lines import Line
from perftool.batch.resuming import Resumed
from perftool.batch.worker import Done, decode_done
from perftool.events import Progress
from perftool.workers.api import PAUSE, Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.batch.lines import Sink, Status
    from perftool.batch.totals import Totals
    from perftool.events import Listener
    from perftool.workers.api import Executor, Outcome

#: While more repeats than this wait, nothing is read.
_MOST_WAITING: Final = 1 << 15
_AGAIN: Final = frozenset({"timeout", "killed", "memory"})
_TELL_EVERY_S: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to run: ``salt`` is what, beside its text, decides an item's result.

    ``most_errors`` failures are borne before the run stops, None: any number. ``retry`` is how often an item that took
    too long or ended its worker is begun again. ``remember`` bounds the bytes of results that equal texts are given.
    """

    salt: bytes
    ordered: bool = True
    dedupe: bool = True
    remember: int = ROOM
    retry: int = 0
    most_errors: int | None = None


class Run:
    """One run of records through ``executor`` into ``sink``; ``totals`` count what became of them."""

    def __init__(
        self,
        executor: Executor,
        sink: Sink,
        totals: Totals,
        listener: Listener,
        plan: Plan,
        resumed: Resumed | None = None,
    ) -> None:
        self._executor = executor
        self._sink = sink
        self._totals = totals
        self._listener = listener
        self._plan = plan
        self._resumed = resumed or Resumed()
        self._known = Known(plan.remember)
        self._salted = blake2b(digest_size=16, key=plan.salt)
        self._out: dict[int, Entry] = {}
        self._line_up: deque[Entry] = deque()
        self._again: deque[Item] = deque()
        self._waiting = self._passed = 0
        self._number = 0
        self._began = self._told_at = time.monotonic()
        self._stopping = self._reading = False

    def run(self, records: Iterable[Record]) -> None:
        """Work all records; what is finished is written when this returns, and when it raises.

        raises: UsageError when the results to go on with are of other input, what records, executor and sink raise.
        """
        try:
            items = self._items(iter(records))
            while True:
                with closing(self._executor.run(items, ordered=self._plan.ordered)) as outcomes:
                    for outcome in outcomes:
                        self._take(outcome)
                if not self._again or self._stopping:
                    break
                items = self._items(iter(()))
            if not self._stopping:
                self._resumed.check_all_seen(self._number)
        finally:
            self._reading = False
            self._totals.cancelled = self._number - len(self._resumed) - self._totals.items
            self._sink.flush()

    def cancel(self, why: str = "") -> None:
        """Begin nothing more, and give up what is under way; may be called from a signal handler."""
        self._stopping = True
        self._totals.stopped = self._totals.stopped or why
        self._executor.cancel()

    def interrupt(self) -> None:
        """Hear a signal that asks to end: what is under way is given up; not even input is waited for any more.

        raises: KeyboardInterrupt where the run is waiting for input.
        """
        self._totals.interrupted = True
        if self._reading:
            raise KeyboardInterrupt
        self.cancel("interrupted")

    def _items(self, records: Iterator[Record]) -> Iterator[Item]:
        clock, stages = time.monotonic, self._totals.stages
        split, write = stages.split, stages.write
        while not self._stopping:
            if self._again:
                yield self._again.popleft()
                continue
            if self._waiting > _MOST_WAITING:
                yield PAUSE
                continue
            began = clock()
            self._sink.tick(began)
            self._reading = True
            record = next(records, None)
            self._reading = False
            now, wrote = clock(), write.busy_s
            split.busy_s += now - began
            if record is None:
                return
            item = self._entered(record, now)
            # What it wrote on the way is not its own.
            stages.look_up_s += clock() - now - (write.busy_s - wrote)
            if item is not None:
                yield item

    def _entered(self, record: Record, now: float) -> Item | None:
        """Take a record in that was read ``now``; return what a worker has to do for it, if anything."""
        number, text = self._number, record.text
        if not number:
            self._totals.start(now)
        self._number += 1
        problem = record.problem or ("is empty" if text is not None and (not text or text.isspace()) else "")
        data = (problem if problem or text is None else text).encode("utf-8", "surrogatepass")
        hashed = self._salted.copy()
        hashed.update(data)
        digest = hashed.digest()
        self._totals.stages.read(len(data))
        if self._resumed.has(number, digest):
            self._passed += 1
            return None
        if text is None or problem:
            done = Done(None, problem or "cannot be read")
            size = len(data) if text is not None else 0
            self._enter(Entry(number, _bare(record), size, digest, Work("unreadable", done), now))
            return None
        work = self._known.get(digest) if self._plan.dedupe else None
        if work is not None:
            self._enter(Entry(number, _bare(record), len(data), digest, work, now, repeated=True))
            return None
        work = Work(payload=data if self._plan.retry else b"")
        if self._plan.dedupe:
            self._known.add(digest, work)
        entry = Entry(number, _bare(record), len(data), digest, work, now)
        self._out[number] = entry
        if self._plan.ordered:
            self._line_up.append(entry)
        return Item(number, data)

    def _enter(self, entry: Entry) -> None:
        """Line up an item that no worker is asked about."""
        if self._plan.ordered:
            self._line_up.append(entry)
            self._waiting += entry.repeated
            self._hand_on()
        elif entry.work.status:
            self._write(entry)
        else:
            entry.work.waiting.append(entry)
            self._waiting += 1

    def _take(self, outcome: Outcome) -> None:
        entry = self._out[outcome.number]
        work = entry.work
        work.attempts += outcome.attempts
        if outcome.failure in _AGAIN and work.tries < self._plan.retry and not self._stopping:
            work.tries += 1
            self._again.append(Item(entry.number, work.payload))
            return
        if outcome.failure == "cancelled":
            work.status = "cancelled"
            self._known.finish(entry.digest)
            return
        del self._out[outcome.number]
        work.payload, work.seconds, work.finished = b"", outcome.seconds, time.monotonic()
        if outcome.result is None:
            work.done, work.status = Done(None, outcome.message), outcome.failure
        else:
            work.done = decode_done(outcome.result)
            work.status = "failed" if work.done.result is None else "ok"
        self._known.finish(entry.digest)
        if self._plan.ordered:
            self._hand_on()
            return
        self._write(entry)
        for other in work.waiting:
            self._waiting -= 1
            self._write(other)
        work.waiting.clear()

    def _hand_on(self) -> None:
        """Write what has nothing unfinished before it."""
        line_up = self._line_up
        while line_up and line_up[0].work.status not in ("", "cancelled"):
            if self._stopping and self._too_many():
                return
            entry = line_up.popleft()
            self._waiting -= entry.repeated
            self._write(entry)

    def _write(self, entry: Entry) -> None:
        if self._stopping and self._too_many():
            return
        began = time.monotonic()
        work, done, record = entry.work, entry.work.done, entry.record
        line = Line(
            entry.number,
            record.id,
            record.path,
            record.line,
            cast("Status", work.status),
            None if done.result is None else msgspec.Raw(done.result),
            done.error,
            done.error_line,
            done.error_column,
            0.0 if entry.repeated else round(work.seconds, 7),
            0.0 if entry.repeated else round(done.cpu_seconds, 7),
            entry.size,
            0 if entry.repeated else work.attempts,
            entry.repeated,
            entry.digest[:8].hex(),
        )
        size = self._sink.write(line, began)
        now = time.monotonic()
        waited = began - max(entry.read, work.finished)
        self._totals.stages.wrote(size, waited, now - began, self._number - self._passed - self._totals.items)
        self._totals.take(line, now, done.gc_seconds, first=done.first)
        if self._too_many():
            most = self._plan.most_errors
            self.cancel("stopped at the first failure" if most == 0 else f"stopped after more than {most} failures")
        if now - self._told_at >= _TELL_EVERY_S:
            self._tell(now)

    def _too_many(self) -> bool:
        return self._totals.too_many(self._plan.most_errors)

    def _tell(self, now: float) -> None:
        self._told_at = now
        done = self._totals.items
        rate = done / (now - self._began) if now > self._began else 0.0
        failed = f", {self._totals.failed:,} failed" if self._totals.failed else ""
        self._listener.progress(Progress(done=done, total=None, activity=f"items, {rate:,.0f}/s{failed}"))


def _bare(record: Record) -> Record:
    """Return ``record`` without its text: that is with a worker, and nobody else needs it."""
    return Record(None, record.path, record.line, record.id)
