"""Open sessions of PostgreSQL: where, as whom and with which settings. libpq reads PGPASSWORD, ~/.pgpass, services."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from perftool import discovery
from perftool.databases.postgres_faults import fault
from perftool.databases.postgres_values import register
from perftool.databases.translating import Translator
from perftool.errors import UsageError, missing_extra

if TYPE_CHECKING:
    from perftool.databases.address import Address
    from perftool.databases.api import Access

READ_ONLY: Final = "default_transaction_read_only"
_HINTS: Final = {
    "login": "name user and password in the URL, in PGPASSWORD or in ~/.pgpass",
    "refused": "is the server running, and does the URL name its host, port and database?",
    "limit": "wait until others have left, or raise max_connections",
}
#: Poolers in front of the server (PgBouncer) refuse settings in the first message; they are set afterwards then.
_POOLER: Final = "unsupported startup parameter"


def check() -> None:
    """Import psycopg.

    raises: UnavailableError with the install line where it is missing.
    """
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise missing_extra("psycopg", "postgres") from error


def session_settings(access: Access) -> dict[str, str]:
    """Return the settings of a session: what was asked for, and that it only reads unless it may write."""
    return {**access.settings, **({} if access.write else {READ_ONLY: "on"})}


def keywords(address: Address, access: Access, *, startup: bool = True) -> dict[str, Any]:
    """Return libpq's keywords for an address; with ``startup`` the settings are part of them.

    What is set at the start is what RESET ALL returns to, and costs no time.
    raises: UsageError for an option that libpq does not know.
    """
    from psycopg import pq

    given = {**address.options, **{name: secret.reveal() for name, secret in address.secrets.items()}}
    known = tuple(entry.keyword.decode() for entry in pq.Conninfo.get_defaults())
    for name in given:
        if name not in known:
            raise discovery.unknown("option of a postgresql URL", name, known)
    own = {
        "host": address.host,
        "port": address.port,
        "dbname": address.database,
        "user": address.user,
        "password": address.password.reveal(),
    }
    found: dict[str, Any] = {name: value for name, value in own.items() if value}
    # It would win over a setting.
    if "application_name" not in access.settings:
        found["fallback_application_name"] = "perftool"
    # libpq waits at least two seconds.
    found["connect_timeout"] = max(2, math.ceil(access.connect_timeout_s))
    found.update(given)
    if startup:
        options = [f"-c {name}={_escaped(value)}" for name, value in session_settings(access).items()]
        found["options"] = " ".join(filter(None, [given.get("options"), *options]))
    return found


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")


def connect(address: Address, access: Access) -> tuple[Any, bool]:
    """Open a session that commits each statement by itself; says whether it began with its settings.

    raises: CannotConnectError; UsageError for a setting that the server does not take.
    """
    import psycopg

    startup = True
    try:
        try:
            raw = psycopg.connect(autocommit=True, **keywords(address, access))
        except psycopg.OperationalError as error:
            if _POOLER not in str(error):
                raise
            startup = False
            raw = psycopg.connect(autocommit=True, **keywords(address, access, startup=False))
    except psycopg.Error as error:
        raise refused(error, address, access) from error
    register(raw)
    return raw, startup


def refused(error: Any, address: Address, access: Access) -> Exception:
    """Return what to raise when the server lets nobody in, or does not take a setting."""
    message = str(error)
    for name, value in access.settings.items():
        if f'"{name}"' in message:
            said = address.redacted(message.rpartition("FATAL:")[2].strip())
            return UsageError(f"{address.label}: the setting {name}={value} is not taken: {said}")
    translator = Translator(fault, address)
    found = fault(error)
    told = translator.connecting(error, hint=_HINTS.get(found.kind) if found else None)
    # It holds the connection, whose text shows the password.
    error._info = None  # noqa: SLF001
    return told or error
