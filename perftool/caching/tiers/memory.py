"""Values in the memory of this process: those used least recently go first.

Forty lines of our own instead of a library: a bound in bytes, a time for each value, and counts that belong together
under one lock are what none of the usual ones has at once.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from typing import Final

from perftool.caching.api import Kept, Tier, TierFigures, TierKind, TierOptions

#: What an entry takes beside its value: key, tuple and places in the table, roughly.
_ENTRY: Final = 300


class Memory:
    """A dictionary with a bound."""

    name = "memory"

    def __init__(self, options: TierOptions) -> None:
        self._options = options
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        """Return what is kept under ``key``, None when there is nothing whose time has not run out."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.expires is not None and found.expires <= self._options.now():
                self._drop(key)
                found = None
            if found is None:
                self._counts["misses"] += 1
                return None
            self._kept.move_to_end(key)
            self._counts["hits"] += 1
            return found

    def put(self, key: str, value: bytes, ttl_s: float | None) -> None:
        """Keep ``value``; what was used least recently makes room."""
        size = len(value) + _ENTRY
        with self._lock:
            self._drop(key)
            if len(value) > self._options.largest_bytes or size > self._options.limit_bytes:
                self._counts["skipped"] += 1
                return
            while self._bytes + size > self._options.limit_bytes:
                self._drop(next(iter(self._kept)))
                self._counts["evictions"] += 1
            self._kept[key] = Kept(value, None if ttl_s is None else self._options.now() + ttl_s)
            self._bytes += size
            self._counts["puts"] += 1

    def forget(self, key: str) -> None:
        """Keep it no longer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: str) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= len(found.value) + _ENTRY

    def figures(self) -> TierFigures:
        """Say what it did."""
        with self._lock:
            return TierFigures(
                self.name,
                hits=self._counts["hits"],
                misses=self._counts["misses"],
                puts=self._counts["puts"],
                bytes=self._bytes,
                entries=len(self._kept),
                evictions=self._counts["evictions"],
                skipped=self._counts["skipped"],
            )

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def _check() -> None:
    """Find nothing missing: it is all here."""


def _open(options: TierOptions) -> Tier:
    return Memory(options)


TIER: Final = TierKind("memory", "in this process: fast, gone with it, one copy for each process", _check, _open)
