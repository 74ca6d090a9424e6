"""ADBC: Arrow record batches from databases, and what its drivers' errors mean."""

from __future__ import annotations

import contextlib
import importlib
import re
from typing import TYPE_CHECKING, Any, Final

from perftool.databases import arrow
from perftool.databases.faults import Fault
from perftool.errors import missing_extra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from perftool.databases.faults import Kind

#: source: arrow-adbc, adbc.h, AdbcStatusCode.
_KINDS: Final[Mapping[str, Kind]] = {
    "IO": "lost",
    "CANCELLED": "cancelled",
    "TIMEOUT": "timeout",
    "UNAUTHENTICATED": "login",
    "UNAUTHORIZED": "login",
}
#: A reader that pyarrow made says its status in words only: gRPC's, in brackets before what was called.
#: source: grpc.io, "Status codes".
_GRPC: Final[Mapping[str, str]] = {
    "Canceled": "CANCELLED",
    "DeadlineExceeded": "TIMEOUT",
    "Unavailable": "IO",
    "Unauthenticated": "UNAUTHENTICATED",
    "PermissionDenied": "UNAUTHORIZED",
    "InvalidArgument": "INVALID_ARGUMENT",
    "Unimplemented": "NOT_IMPLEMENTED",
}
_STATUS_IN_TEXT: Final = re.compile(r"\((\w+); [^()]*(?:\([^()]*\))?[^()]*\)")
_PREFIX: Final = re.compile(r"^(?:[A-Z_]+: )?\[(?:FlightSQL|SQLite|libpq|Driver Manager)\] ?")
#: What servers add is for their programmers; addresses are nobody's business.
_DETAIL: Final = re.compile(r"\. Detail: .*|\. Vendor code: .*", re.DOTALL)
_DIALED: Final = re.compile(r"connection error: desc = \".*?: ([^:\"]+)\"")


def dbapi_of(name: str) -> Any:
    """Import the DB-API of an ADBC driver: "sqlite", "postgresql", "flightsql".

    raises: UnavailableError with the install line where it, or pyarrow, is missing.
    """
    arrow.pyarrow()
    package = f"adbc_driver_{name}"
    try:
        return importlib.import_module(f"{package}.dbapi")
    except ImportError as error:
        raise missing_extra(package.replace("_", "-"), "arrow") from error


def fault(error: BaseException) -> Fault | None:
    """Say what an error of ADBC means, by its status; None for errors of others."""
    text = str(error)
    status = getattr(getattr(error, "status_code", None), "name", None)
    in_text = _STATUS_IN_TEXT.search(text)
    if status is None:
        if not _PREFIX.match(text):
            return None
        status = _GRPC.get(in_text[1], "UNKNOWN") if in_text else "UNKNOWN"
    elif status == "UNKNOWN" and in_text:
        status = _GRPC.get(in_text[1], status)
    code = getattr(error, "sqlstate", None) or status
    return Fault(_KINDS.get(status, "statement"), code, _message(text), status == "IO")


def _message(text: str) -> str:
    text = _DETAIL.sub("", _PREFIX.sub("", text))
    text = _STATUS_IN_TEXT.sub("", text)
    return _DIALED.sub(r"the server does not answer: \1", text).strip()


@contextlib.contextmanager
def batches(
    connect: Callable[[], Any], sql: str, *, options: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> Iterator[Any]:
    """Run a query on an ADBC connection of its own and give a ``pyarrow.RecordBatchReader``.

    ``connect`` opens the connection, ``before`` are statements to run first, ``options`` those of the statement (the
    size of its batches). Leaving the block early cancels the query.
    """
    connection = connect()
    try:
        for statement in before:
            with closed(connection.cursor()) as cursor:
                cursor.execute(statement)
        with closed(connection.cursor(adbc_stmt_kwargs=dict(options or {}))) as cursor:
            cursor.execute(sql)
            with reading(cursor) as reader:
                yield reader
    finally:
        close(connection)


@contextlib.contextmanager
def reading(cursor: Any) -> Iterator[Any]:
    """Give the record batches of what a cursor executes; leaving early cancels it, which is no error."""
    reader = cursor.fetch_record_batch()
    try:
        yield reader
    finally:
        try:
            reader.close()
        except Exception as error:
            found = fault(error)
            if found is None or found.kind != "cancelled":
                raise


@contextlib.contextmanager
def closed(cursor: Any) -> Iterator[Any]:
    """Close a cursor at the end of the block."""
    try:
        yield cursor
    finally:
        close(cursor)


def close(handle: Any) -> None:
    """Close a cursor or a connection, whose server may be gone: what cannot be told to it no longer matters."""
    try:
        handle.close()
    except Exception as error:
        if fault(error) is None:
            raise
        # It would be closed again when it is collected, and find itself closed.
        handle._closed = True  # noqa: SLF001
