"""Parsed statements kept by (dialect, digest of the text), within a limit of bytes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.sql.dialects import canonical

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from perftool.sql.pool import ParserPool

BYTES_PER_CHARACTER: Final = 100
"""Estimated size of a tree per character of its text; measured, see docs/sql.md."""

BYTES_PER_ENTRY: Final = 1000
"""Estimated size of an entry beside its tree's growth with the text."""

_LARGEST_SHARE: Final = 8


@dataclass(frozen=True, slots=True)
class CacheCounters:
    """What a cache has done so far; ``size_bytes`` is estimated; ``refused`` counts statements too big to keep."""

    hits: int = 0
    misses: int = 0
    evictions: int = 0
    refused: int = 0
    entries: int = 0
    size_bytes: int = 0

    @property
    def hit_rate(self) -> float:
        """Return the share of look-ups that were hits; 1.0 before the first."""
        looked = self.hits + self.misses
        return self.hits / looked if looked else 1.0


class StatementCache:
    """Trees of statements seen before; the one unused for longest goes first; safe between threads.

    Trees can be changed, so ``parse`` hands out a copy; ``shared`` hands out the kept tree itself, which its caller
    promises not to change. Statements that do not parse are not kept.
    """

    def __init__(self, pool: ParserPool, *, max_bytes: int = 64 << 20) -> None:
        self._pool = pool
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, bytes], tuple[Expr, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._size = self._hits = self._misses = self._evictions = self._refused = 0

    def parse(self, text: str, dialect: str = "") -> Expr:
        """Return a tree of the first statement in ``text`` that the caller may change.

        raises: InputError with what is wrong with the statement, UsageError for an unknown dialect.
        """
        return self.shared(text, dialect).copy()

    def shared(self, text: str, dialect: str = "") -> Expr:
        """Return the kept tree of the first statement in ``text``, to be read only.

        raises: InputError with what is wrong with the statement, UsageError for an unknown dialect.
        """
        name = canonical(dialect)
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        key = (name, digest)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._hits += 1
                self._kept.move_to_end(key)
                return found[0]
            self._misses += 1
        with self._pool.parser(name) as parser:
            tree = parser.parse_one(text)
        self._keep(key, tree, BYTES_PER_ENTRY + BYTES_PER_CHARACTER * len(text))
        return tree

    def counters(self) -> CacheCounters:
        """Return a snapshot of the counters."""
        with self._lock:
            return CacheCounters(
                hits=self._hits,
                misses=self._misses,
                evictions=self._evictions,
                refused=self._refused,
                entries=len(self._kept),
                size_bytes=self._size,
            )

    def clear(self) -> None:
        """Let go of all trees; the counters stay."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _keep(self, key: tuple[str, bytes], tree: Expr, size: int) -> None:
        with self._lock:
            if size * _LARGEST_SHARE > self._max_bytes:
                self._refused += 1
                return
            if key in self._kept:
                return
            self._kept[key] = (tree, size)
            self._size += size
            while self._size > self._max_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._size -= freed
                self._evictions += 1
