"""Values in a Redis server that many machines share."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Final

from perftool.caching.api import Kept, Tier, TierError, TierFigures, TierKind, TierOptions
from perftool.caching.envelope import RefusedError, seal, unseal
from perftool.errors import UsageError, missing_extra

#: Put before every key, so that nobody else's is taken for ours.
_PREFIX: Final = "perftool:result:"


class Redis:
    """A client of one server."""

    name = "redis"

    def __init__(self, options: TierOptions) -> None:
        import redis

        if not options.url:
            raise UsageError("the Redis tier needs a URL", hint="redis://127.0.0.1:6379/0")
        self._options = options
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._failed = (redis.RedisError, OSError)
        try:
            # No retries: an answer from the cache is worth less than the time to wait for it.
            self._client = redis.Redis.from_url(
                options.url,
                socket_timeout=options.timeout_s,
                socket_connect_timeout=options.timeout_s,
                retry=None,
                decode_responses=False,
            )
        except ValueError as error:
            # The error may show the URL, and that a password.
            raise UsageError("the URL of Redis is not valid", hint="redis://127.0.0.1:6379/0") from error

    def get(self, key: str) -> Kept | None:
        """Return what is kept under ``key``; what is not ours is refused, and a miss."""
        try:
            sealed = self._client.get(_PREFIX + key)
        except self._failed as error:
            raise self._failure(error) from error
        try:
            found = unseal(sealed) if sealed is not None else None
        except RefusedError:
            self._count("refused", "misses")
            self.forget(key)
            return None
        if found is not None and found.expires is not None and found.expires <= self._options.now():
            found = None
        self._count("misses" if found is None else "hits")
        return found

    def put(self, key: str, value: bytes, ttl_s: float | None) -> None:
        """Keep ``value``; what goes when there is no more room is the server's to decide."""
        if len(value) > self._options.largest_bytes:
            self._count("skipped")
            return
        expires = None if ttl_s is None else self._options.now() + ttl_s
        milliseconds = None if ttl_s is None else max(1, round(ttl_s * 1000))
        try:
            self._client.set(_PREFIX + key, seal(value, expires), px=milliseconds)
        except self._failed as error:
            raise self._failure(error) from error
        self._count("puts")

    def forget(self, key: str) -> None:
        """Keep it no longer; a store that does not let go is left as it is."""
        try:
            self._client.delete(_PREFIX + key)
        except self._failed:
            self._count("failures")

    def _failure(self, error: Exception) -> TierError:
        self._count("failures")
        # Its text may hold the address, and that is nobody's business.
        return TierError(type(error).__name__)

    def _count(self, *names: str) -> None:
        with self._lock:
            self._counts.update(names)

    def figures(self) -> TierFigures:
        """Say what this process did; what the server holds in all is not ours to count."""
        known = {name: count for name, count in self._counts.items() if name in TierFigures.__slots__}
        return TierFigures(self.name, **known)

    def close(self) -> None:
        """Close the connections; the values stay."""
        self._client.close()


def _check() -> None:
    try:
        import redis  # noqa: F401
    except ImportError as error:
        raise missing_extra("redis", "cache") from error


def _open(options: TierOptions) -> Tier:
    _check()
    return Redis(options)


TIER: Final = TierKind("redis", "a server that many machines share", _check, _open)
