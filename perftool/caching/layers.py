"""Tiers one behind the other: the nearest that has a value gives it, and those before it keep it from then on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from perftool.caching.api import Kept, TierError
from perftool.caching.single_flight import SingleFlight
from perftool.events import Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from perftool.caching.api import Tier, TierFigures
    from perftool.events import Listener

#: A store that failed is left alone for so long: without that each query would wait for its time-out.
REST_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class CacheFigures:
    """What a cache did: ``computed`` values came from the query, ``shared`` from a computation of somebody else."""

    computed: int
    shared: int
    tiers: tuple[TierFigures, ...]

    @property
    def hit_rate(self) -> float | None:
        """Return the share of look-ups that no query was needed for, None before the first."""
        hits = sum(tier.hits for tier in self.tiers)
        asked = hits + self.computed
        return hits / asked if asked else None


class Cache:
    """Tiers, the nearest first. Use it in a ``with`` block; any thread may."""

    def __init__(
        self,
        tiers: Sequence[Tier],
        *,
        ttl_s: float | None = 60.0,
        listener: Listener | None = None,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand before a database.

        ``ttl_s`` is how long a value counts as current, None for ever. ``listener`` hears once of each store that
        fails. ``now`` gives seconds of the epoch.
        """
        self._tiers = tuple(tiers)
        self._ttl_s = ttl_s
        self._listener = listener or Silent()
        self._now = now
        self._monotonic = monotonic
        self._flights: SingleFlight[bytes] = SingleFlight()
        self._lock = threading.Lock()
        self._resting: dict[str, float] = {}
        self._told: set[str] = set()
        self._passed_by = dict.fromkeys((tier.name for tier in self._tiers), 0)
        self._computed = 0

    def fetch(self, key: str, compute: Callable[[], bytes], *, ttl_s: float | None = None) -> bytes:
        """Return the value of ``key``, from the nearest tier that has it, else from ``compute``, which is then kept.

        Of several threads that want the same at once one looks and computes. No tier's failure is an error: the
        value is computed. ``ttl_s`` is the time of this value, None for that of the cache.
        """
        return self._flights.do(key, lambda: self._found(key, compute, self._ttl_s if ttl_s is None else ttl_s))

    def _found(self, key: str, compute: Callable[[], bytes], ttl_s: float | None) -> bytes:
        for at, tier in enumerate(self._tiers):
            kept = self._ask(tier, key)
            if kept is not None:
                left = None if kept.expires is None else kept.expires - self._now()
                self._keep(self._tiers[:at], key, kept.value, left)
                return kept.value
        value = compute()
        with self._lock:
            self._computed += 1
        self._keep(self._tiers, key, value, ttl_s)
        return value

    def _ask(self, tier: Tier, key: str) -> Kept | None:
        if self._rests(tier):
            return None
        try:
            return tier.get(key)
        except TierError as error:
            self._failed(tier, error)
            return None

    def _keep(self, tiers: Sequence[Tier], key: str, value: bytes, ttl_s: float | None) -> None:
        if ttl_s is not None and ttl_s <= 0:
            return
        for tier in tiers:
            if not self._rests(tier):
                try:
                    tier.put(key, value, ttl_s)
                except TierError as error:
                    self._failed(tier, error)

    def _rests(self, tier: Tier) -> bool:
        with self._lock:
            until = self._resting.get(tier.name)
            if until is None or self._monotonic() >= until:
                return False
            self._passed_by[tier.name] += 1
            return True

    def _failed(self, tier: Tier, error: TierError) -> None:
        with self._lock:
            self._resting[tier.name] = self._monotonic() + REST_S
            first = tier.name not in self._told
            self._told.add(tier.name)
        if first:
            self._listener.note(f"cache: {tier.name} does not answer ({error}); queries go on without it")

    def forget(self, key: str) -> None:
        """Keep it no longer, in any tier."""
        for tier in self._tiers:
            tier.forget(key)

    def figures(self) -> CacheFigures:
        """Say what the cache and its tiers did."""
        tiers = tuple(replace(tier.figures(), passed_by=self._passed_by[tier.name]) for tier in self._tiers)
        return CacheFigures(self._computed, self._flights.shared, tiers)

    def close(self) -> None:
        """Close every tier; what others share stays."""
        for tier in self._tiers:
            tier.close()

    def __enter__(self) -> Cache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
