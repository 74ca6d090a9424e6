"""Work items in processes of this machine."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Self

from perftool.errors import UnavailableError
from perftool.workers.chunks import WINDOW_BYTES, WINDOW_ITEMS, Sizer, Window
from perftool.workers.crew import Crew
from perftool.workers.loop import Run
from perftool.workers.memory import EVERY_S, Guard
from perftool.workers.metrics import Tally

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from types import TracebackType

    from perftool.workers.api import Item, Job, Outcome
    from perftool.workers.metrics import Metrics


class LocalExecutor:
    """Up to ``workers`` processes forked from one that has imported and prepared ``job`` once.

    ``timeout_s`` bounds one item; ``memory_limit`` all processes together, in bytes, this one included, looked at
    every ``memory_every_s`` seconds. ``window_items`` and ``window_bytes`` bound what is pulled and not handed out.
    Processes begin to start at once and end with ``close``, or with this process however it ends.
    raises: UnavailableError where processes cannot be forked and handed sockets, as on Windows.
    """

    notes: tuple[str, ...] = ()

    def __init__(
        self,
        job: Job,
        *,
        workers: int,
        timeout_s: float | None = None,
        memory_limit: int | None = None,
        memory_every_s: float = EVERY_S,
        window_items: int = WINDOW_ITEMS,
        window_bytes: int = WINDOW_BYTES,
    ) -> None:
        if not available():
            raise UnavailableError("worker processes need a system with fork and Unix sockets", hint="use --jobs 1")
        self._timeout_s = timeout_s
        self._guard = None if memory_limit is None else Guard(memory_limit, every_s=memory_every_s)
        self._window = (window_items, window_bytes)
        self._sizer = Sizer()
        self._tally = Tally(workers=max(workers, 1))
        self._run: Run | None = None
        self._crew = Crew(job, max(workers, 1))

    def run(self, items: Iterable[Item], *, ordered: bool = True) -> Generator[Outcome]:
        """Yield an outcome for every item, in the order of ``items`` or, not ``ordered``, as they come.

        Items are pulled only while there is room for them. Closing the generator ends the workers and what they do;
        the next run forks new ones.
        raises: RuntimeError while another run is under way, UnavailableError when workers cannot be had, and what
        ``items`` or the job's own making raises.
        """
        if self._run is not None:
            raise RuntimeError("this executor already runs something: finish or close that first")
        self._run = Run(
            self._crew,
            items,
            self._tally,
            self._sizer,
            Window(*self._window),
            ordered=ordered,
            timeout_s=self._timeout_s,
            guard=self._guard,
        )
        try:
            yield from self._run.outcomes()
        finally:
            self._run = None

    def cancel(self) -> None:
        """Pull no more items and yield those pulled but not finished as ``cancelled``."""
        if self._run is not None:
            self._run.cancel()

    def rest(self) -> None:
        """End the workers; the next run forks new ones. What they counted is kept."""
        if self._run is None:
            self._crew.dismiss()

    def metrics(self) -> Metrics:
        """Return what has been done since the executor was made; times of the present run when it has ended."""
        return self._tally.metrics(self._crew.counters())

    @property
    def pids(self) -> list[int]:
        """Return the processes that were started and run now; the first is the one that the others are forked from."""
        return self._crew.pids

    def close(self) -> None:
        """End everything that was started; may be called twice."""
        self._crew.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def available() -> bool:
    """Tell whether this system can fork processes and hand them sockets."""
    return hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and hasattr(socket, "send_fds")
