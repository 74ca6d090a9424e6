"""Work items in this process, one after the other: for one worker, and where there is no fork."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Self

from perftool.workers.api import PAUSE, Outcome
from perftool.workers.loading import as_bytes, described, maker
from perftool.workers.metrics import Tally

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from types import TracebackType

    from perftool.workers.api import Item, Job
    from perftool.workers.loading import Work
    from perftool.workers.metrics import Metrics

NOTES: Final = ("without worker processes there is no time-out and no memory guard, and a crash ends the run",)


class InlineExecutor:
    """Works in the caller's thread; every outcome is ready when it is asked for."""

    notes: tuple[str, ...] = NOTES

    def __init__(self, job: Job) -> None:
        self._job = job
        self._work: Work | None = None
        self._tally = Tally(workers=1)
        self._cancelled = False

    def run(self, items: Iterable[Item], *, ordered: bool = True) -> Generator[Outcome]:  # noqa: ARG002
        """Yield an outcome for every item, in the order of ``items``."""
        work, tally = self._made(), self._tally
        self._cancelled = False
        for item in items:
            if item is PAUSE:
                continue
            if self._cancelled:
                outcome = Outcome(item.number, None, "cancelled", "given up", attempts=0)
                tally.finished(len(item.payload), outcome.result, outcome.failure)
                yield outcome
                return
            began = time.monotonic()
            outcome = _worked(work, item)
            tally.busy_s[0] += outcome.seconds
            tally.wall_s += time.monotonic() - began
            tally.chunks += 1
            tally.finished(len(item.payload), outcome.result, outcome.failure)
            yield outcome

    def cancel(self) -> None:
        """Work nothing more; an item pulled already comes out as cancelled."""
        self._cancelled = True

    def rest(self) -> None:
        """Do nothing: there are no processes to be ended."""

    def metrics(self) -> Metrics:
        """Return what has been done; the time of the consumer and of the source is not the run's."""
        stats = getattr(self._work, "stats", None)
        return self._tally.metrics(dict(stats()) if callable(stats) else {})

    def close(self) -> None:
        """Let go of the work."""
        self._work = None

    def _made(self) -> Work:
        if self._work is None:
            make, prepare = maker(self._job.make)
            if prepare is not None:
                prepare(self._job.settings)
            self._work = make(self._job.settings)
        return self._work

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _worked(work: Work, item: Item) -> Outcome:
    began = time.perf_counter()
    try:
        result = as_bytes(work(item.payload))
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - as in a worker, whatever the work raises is its outcome
        return Outcome(item.number, None, "failed", described(error), time.perf_counter() - began)
    return Outcome(item.number, result, seconds=time.perf_counter() - began)
