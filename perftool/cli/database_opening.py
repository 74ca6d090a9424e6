"""Open the databases that a command line names, by URL, by file, or by the name that the configuration gives."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.config.schema import DatabaseSection, Settings
    from perftool.databases import Database
    from perftool.model.database import PoolSettings

_RELATIVE_FILE: Final = re.compile(r"(?P<scheme>(?:sqlite|duckdb)(?:\+\w+)?):(?:///)?(?P<path>[^/:?][^?]*)(?P<rest>.*)")
_BARE_FILE: Final = re.compile(r"[^:/@$?]+(?:/[^:@$?]+)*")


@dataclass(frozen=True, kw_only=True)
class DatabaseRequest:
    """What the command line says of a database; ``settings`` are KEY=VALUE, times as they were written."""

    url: str
    write: bool = False
    settings: Sequence[str] = ()
    connect_timeout: str = "10s"


def opened(request: DatabaseRequest, configured: Settings, pool: PoolSettings | None = None) -> Database:
    """Return the database; nothing is connected yet. ``pool`` is how its pool keeps connections.

    Settings of the configuration come first, then those of its ``[[database]]``, then those of the command line.
    raises: UsageError for an unknown name or a wrong address, UnavailableError where a driver is missing.
    """
    from perftool.databases import address, open_database
    from perftool.databases.opening import driver_for

    named = _named(request.url, configured)
    url = request.url if named is None else _from_project(named.url, configured)
    settings: dict[str, str] = {}
    if configured.database_settings != type(configured.database_settings)():
        driver = driver_for(address.parse(url, os.environ).scheme)
        settings |= configured.database_settings.of(driver.name)
    settings |= pairs(named.settings, "settings of [[database]]") if named is not None else {}
    settings |= pairs(request.settings, "--set")
    return open_database(
        url,
        write=request.write or (named is not None and named.write),
        pool=pool,
        settings=settings,
        connect_timeout_s=seconds("--connect-timeout", request.connect_timeout) or 0.0,
    )


def resolved(url: str, configured: Settings) -> tuple[str, dict[str, str]]:
    """Return the address that ``url`` stands for, ``@name`` being one of the configuration, and its own settings."""
    named = _named(url, configured)
    if named is None:
        return url, {}
    return _from_project(named.url, configured), pairs(named.settings, "settings of [[database]]")


def pool_settings(
    configured: Settings, *, at_least: int, size: int | None = None, timeout: str | None = None
) -> PoolSettings:
    """Return how pools keep connections: as the configuration says, ``at_least`` so many where it says nothing.

    ``size`` and ``timeout`` are what the command line says.
    """
    from msgspec.structs import replace

    found = configured.pool.settings()
    if size is not None:
        found = replace(found, maximum=size, minimum=min(found.minimum, size), overflow=0)
    elif configured.origin("pool.maximum") == "default":
        found = replace(found, maximum=at_least)
    limit = seconds("--pool-timeout", timeout)
    return found if limit is None else replace(found, timeout_s=limit)


def _named(url: str, configured: Settings) -> DatabaseSection | None:
    """Return what the configuration says of ``@name``; None for anything else."""
    if not url.startswith("@"):
        return None
    from perftool import discovery

    known = {one.name: one for one in configured.databases}
    name = url[1:]
    if not known:
        raise UsageError(
            f"no database named {name!r}: the configuration names none",
            hint="add to perftool.toml: [[database]] with name and url",
        )
    if name not in known:
        raise discovery.unknown("database", name, tuple(sorted(known)))
    return known[name]


def _from_project(url: str, configured: Settings) -> str:
    """Return the URL of a configuration with the file that it may name found from the project, wherever one stands."""
    found = _RELATIVE_FILE.fullmatch(url)
    if found is not None and found["path"] != "memory:":
        path = quote(str(configured.root.absolute()))
        return f"{found['scheme']}:///{path}/{found['path']}{found['rest']}"
    return str(configured.root / url) if _BARE_FILE.fullmatch(url) else url


def pairs(given: Sequence[str], what: str) -> dict[str, str]:
    """Read KEY=VALUE settings; ``what`` is how messages call them."""
    read = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{what} {pair!r} is not KEY=VALUE", hint="--set work_mem=64MB")
        read[key.strip()] = value.strip()
    return read


def seconds(option: str, value: str | None) -> float | None:
    """Read a time of the command line; None where none was given."""
    from perftool.config.kinds import Duration

    if value is None:
        return None
    try:
        return float(Duration(0.001).read(value))
    except ValueError as error:
        raise UsageError(f"{option} {value!r} is not {error}") from error
