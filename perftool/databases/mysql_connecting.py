"""Open sessions of MariaDB and MySQL: where, as whom and with which settings."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool import discovery
from perftool.databases.mysql_faults import fault
from perftool.databases.mysql_values import conversions
from perftool.databases.translating import Translator
from perftool.errors import UnavailableError, UsageError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.databases.address import Address
    from perftool.databases.api import Access

#: Options of a URL.
OPTIONS: Final = (
    *("bind_address", "charset", "read_default_file", "read_default_group", "unix_socket"),
    *("ssl_ca", "ssl_cert", "ssl_key", "ssl_disabled", "ssl_verify_cert", "ssl_verify_identity"),
)
_SWITCHES: Final = frozenset({"ssl_disabled", "ssl_verify_cert", "ssl_verify_identity"})
_HINTS: Final = {
    "login": "name user and password in the URL, in MYSQL_PWD or in ~/.my.cnf",
    "refused": "is the server running, and does the URL name its host, port and database?",
    "limit": "wait until others have left, or raise max_connections",
}
#: How long the server waits for a client that does not read; the default of a minute would end slow streams.
PATIENCE_S: Final = 31_536_000
_SETTING: Final = re.compile(r"SET SESSION (\S+) = ")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9.]*")
_NUMBER: Final = re.compile(r"(-?\d+(?:\.\d+)?)([KMG]?)", re.IGNORECASE)
_SIZES: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def check() -> None:
    """Import PyMySQL.

    raises: UnavailableError with the install line where it is missing.
    """
    try:
        import pymysql  # noqa: F401
    except ImportError as error:
        raise missing_extra("pymysql", "mysql") from error


def keywords(address: Address, access: Access, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return PyMySQL's keywords for an address; the password is the URL's, else MYSQL_PWD's, else ~/.my.cnf's.

    raises: UsageError for an option that is not known.
    """
    given = {**address.options, **{name: secret.reveal() for name, secret in address.secrets.items()}}
    for name in given:
        if name not in OPTIONS:
            raise discovery.unknown(f"option of a {address.scheme} URL", name, OPTIONS)
    found: dict[str, Any] = {
        name: value.lower() in ("1", "true", "yes", "on") if name in _SWITCHES else value
        for name, value in given.items()
    }
    own = Path("~/.my.cnf").expanduser()
    if own.exists():
        found.setdefault("read_default_file", str(own))
    password = address.password.reveal() or environment.get("MYSQL_PWD", "")
    named = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        # The libraries write it as Latin-1, and servers read UTF-8: this makes the same bytes of both.
        "password": password.encode().decode("latin-1"),
        "database": address.database,
    }
    found.update({name: value for name, value in named.items() if value})
    found.setdefault("charset", "utf8mb4")
    found["connect_timeout"] = max(1, access.connect_timeout_s)
    return found


def connect(address: Address, access: Access) -> Any:
    """Open a session that commits each statement by itself.

    raises: CannotConnectError; UsageError for a setting that the server does not take.
    """
    import pymysql
    from pymysql.constants import CLIENT

    # LOAD DATA LOCAL is agreed on now, and let through only while we load: a server could ask for any file.
    flags = CLIENT.LOCAL_FILES if access.write else 0
    translator = Translator(fault, address)
    raw: Any = None
    given = keywords(address, access, os.environ)
    try:
        place = given.get("unix_socket")
        if place and not Path(place).exists():
            # PyMySQL would leave a socket of its own open.
            raise pymysql.OperationalError(2002, "no such socket")
        raw = pymysql.connect(
            **given,
            autocommit=True,
            client_flag=flags,
            conv=conversions(),
            program_name="perftool",
            # The time for connecting ends for PyMySQL before the server has said a word.
            read_timeout=given["connect_timeout"],
        )
        raw._read_timeout = None  # noqa: SLF001
        prepare(raw, address, access)
    except pymysql.MySQLError as error:
        if raw is not None:
            raw.close()
        found = fault(error)
        raise translator.connecting(error, hint=_HINTS.get(found.kind) if found else None) or error from error
    except RuntimeError as error:
        raise UnavailableError(
            f"{address.label}: this way to log in needs a library: {error}", hint="pip install cryptography"
        ) from error
    except OSError as error:
        raise UsageError(f"{address.label}: a file of the URL cannot be read: {error.strerror}") from error
    except BaseException:
        if raw is not None:
            raw.close()
        raise
    return raw


def prepare(raw: Any, address: Address, access: Access) -> None:
    """Bring a new session into the state that was asked for."""
    import pymysql

    with raw.cursor() as cursor:
        for statement in statements(access):
            try:
                cursor.execute(statement)
            except pymysql.MySQLError as error:
                if not (set_ := _SETTING.match(statement)) or set_[1] not in access.settings:
                    raise
                shown = f"{set_[1]}={access.settings[set_[1]]}"
                said = f"{address.label}: the setting {shown} is not taken: {error.args[-1]}"
                raise UsageError(said) from error


def statements(access: Access) -> list[str]:
    """Return what brings a new session into the state that was asked for.

    raises: UsageError for what is no name.
    """
    for name in access.settings:
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name of a setting")
    found = [f"SET SESSION {name} = {_value(value)}" for name, value in access.settings.items()]
    found.append(f"SET SESSION net_write_timeout = {PATIENCE_S}")
    return found if access.write else [*found, "SET SESSION TRANSACTION READ ONLY"]


def _value(value: str) -> str:
    """Return a setting's value as SQL: a number, which may have K, M or G behind it, DEFAULT, or text."""
    number = _NUMBER.fullmatch(value)
    if number is not None and number[2]:
        return str(int(float(number[1]) * _SIZES[number[2].upper()]))
    if number is not None or value.upper() == "DEFAULT":
        return value
    # Two quotes are one in any mode; what a backslash is depends on it, and no setting has one.
    return "'" + value.replace("\\", "").replace("'", "''") + "'"
