"""One computation for many who want the same at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class _Flight(Generic[T]):
    """A computation under way; ``landed`` is set when it ended, in whatever way."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.thread = threading.get_ident()
        self.value: T | None = None
        self.error: Exception | None = None
        self.done = False


class SingleFlight(Generic[T]):
    """Lets the first who asks for a key compute, and the others wait for what comes of it."""

    def __init__(self) -> None:
        self._flights: dict[str, _Flight[T]] = {}
        self._lock = threading.Lock()
        self.shared = 0

    def do(self, key: str, compute: Callable[[], T]) -> T:
        """Return what ``compute`` gives, from whoever computes ``key`` at the moment.

        An exception reaches all who wait for it. A computation that is interrupted (Ctrl-C) interrupts only its own
        thread: the next one in the queue computes. A thread that asks again for what it is computing computes twice,
        as waiting for itself would never end.
        """
        while True:
            with self._lock:
                flight = self._flights.get(key)
                if flight is None:
                    flight = self._flights[key] = _Flight()
                    break
                if flight.thread == threading.get_ident():
                    return compute()
                self.shared += 1
            flight.landed.wait()
            if flight.error is not None:
                raise flight.error
            if flight.done:
                return flight.value  # type: ignore[return-value]
        return self._computed(key, flight, compute)

    def _computed(self, key: str, flight: _Flight[T], compute: Callable[[], T]) -> T:
        try:
            flight.value = compute()
            flight.done = True
            return flight.value
        except Exception as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()
