"""A place of a pool, and what a pool can do with the connection in it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from perftool.databases.pool import stacks
from perftool.errors import UnavailableError
from perftool.model.database import PoolLeak

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.databases.pool.stacks import Stack

T = TypeVar("T")


class Opener(Protocol[T]):
    """How the connections of a pool are opened, asked, made clean, and closed."""

    def open(self) -> T:
        """Open a connection."""

    def ping(self, connection: T) -> bool:
        """Say whether it still answers."""

    def reset(self, connection: T) -> None:
        """Make it clean for the next one; raises when it cannot be used again."""

    def close(self, connection: T) -> None:
        """Close it."""


class PoolTimeoutError(UnavailableError):
    """No connection became free in time."""


class Loan:
    """Who holds a connection, since when, and the stack that took it."""

    __slots__ = ("borrower", "stack", "taken")

    def __init__(self, taken: float = 0.0, borrower: int = 0, stack: Stack = ()) -> None:
        self.taken = taken
        self.borrower = borrower
        self.stack = stack


class Slot(Loan, Generic[T]):
    """One place of the pool; ``connection`` is None where it has none open, ``taken`` 0 where nobody holds it."""

    __slots__ = ("born", "connection", "idle_since", "suspect", "uses")

    def __init__(self) -> None:
        super().__init__()
        self.connection: T | None = None
        self.born = 0.0
        self.idle_since = 0.0
        self.uses = 0
        self.suspect = False


def leak_of(loan: Loan, now: float) -> PoolLeak:
    """Describe a connection that was not given back."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    thread = names.get(loan.borrower, "a thread that ended")
    return PoolLeak(held_s=now - loan.taken, stack=stacks.described(loan.stack) if loan.stack else (), thread=thread)


def late(loans: Iterable[Loan], now: float, limit: float) -> list[PoolLeak]:
    """Describe the loans that are ``limit`` seconds old, or older, the oldest first."""
    found = [loan for loan in loans if loan.taken and now - loan.taken >= limit]
    return [leak_of(loan, now) for loan in sorted(found, key=lambda loan: loan.taken)]
