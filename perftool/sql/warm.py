"""Garbage collection for perftool's own processes that parse much SQL: never for the user's."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

THRESHOLD: Final = 5_000


@contextmanager
def settled_gc(threshold: int = THRESHOLD) -> Iterator[None]:
    """Freeze what is loaded and collect less often for the time of a ``with`` block.

    Trees die young and hold cycles (children know their parents): the default threshold of 700 looks through them
    too often, one of 50,000 lets so much garbage lie about that the processor's caches are lost (docs/sql.md has the
    figures). Call this after warming up; the former settings come back at the end.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(threshold, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
