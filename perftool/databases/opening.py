"""Open a database by its address: the driver that answers to its scheme, behind a pool."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perftool import discovery
from perftool.databases import address as addresses
from perftool.databases.api import DRIVERS, Access, Driver
from perftool.errors import UsageError
from perftool.model.database import DatabaseFacts, PoolSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from perftool.databases.address import Address
    from perftool.databases.api import Connection
    from perftool.databases.pool.pool import Checkout, Pool
    from perftool.model.database import PoolFigures


def drivers() -> list[Driver]:
    """Return every driver; their libraries are not imported."""
    return [discovery.load(DRIVERS, name, "DRIVER", what="database driver") for name in discovery.names(DRIVERS)]


def driver_for(scheme: str) -> Driver:
    """Return the driver that answers to a URL scheme.

    raises: UsageError naming the nearest scheme.
    """
    known = {scheme: driver for driver in drivers() for scheme in driver.schemes}
    if scheme not in known:
        raise discovery.unknown("database system", scheme, tuple(sorted(known)))
    return known[scheme]


class Database:
    """An open database: its driver, and connections from a pool. Use it in a ``with`` block."""

    def __init__(self, driver: Driver, address: Address, access: Access, settings: PoolSettings) -> None:
        from perftool.databases.pool.pool import Pool

        self.driver = driver
        self.address = address
        self.access = access
        self.label = address.label
        self.pool: Pool = Pool(self.session, settings, name=self.label)

    def session(self) -> Connection:
        """Open a connection of its own, beside the pool: whoever asks closes it."""
        return self.driver.connect(self.address, self.access)

    def connect(self, *, timeout_s: float | None = None) -> Checkout:
        """Take a connection from the pool, as a ``with`` block's value; the block gives it back.

        raises: UnavailableError when the pool has none within ``timeout_s`` (None: the pool's own time).
        """
        return self.pool.checkout(timeout_s=timeout_s)

    def facts(self) -> DatabaseFacts:
        """Say what this is, for a report."""
        with self.connect() as connection:
            return self.described(connection)

    def described(self, connection: Connection) -> DatabaseFacts:
        """Say what this is, asking on a ``connection`` that the caller has."""
        found = connection.facts()
        return DatabaseFacts(
            label=self.label,
            system=found.system,
            version=found.version,
            driver=found.driver,
            durability=dict(found.durability),
            settings={**found.settings, **self.access.settings},
        )

    def figures(self) -> PoolFigures:
        """Say what the pool did."""
        return self.pool.figures()

    def close(self) -> None:
        """Close every connection."""
        self.pool.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(
    url: str,
    *,
    write: bool = False,
    pool: PoolSettings | None = None,
    settings: Mapping[str, str] | None = None,
    connect_timeout_s: float = 10.0,
    environment: Mapping[str, str] | None = None,
) -> Database:
    """Return the database at ``url``; nothing is connected before the first checkout, unless the pool warms up.

    Without ``write`` it is read-only wherever the system can enforce that. ``environment`` is where ``env:NAME`` and
    ``${NAME}`` are looked up, by default that of the process. ``settings`` are set on every connection.
    raises: UsageError for a wrong address, UnavailableError where the driver's library is missing.
    """
    found = addresses.parse(url, os.environ if environment is None else environment)
    driver = driver_for(found.scheme)
    driver.check()
    access = Access(write=write, settings=dict(settings or {}), connect_timeout_s=connect_timeout_s)
    if driver.capabilities.server and not (found.host or found.database or found.options):
        raise UsageError(f"{found.scheme}: neither host nor database is named", hint=f"{found.scheme}://host/database")
    return Database(driver, found, access, pool or PoolSettings())
