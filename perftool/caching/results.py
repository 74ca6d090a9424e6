"""Rows of queries through a cache."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from perftool.caching import forms
from perftool.caching.keys import UncachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.caching.forms import Form, Rows
    from perftool.caching.layers import Cache


class _NotKeptError(Exception):
    """The query was run, and its rows cannot be kept; they are in ``rows``, for the thread that ran it."""

    def __init__(self, rows: Rows, thread: int) -> None:
        super().__init__()
        self.rows = rows
        self.thread = thread


class Results:
    """Rows by key, in one form, through a cache. Any thread may use it."""

    def __init__(self, cache: Cache, form: Form) -> None:
        self.cache = cache
        self._form = form
        self._lock = threading.Lock()
        #: Results that were given out but not kept, and kept ones that nobody could read.
        self.not_kept = 0
        self.refused = 0

    def fetch(
        self,
        key: str,
        query: Callable[[], tuple[Sequence[str], Sequence[tuple[Any, ...]]]],
        *,
        ttl_s: float | None = None,
    ) -> Rows:
        """Return the columns and rows of ``query``, which runs only where no tier has them.

        What cannot be kept without changing it is given out as the query gave it, and not kept.
        """
        try:
            data = self.cache.fetch(key, lambda: self._encoded(query), ttl_s=ttl_s)
        except _NotKeptError as error:
            if error.thread == threading.get_ident():
                return error.rows
            # Rows of another thread's query may be changed by it: everybody gets their own.
            return _rows(query())
        try:
            return forms.decode(data)
        except UncachableError:
            with self._lock:
                self.refused += 1
            self.cache.forget(key)
            return _rows(query())

    def _encoded(self, query: Callable[[], tuple[Sequence[str], Sequence[tuple[Any, ...]]]]) -> bytes:
        found = _rows(query())
        try:
            return self._form.encode(*found)
        except UncachableError as error:
            with self._lock:
                self.not_kept += 1
            raise _NotKeptError(found, threading.get_ident()) from error


def _rows(found: tuple[Sequence[str], Sequence[tuple[Any, ...]]]) -> Rows:
    columns, rows = found
    return tuple(columns), rows if isinstance(rows, list) else list(rows)
