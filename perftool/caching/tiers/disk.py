"""Values in a folder that the processes of one machine share, through diskcache, as plain bytes only."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from perftool.caching.api import Kept, Tier, TierError, TierFigures, TierKind, TierOptions
from perftool.caching.envelope import RefusedError, seal, unseal
from perftool.errors import UsageError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A reader waits so long for a writer before it does without.
_BUSY_S: Final = 0.5


def _bytes_only() -> type[Any]:
    """Return the class that diskcache stores by: bytes in, bytes out, nothing pickled and no file outside the folder.

    Its own would unpickle whatever a row of its database says is pickled: code of whoever wrote the row.
    """
    import diskcache
    from diskcache.core import MODE_BINARY, MODE_RAW

    class BytesDisk(diskcache.Disk):  # type: ignore[misc]
        def put(self, key: object) -> tuple[str, bool]:
            if not isinstance(key, str):
                raise TypeError("keys are texts")
            return key, True

        def get(self, key: object, raw: object) -> str:
            if not raw or not isinstance(key, str):
                raise RefusedError("a key that is no text")
            return key

        def store(self, value: object, read: bool, key: object = None) -> Any:
            if not isinstance(value, bytes) or read:
                raise TypeError("values are bytes")
            return super().store(value, read=False, key=key)

        def fetch(self, mode: object, filename: object, value: object, read: bool) -> bytes:
            if mode == MODE_RAW and isinstance(value, bytes) and not read:
                return value
            if mode == MODE_BINARY and isinstance(filename, str) and _own(filename):
                return bytes(super().fetch(mode, filename, value, read=False))
            raise RefusedError("a value that is no plain bytes")

        def remove(self, file_path: str) -> None:
            if _own(file_path):
                super().remove(file_path)

    return BytesDisk


def _own(name: str) -> bool:
    """Tell whether a file's name is of the form that diskcache gives: below the folder, never upwards."""
    parts = name.replace("\\", "/").split("/")
    return name.endswith(".val") and all(part.replace(".val", "").isalnum() for part in parts)


class _Closer:
    """Closes the connection that diskcache opened for a thread when the thread ends; it leaves that to chance."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __del__(self) -> None:
        # Elsewhere than in its own thread it cannot be closed, and does not have to be: the interpreter ends.
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()


class Disk:
    """A folder of diskcache's."""

    name = "disk"

    def __init__(self, options: TierOptions) -> None:
        import diskcache

        if options.folder is None:
            raise UsageError("the disk tier needs a folder")
        self._options = options
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._threads = threading.local()
        self._failed: tuple[type[Exception], ...] = (sqlite3.Error, OSError, diskcache.Timeout)
        self._unfit: tuple[type[Exception], ...] = (*self._failed, RefusedError)
        try:
            self._cache = diskcache.Cache(
                str(options.folder),
                timeout=_BUSY_S,
                disk=_bytes_only(),
                size_limit=options.limit_bytes,
                eviction_policy="least-recently-used",
                statistics=False,
            )
        except self._failed as error:
            raise TierError(f"{type(error).__name__} in the folder of the cache") from error

    def get(self, key: str) -> Kept | None:
        """Return what is kept under ``key``; what is not ours is refused, and a miss."""
        try:
            self._opened()
            sealed = self._cache.get(key)
            found = unseal(sealed) if sealed is not None else None
        except RefusedError:
            self._count("refused", "misses")
            self.forget(key)
            return None
        except self._failed as error:
            self._count("failures")
            raise TierError(type(error).__name__) from error
        if found is not None and found.expires is not None and found.expires <= self._options.now():
            found = None
        self._count("misses" if found is None else "hits")
        return found

    def put(self, key: str, value: bytes, ttl_s: float | None) -> None:
        """Keep ``value``; what was used least recently makes room."""
        if len(value) > self._options.largest_bytes:
            self._count("skipped")
            return
        expires = None if ttl_s is None else self._options.now() + ttl_s
        try:
            self._opened()
            self._cache.set(key, seal(value, expires), expire=ttl_s)
        except self._failed as error:
            self._count("failures")
            raise TierError(type(error).__name__) from error
        self._count("puts")

    def forget(self, key: str) -> None:
        """Keep it no longer; a store that does not let go is left as it is."""
        try:
            self._opened()
            self._cache.delete(key)
        except self._unfit:
            self._count("failures")

    def _opened(self) -> None:
        """Take care of this thread's connection."""
        if not hasattr(self._threads, "closer"):
            self._threads.closer = _Closer(self._cache._con)  # noqa: SLF001 - nowhere else is it to be had

    def _count(self, *names: str) -> None:
        with self._lock:
            self._counts.update(names)

    def figures(self) -> TierFigures:
        """Say what it did; the folder's size counts what other processes put there too."""
        counts: Mapping[str, int] = self._counts
        held: dict[str, int] = {}
        try:
            held = {"bytes": int(self._cache.volume()), "entries": len(self._cache)}
        except self._failed:
            self._count("failures")
        return TierFigures(
            self.name, **held, **{name: counts[name] for name in counts if name in TierFigures.__slots__}
        )

    def close(self) -> None:
        """Close the database of the folder, in this thread; the values stay."""
        self._cache.close()
        vars(self._threads).clear()


def _check() -> None:
    try:
        import diskcache  # noqa: F401
    except ImportError as error:
        raise missing_extra("diskcache", "cache") from error


def _open(options: TierOptions) -> Tier:
    _check()
    return Disk(options)


TIER: Final = TierKind("disk", "a folder that the processes of one machine share", _check, _open)
