"""Run a whole transaction again when the database says that this may help.

A statement is never repeated by itself: what the transaction read before may no longer be true (SQLITE_BUSY_SNAPSHOT,
a serialization failure), and whether a statement outside a transaction had an effect is unknown when its connection
was lost. The work that is handed in here must do nothing but use its connection.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from perftool.databases.faults import RETRYABLE, fault_of
from perftool.errors import PerftoolError
from perftool.model.database import Retries

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.databases.api import Connection
    from perftool.databases.faults import Fault
    from perftool.databases.opening import Database

T = TypeVar("T")


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often and for how long a transaction is tried; times in seconds.

    The pause before try n + 1 is min(``longest_s``, ``first_s`` * 2 ** (n - 1) + a random part up to ``jitter_s``):
    those who were in each other's way must not come back at the same moment. ``time_s`` bounds all tries together.
    source: Brooker, Exponential Backoff And Jitter, AWS Architecture Blog 2015
    """

    attempts: int = 5
    time_s: float = 30.0
    first_s: float = 0.02
    longest_s: float = 2.0
    jitter_s: float = 0.05


USUAL: Final = RetryPolicy()


class Retrier:
    """Runs transactions again and counts; for any number of threads."""

    def __init__(self, policy: RetryPolicy = USUAL) -> None:
        self.policy = policy
        self._lock = threading.Lock()
        self._codes: Counter[str] = Counter()
        self._given_up = 0

    def run(self, database: Database, work: Callable[[Connection], T], *, timeout_s: float | None = None) -> T:
        """Call ``work`` with a connection inside a transaction until it is committed; returns what it returns.

        A connection that was lost is replaced. ``timeout_s`` is for the wait for a connection, as in ``connect``. There
        is one try only where the system has no transactions, and when the connection was lost while a transaction that
        may write was being committed: whether it was is unknown then. raises: what the last try raised.
        """
        if not database.driver.capabilities.transactions:
            with database.connect(timeout_s=timeout_s) as connection:
                return work(connection)
        return self._again(_Transaction(database, work, timeout_s), database)

    def run_alone(
        self,
        database: Database,
        work: Callable[[Connection], T],
        *,
        timeout_s: float | None = None,
        trying: Callable[[], None] | None = None,
    ) -> T:
        """Call ``work``, which is one statement that commits by itself, until it has worked; no transaction is begun.

        Where statements may write, one whose connection was lost is not repeated: it may have had its effect.
        ``trying`` is called before each try asks for a connection.
        cost: nothing beyond the work where the first try succeeds.
        """
        alone = _Alone(database, work, timeout_s, trying)
        try:
            return alone.run()
        except Exception as error:
            if alone.undecided(error) or not retryable(error, database):
                raise
            with self._lock:
                self._codes[_code(error, database)] += 1
        return self._again(alone, database, before=1)

    def _again(self, transaction: _Alone[T], database: Database, *, before: int = 0) -> T:
        import stamina

        policy = self.policy
        tries = before
        told: BaseException | None = None

        def may(error: Exception) -> bool:
            nonlocal told
            if transaction.undecided(error) or not retryable(error, database):
                return False
            if tries < policy.attempts:
                with self._lock:
                    self._codes[_code(error, database)] += 1
                told = error
            return True

        _quiet()
        try:
            for context in stamina.retry_context(
                on=may,
                attempts=max(1, policy.attempts - before),
                timeout=policy.time_s,
                wait_initial=policy.first_s,
                wait_max=policy.longest_s,
                wait_jitter=policy.jitter_s,
            ):
                tries = before + context.num
                with context:
                    return transaction.run()
        except Exception as error:
            if retryable(error, database):
                self._gave_up(_code(error, database), counted=error is told)
            raise
        raise AssertionError("the last try returns or raises")

    def _gave_up(self, code: str, *, counted: bool) -> None:
        with self._lock:
            self._given_up += 1
            if counted:  # no try followed: the time was over
                self._codes[code] -= 1

    def figures(self) -> Retries:
        """Say what was run again, and for which faults."""
        with self._lock:
            codes = {code: count for code, count in self._codes.items() if count}
            return Retries(count=sum(codes.values()), by_code=codes, given_up=self._given_up)


def retried(
    database: Database, work: Callable[[Connection], T], *, policy: RetryPolicy = USUAL, retrier: Retrier | None = None
) -> T:
    """Run ``work`` in a transaction, again where that may help: see ``Retrier.run``. ``retrier`` counts."""
    return (retrier or Retrier(policy)).run(database, work)


def retryable(error: BaseException, database: Database) -> bool:
    """Tell whether running the whole transaction again may help: the driver's documented list has the fault."""
    fault = fault_in(error, database)
    return fault is not None and fault.transient and fault.kind in RETRYABLE


def fault_in(error: BaseException, database: Database) -> Fault | None:
    """Return what an error means: the fault that it carries, or what the driver makes of its library's exception."""
    if isinstance(error, PerftoolError):
        return fault_of(error)
    return database.driver.fault(error)


class _Alone(Generic[T]):
    """Work that commits by itself; knows how far the last try came."""

    def __init__(
        self,
        database: Database,
        work: Callable[[Connection], T],
        timeout_s: float | None,
        trying: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._work = work
        self._timeout_s = timeout_s
        self._trying = trying
        self._worked = False

    def run(self) -> T:
        """Try once."""
        self._worked = False
        if self._trying is not None:
            self._trying()
        with self._database.connect(timeout_s=self._timeout_s) as connection:
            self._worked = True
            return self._work(connection)

    def undecided(self, error: Exception) -> bool:
        """Say whether the try may have been committed all the same."""
        fault = fault_in(error, self._database)
        return self._worked and self._database.access.write and fault is not None and fault.kind == "lost"


class _Transaction(_Alone[T]):
    """One transaction with the work in it."""

    def run(self) -> T:
        """Try once."""
        self._worked = False
        with self._database.connect(timeout_s=self._timeout_s) as connection, connection.transaction():
            found = self._work(connection)
            self._worked = True
            return found


def _quiet() -> None:
    """Keep stamina's warnings from standard error in programs that set up no logging; those that do still get them."""
    logger = logging.getLogger("stamina")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _code(error: BaseException, database: Database) -> str:
    fault = fault_in(error, database)
    return fault.code or fault.kind if fault is not None else type(error).__name__
