"""Turn what a database library raises into errors of perftool, at the border and without secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perftool.databases.faults import CannotConnectError, ConnectionLostError, StatementError

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.databases.address import Address
    from perftool.databases.faults import Fault

_HINTS = {
    "read-only": "this session is read-only; say --write when it shall write",
    "timeout": "allow it more time, or look at its plan",
    "full": "make room, or write elsewhere",
}


def one_line(text: str) -> str:
    """Return a library's message on one line: pointers into the statement and empty lines are dropped."""
    lines = [line.strip() for line in text.splitlines()]
    return "; ".join(line for line in lines if line and not line.startswith(("LINE ", "^"))) or "no message"


class Translator:
    """What a session needs to translate its library's exceptions; ``where`` begins each message."""

    def __init__(self, fault: Callable[[BaseException], Fault | None], address: Address) -> None:
        self.fault = fault
        self.address = address

    def statement(self, error: BaseException, *, timeout_s: float | None = None) -> StatementError | None:
        """Return what to raise instead of ``error``, None where it is not the library's.

        ``timeout_s`` is the limit that stopped the statement, if it was one: no user cancelled it then.
        """
        fault = self._clean(error)
        if fault is None:
            return None
        if timeout_s is not None and fault.kind == "cancelled":
            fault = replace(fault, kind="timeout", message=f"{self.address.label}: stopped after {timeout_s:g} s")
        kind = ConnectionLostError if fault.kind == "lost" else StatementError
        return kind(fault, hint=_HINTS.get(fault.kind))

    def connecting(self, error: BaseException, *, hint: str | None = None) -> CannotConnectError | None:
        """Return what to raise when a session could not be opened, None where ``error`` is not the library's."""
        fault = self._clean(error)
        return None if fault is None else CannotConnectError(fault, hint=hint)

    def _clean(self, error: BaseException) -> Fault | None:
        fault = self.fault(error)
        if fault is None:
            return None
        message = self.address.redacted(one_line(fault.message))
        return replace(fault, message=f"{self.address.label}: {message}")
