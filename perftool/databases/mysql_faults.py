"""What the errors of MariaDB and MySQL mean, by number.

source: MariaDB knowledge base, "MariaDB Error Codes"; MySQL 8.4 reference, "Server Error Message Reference" and "Client
Error Message Reference".
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from perftool.databases.faults import Fault, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What may work when the whole transaction is run again; 1969 and 3024 (too slow) are not among it.
TRANSIENT: Final[Mapping[str, str]] = {
    "1213": "deadlock: this transaction was chosen to give way, and rolled back",
    "1205": "a lock was not granted within innodb_lock_wait_timeout",
    "1020": "another transaction changed the row since this one read it",
    "1040": "too many connections",
    "1203": "too many connections of this user",
    "1053": "the server is shutting down",
    "1927": "an administrator ended the session",
    "2006": "the server has gone away",
    "2013": "the connection broke while a statement ran",
}
CANCELED: Final = 1317
TOO_SLOW: Final = (1969, 3024)
DEADLOCK: Final = 1213
#: LOAD DATA LOCAL is switched off: by MariaDB, by MySQL, by the client.
LOCAL_OFF: Final = (1148, 3948, 2068, 4166)
_NUMBERS: Final[Mapping[Kind, tuple[int, ...]]] = {
    "conflict": (DEADLOCK, 1020),
    "busy": (1205, 3572),
    "limit": (1040, 1203, 1226),
    # 4031 is MySQL's word to a session that was idle for too long.
    "lost": (1053, 1152, 1154, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 2055, 3169, 4031),
    "refused": (1049, 1129, 2002, 2003, 2005),
    "login": (1044, 1045, 1130, 1251, 1698, 2059, 2061, 3118, 4151),
    "read-only": (1290, 1792, 1836),
    "full": (1021, 1114, 3050),
    "cancelled": (CANCELED,),
    "timeout": TOO_SLOW,
}
_KINDS: Final = {number: kind for kind, numbers in _NUMBERS.items() for number in numbers}
#: Said instead of the server's words, which hold names of users and hosts: they belong into no report.
_SAID: Final[Mapping[int, str]] = {
    1040: "too many connections: the server accepts no more",
    1203: "too many connections of this user: the server accepts no more",
    1044: "the server does not let this user into the database",
    1045: "wrong user or password, or no password",
    1049: "there is no such database",
    1129: "the server has blocked this host after failed connections",
    1130: "the server does not let this host in",
    1226: "this user has used up what the server allows",
    1698: "the server does not let this user in with a password",
    1927: "an administrator ended the session",
    2002: "nobody listens there",
    2003: "nobody listens there",
    2005: "the name of the host is unknown",
    2006: "the server has gone away",
}
#: Half of this sends the reader to a manual.
_SYNTAX: Final = re.compile(r"^You have an error in your SQL syntax;.* near (.*)$", re.DOTALL)


def fault(error: BaseException) -> Fault | None:
    """Say what an exception of PyMySQL, or of SQLAlchemy around it, means, by its number."""
    error = getattr(error, "orig", None) or error
    if isinstance(error, UnicodeDecodeError):
        return Fault("statement", "", "the result holds text that is not in the character set of the connection")
    library = sys.modules.get("pymysql.err")
    if library is None or not isinstance(error, library.MySQLError):
        return None
    number = error.args[0] if error.args and isinstance(error.args[0], int) else None
    message = str(error.args[-1]) if error.args else type(error).__name__
    if number == 0:
        # A connection that PyMySQL has closed.
        number = 2006
    if number is None:
        closed = "closed" in message.lower() or "Packet sequence" in message
        return Fault("lost" if closed else "statement", "", message)
    said = _SAID.get(number) or _SYNTAX.sub(r"syntax error near \1", message)
    if number == 2003 and "Name or service not known" in message:
        said = _SAID[2005]
    elif number in (2003, 2013) and "timed out" in message:
        number, said = 2003, "no answer within the time for connecting"
    code = str(number)
    return Fault(_KINDS.get(number, "statement"), code, said, code in TRANSIENT)
