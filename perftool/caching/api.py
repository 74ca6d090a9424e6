"""What a tier is: a place that keeps bytes by key for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIERS: Final = "perftool.caching.tiers"
MIB: Final = 1 << 20


class Kept(NamedTuple):
    """What a tier had: ``value``, and ``expires``, the end of its time in seconds of the epoch, None for no end."""

    value: bytes
    expires: float | None = None


@dataclass(frozen=True, slots=True)
class TierFigures:
    """What a tier did and holds; None where it cannot know, because others use the store too.

    ``refused`` are values that were there but are not ours, or are damaged: each is a miss. ``failures`` are times
    that the store itself did not answer, ``passed_by`` how often it was not asked because it had just failed.
    ``skipped`` are values that were too large to keep.
    """

    name: str
    hits: int = 0
    misses: int = 0
    puts: int = 0
    bytes: int | None = None
    entries: int | None = None
    evictions: int | None = None
    refused: int = 0
    failures: int = 0
    passed_by: int = 0
    skipped: int = 0


class Tier(Protocol):
    """A place that keeps bytes. Any thread may use it; what goes wrong with the store raises TierError."""

    @property
    def name(self) -> str:
        """What messages and figures call it."""

    def get(self, key: str) -> Kept | None:
        """Return what is kept under ``key``, None when there is nothing whose time has not run out."""

    def put(self, key: str, value: bytes, ttl_s: float | None) -> None:
        """Keep ``value`` for ``ttl_s`` seconds, None for as long as there is room."""

    def forget(self, key: str) -> None:
        """Keep it no longer."""

    def figures(self) -> TierFigures:
        """Say what it did."""

    def close(self) -> None:
        """Let go of files and connections; what others share stays."""


class TierError(Exception):
    """The store behind a tier did not answer, or refused; the query goes on without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierOptions:
    """How a tier is opened; each takes what concerns it.

    ``limit_bytes`` bounds all values together, ``largest_bytes`` a single one. ``folder`` is that of the disk,
    ``url`` that of Redis, which has ``timeout_s`` for an answer. ``now`` gives seconds of the epoch.
    """

    limit_bytes: int = 64 * MIB
    largest_bytes: int = 16 * MIB
    folder: Path | None = None
    url: str = ""
    timeout_s: float = 0.5
    now: Callable[[], float] = field(default=time.time)


@dataclass(frozen=True, slots=True)
class TierKind:
    """A kind of tier; ``check`` imports its library, and raises UnavailableError (with the install line) where
    that is missing.

    raises from ``open``: UsageError when an option that it needs is not given, TierError when the store cannot be
    had.
    """

    name: str
    summary: str
    check: Callable[[], None]
    open: Callable[[TierOptions], Tier]
