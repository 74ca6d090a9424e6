"""What the errors of DuckDB mean, by their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.databases.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.databases.faults import Kind

#: DuckDB has exception classes and no codes; what one class says of several kinds is told by its text.
#: source: duckdb.org, "Concurrency"; duckdb/common/exception.
_KINDS: Final[Mapping[str, Kind]] = {
    "InterruptException": "cancelled",
    "OutOfMemoryException": "full",
    "FatalException": "lost",
    "InternalException": "statement",
}
_TEXTS: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("TransactionException", "conflict", "conflict"),
    ("TransactionException", "has altered", "conflict"),
    ("ConnectionException", "closed", "lost"),
    ("ConnectionException", "different configuration", "refused"),
    ("IOException", "set lock on file", "busy"),
    ("IOException", "no space left", "full"),
    ("InvalidInputException", "read-only mode", "read-only"),
    # Before 2.0, when it came between two fetches.
    ("InvalidInputException", "interrupt error", "cancelled"),
)
TRANSIENT: Final[Mapping[str, str]] = {"TransactionException": "another transaction changed the same rows or table"}


def fault(error: BaseException) -> Fault | None:
    """Say what an exception of ``duckdb`` means, by its class."""
    import duckdb

    if not isinstance(error, duckdb.Error):
        return None
    name, text = type(error).__name__, str(error)
    kind = _KINDS.get(name, "statement")
    for of, part, meaning in _TEXTS:
        if name == of and part in text.lower():
            kind = meaning
    return Fault(kind, name, text, kind == "conflict" and name in TRANSIENT)
