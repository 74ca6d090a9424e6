"""MariaDB and MySQL, through PyMySQL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from perftool.databases.api import Connection, Driver
from perftool.databases.mysql_connecting import check, keywords, statements
from perftool.databases.mysql_facts import CAPABILITIES
from perftool.databases.mysql_faults import TRANSIENT, fault
from perftool.databases.mysql_session import MySQLSession

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.databases.address import Address
    from perftool.databases.api import Access


def connect(address: Address, access: Access) -> Connection:
    """Open a session."""
    return MySQLSession(address, access)


def sqlalchemy_url(address: Address, way: Literal["sync", "async"]) -> Any:
    """Return the URL for SQLAlchemy's engines: over PyMySQL or aiomysql."""
    from sqlalchemy.engine import URL

    return URL.create(
        f"{'mariadb' if address.scheme == 'mariadb' else 'mysql'}+{'pymysql' if way == 'sync' else 'aiomysql'}",
        username=address.user or None,
        password=address.password.reveal() or None,
        host=address.host or None,
        port=address.port,
        database=address.database or None,
        query={**address.options, **{name: secret.reveal() for name, secret in address.secrets.items()}},
    )


def engine_setup(address: Address, access: Access) -> tuple[Mapping[str, Any], Sequence[str]]:
    """Return arguments that PyMySQL and aiomysql share, and the statements of a new session."""
    given = keywords(address, access, os.environ)
    # aiomysql calls it otherwise; it is in the URL.
    given.pop("database", None)
    return given, statements(access)


DRIVER = Driver(
    name="mysql",
    schemes=("mysql", "mariadb"),
    summary="MariaDB and MySQL servers, through PyMySQL",
    capabilities=CAPABILITIES,
    connect=connect,
    check=check,
    fault=fault,
    transient=TRANSIENT,
    extra="mysql",
    sqlalchemy_url=sqlalchemy_url,
    engine_setup=engine_setup,
)
