"""Notice that the reader of a pipe or socket has gone, also while nothing is written to it."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


_AGAIN_MS: Final = 100


class GoneWatch:
    """Calls ``gone`` from a thread of its own when nobody reads ``descriptor`` any more, for the time of a block.

    A query may work for minutes before its next row: only then would a write fail. Where the system cannot tell
    (Windows, no pipe), nothing is watched.
    """

    def __init__(self, descriptor: int | None, gone: Callable[[], None]) -> None:
        self.noticed = False
        self._descriptor = descriptor
        self._gone = gone
        self._thread: threading.Thread | None = None
        self._wake: tuple[int, int] | None = None

    def __enter__(self) -> GoneWatch:
        if self._descriptor is not None and hasattr(select, "poll"):
            self._wake = os.pipe()
            self._thread = threading.Thread(target=self._watch, name="perftool-reader", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is None or self._wake is None:
            return
        os.write(self._wake[1], b"x")
        self._thread.join()
        for descriptor in self._wake:
            os.close(descriptor)

    def _watch(self) -> None:
        assert self._descriptor is not None
        assert self._wake is not None
        poll = select.poll()
        # No event asked for: errors and hang-ups are always told.
        poll.register(self._descriptor, 0)
        poll.register(self._wake[0], select.POLLIN)
        ready = dict(poll.poll())
        if self._wake[0] in ready:
            return
        self.noticed = True
        poll.unregister(self._descriptor)
        ended = False
        while not ended:
            with contextlib.suppress(Exception):
                # The stream itself will say what became of it.
                self._gone()
            # Again, until the block ends: there may have been no statement to stop yet.
            ended = bool(poll.poll(_AGAIN_MS))
