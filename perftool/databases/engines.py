"""SQLAlchemy engines for programs that use perftool as a library, opened by the rules of ``open_database``.

They read the same URLs, take credentials from the same places, are read-only unless ``write`` is said, and give each
connection the same settings. SQLAlchemy 2.0 and later.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from perftool.databases import address as addresses
from perftool.databases.api import Access
from perftool.databases.opening import driver_for
from perftool.errors import UnavailableError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine


def engine(
    url: str,
    *,
    write: bool = False,
    settings: Mapping[str, str] | None = None,
    connect_timeout_s: float = 10.0,
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> Engine:
    """Return a SQLAlchemy engine for the database at ``url``; ``options`` are those of ``create_engine``.

    The other arguments are those of ``open_database``.
    raises: UsageError for a wrong address; UnavailableError where a library is missing, or SQLAlchemy has no dialect.
    """
    from sqlalchemy import create_engine

    access = Access(write=write, settings=dict(settings or {}), connect_timeout_s=connect_timeout_s)
    target, arguments, statements = _parts(url, access, "sync", environment)
    made = create_engine(target, **{**options, "connect_args": {**arguments, **options.get("connect_args", {})}})
    _prepare(made, statements)
    return made


def async_engine(
    url: str,
    *,
    write: bool = False,
    settings: Mapping[str, str] | None = None,
    connect_timeout_s: float = 10.0,
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> AsyncEngine:
    """Return an asynchronous engine: over psycopg, aiosqlite or aiomysql. The arguments are those of ``engine``."""
    from importlib.util import find_spec

    if find_spec("greenlet") is None:
        raise missing_extra("greenlet", "async")
    from sqlalchemy.ext.asyncio import create_async_engine

    access = Access(write=write, settings=dict(settings or {}), connect_timeout_s=connect_timeout_s)
    target, arguments, statements = _parts(url, access, "async", environment)
    arguments = {**arguments, **options.get("connect_args", {})}
    try:
        made = create_async_engine(target, **{**options, "connect_args": arguments})
    except ModuleNotFoundError as error:
        raise missing_extra(str(error.name), "async") from error
    _prepare(made.sync_engine, statements)
    return made


def _parts(
    url: str, access: Access, way: Literal["sync", "async"], environment: Mapping[str, str] | None
) -> tuple[Any, Mapping[str, Any], Sequence[str]]:
    """Return the URL for SQLAlchemy, arguments for connecting, and statements for each new connection."""
    address = addresses.parse(url, os.environ if environment is None else environment)
    driver = driver_for(address.scheme)
    driver.check()
    if driver.sqlalchemy_url is None or driver.engine_setup is None:
        raise UnavailableError(
            f"{address.label}: there is no SQLAlchemy engine for {driver.name}", hint="perftool.databases.open_database"
        )
    arguments, statements = driver.engine_setup(address, access)
    return driver.sqlalchemy_url(address, way), arguments, statements


def _prepare(made: Engine, statements: Sequence[str]) -> None:
    """Run ``statements`` on each connection that the engine opens."""
    from sqlalchemy import event

    if not statements:
        return

    @event.listens_for(made, "connect")
    def prepare(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            cursor.close()
        # A library that opens transactions by itself would undo the settings with the first of them.
        connection.commit()
