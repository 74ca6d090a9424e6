"""What may go wrong with a statement or a session, in words that are the same for every system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from perftool.errors import EXIT_UNAVAILABLE, InputError, PerftoolError, UnavailableError

Kind = Literal[
    "statement", "timeout", "cancelled", "conflict", "busy", "lost", "refused", "limit", "login", "read-only", "full"
]

#: Running the whole transaction again may help; running the statement alone is never right.
RETRYABLE: Final = frozenset({"conflict", "busy", "lost", "limit"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What an exception of a driver means.

    ``kind``: "statement" (wrong SQL, missing table, violated constraint), "timeout" (ran longer than allowed),
    "cancelled" (stopped by somebody), "conflict" (serialization failure, deadlock), "busy" (a lock was not granted),
    "lost" (the session is gone), "refused" (nobody listens, unknown database), "limit" (too many connections),
    "login" (wrong user or password), "read-only" (a write where writing is off), "full" (no space). ``code`` is what
    the system calls it: an SQLSTATE, an error number. ``transient``: the driver's documented list has it.
    ``position`` is where in the statement, in characters from 0, where the system says that.
    """

    kind: Kind
    code: str
    message: str
    transient: bool = False
    position: int | None = None


class StatementError(InputError):
    """A database refused or gave up a statement; ``fault`` says why."""

    def __init__(self, fault: Fault, *, hint: str | None = None) -> None:
        super().__init__(fault.message, hint=hint)
        self.fault = fault


class ConnectionLostError(StatementError):
    """The session ended under a statement: whether it had an effect is unknown, unless its transaction was open."""

    exit_code = EXIT_UNAVAILABLE


class CannotConnectError(UnavailableError):
    """A database cannot be reached, or does not let us in; ``fault`` says why."""

    def __init__(self, fault: Fault, *, hint: str | None = None) -> None:
        super().__init__(fault.message, hint=hint)
        self.fault = fault


def fault_of(error: PerftoolError) -> Fault | None:
    """Return the fault that an error of this package carries, None for other errors."""
    found = getattr(error, "fault", None)
    return found if isinstance(found, Fault) else None
