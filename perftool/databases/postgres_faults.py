"""What the errors of PostgreSQL mean, by SQLSTATE.

source: PostgreSQL documentation, appendix A "PostgreSQL Error Codes", and §13.5 "Serialization Failure Handling".
"""

from __future__ import annotations

import contextlib
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from perftool.databases.faults import Fault, Kind, StatementError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What may work when the whole transaction is run again; 57014 (a statement that took too long) is not among it.
TRANSIENT: Final[Mapping[str, str]] = {
    "40001": "serialization failure: another transaction changed what this one read",
    "40P01": "deadlock: this transaction was chosen to give way",
    "55P03": "a lock was not granted within lock_timeout, or at once with NOWAIT",
    "53300": "too many connections",
    "57P01": "an administrator ended the session",
    "57P02": "another session crashed, and with it all",
    "57P03": "the server is starting, stopping or recovering",
    "57P05": "the session was idle for longer than idle_session_timeout",
    "08000": "the connection failed",
    "08003": "the connection was closed",
    "08006": "the connection broke",
}
LOST: Final = "08006"
REFUSED: Final = "08001"
CANCELED: Final = "57014"
_KINDS: Final[Mapping[str, Kind]] = {
    "40001": "conflict",
    "40P01": "conflict",
    "55P03": "busy",
    "53300": "limit",
    "57P03": "limit",
    **dict.fromkeys(("57P01", "57P02", "57P04", "57P05", "25P03", "25P04", "08000", "08003", LOST), "lost"),
    REFUSED: "refused",
    "08004": "refused",
    "3D000": "refused",
    "28000": "login",
    "28P01": "login",
    "25006": "read-only",
    "53100": "full",
    CANCELED: "cancelled",
}
#: libpq keeps no SQLSTATE of a connection that did not come about: words are all there is, and their language is the
#: server's. What is not understood is "refused", with the server's own words.
_CONNECTING: Final = (
    (re.compile(r"too many (?:clients|connections)|remaining connection slots are reserved"), "53300"),
    (re.compile(r"the database system is (?:starting up|shutting down|in recovery|not yet accepting)"), "57P03"),
    (re.compile(r"password authentication failed|no password supplied"), "28P01"),
    (re.compile(r"authentication failed|no pg_hba\.conf entry|role \".*\" (?:does not exist|is not)"), "28000"),
    (re.compile(r"database \".*\" does not exist"), "3D000"),
    (re.compile(r"Connection refused|No such file or directory"), "nobody"),
    (re.compile(r"resolve host|translate host name"), "unknown host"),
)
#: What is said instead: the server's words hold names of users and hosts, which belong into no report.
_SAID: Final[Mapping[str, str]] = {
    "53300": "too many connections: the server accepts no more",
    "57P03": "the server is starting, stopping or recovering",
    "28P01": "wrong user or password, or no password",
    "28000": "the server does not let this user in",
    "3D000": "there is no such database",
    "nobody": "nobody listens there",
    "unknown host": "the name of the host is unknown",
}
_WHERE: Final = re.compile(r"^connection to server .*? failed: ")
_SEVERITY: Final = re.compile(r"^(?:FATAL|ERROR|PANIC):\s+")
#: ADBC puts its status and what it did before the words of the server, and the statement and the code behind them.
_ADBC: Final = re.compile(
    r"^(?:[A-Z_]+: )?(?:\[libpq\] )?.*?(?=(?:FATAL|ERROR|PANIC):  )|(?:\n+Query was: .*)?\. SQLSTATE: .*", re.S
)
#: The reader that it returns tells errors in words only.
_READER: Final = "[libpq] "
_CANCELS: Final = "canceling statement"
_TIMEOUT: Final = "statement timeout"
_PREFIX: Final = re.compile(r"^(?:connection failed|connection is bad|consuming input failed|sending query failed): ")


def fault(error: BaseException) -> Fault | None:
    """Say what an exception of psycopg, of ADBC, or of SQLAlchemy around them means, by its SQLSTATE."""
    error = getattr(error, "orig", None) or error
    if isinstance(error, UnicodeDecodeError):
        return Fault("statement", "", "the result holds text that is not UTF-8")
    if isinstance(error, OSError) and str(error).startswith(_READER):
        return _from_reader(str(error))
    library = sys.modules.get(type(error).__module__.partition(".")[0])
    if library is None or library.__name__ not in ("psycopg", "adbc_driver_manager"):
        return None
    message = _ADBC.sub("", str(error)) if library.__name__ == "adbc_driver_manager" else str(error)
    code: str = getattr(error, "sqlstate", None) or ""
    if code:
        kind = _KINDS.get(code, "statement")
        if code == CANCELED and _TIMEOUT in message:
            kind = "timeout"
        return Fault(kind, code, plain(message), code in TRANSIENT, _position(error))
    if connecting(error):
        return _unconnected(message)
    if isinstance(error, library.OperationalError):
        return Fault("lost", LOST, plain(message), transient=True)
    return Fault("statement", "", plain(message))


def _from_reader(message: str) -> Fault:
    text = plain(_ADBC.sub("", message.removeprefix(_READER)))
    if "server closed the connection" in text or "terminating connection" in text:
        return Fault("lost", LOST, text, transient=True)
    if _CANCELS in text:
        return Fault("timeout" if _TIMEOUT in text else "cancelled", CANCELED, text)
    return Fault("statement", "", text)


def connecting(error: BaseException) -> bool:
    """Say whether it was a connection that did not come about: one that breaks is something else."""
    message = str(error)
    # psycopg hands the connection out with an error of connecting, and only then.
    return getattr(error, "pgconn", None) is not None or message.startswith(
        (
            "failed to resolve",
            "[libpq] Failed to connect",
            "connection timeout",
            "connection failed",
            "connection is bad",
        )
    )


def _unconnected(message: str) -> Fault:
    for pattern, code in _CONNECTING:
        if pattern.search(message):
            known = code in _KINDS
            kind = _KINDS[code] if known else "refused"
            return Fault(kind, code if known else REFUSED, _SAID[code], code in TRANSIENT)
    return Fault("refused", REFUSED, plain(message))


def plain(message: str) -> str:
    """Return a message without the address of the server and the words for its severity."""
    told: list[str] = []
    for line in message.splitlines():
        text = _SEVERITY.sub("", _WHERE.sub("", _PREFIX.sub("", line.strip())))
        if text and text not in told:
            told.append(text)
    return "\n".join(told)


def _position(error: BaseException) -> int | None:
    """Return where in the statement the server saw the error; it counts characters from 1."""
    diagnosis: Any = getattr(error, "diag", None)
    told = getattr(diagnosis, "statement_position", None)
    return int(told) - 1 if told else None


@contextlib.contextmanager
def placed(before: int) -> Iterator[None]:
    """Tell places in the statement as it was given: ``before`` are the characters that were put before it."""
    try:
        yield
    except StatementError as error:
        place = error.fault.position
        error.fault = replace(error.fault, position=None if place is None or place < before else place - before)
        raise
