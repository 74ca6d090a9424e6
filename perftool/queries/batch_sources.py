"""The databases of a batch: by the names that queries use, opened when the first one asks."""

from __future__ import annotations

import math
import re
import threading
from typing import TYPE_CHECKING, Final

from perftool import discovery
from perftool.databases import address
from perftool.databases.faults import CannotConnectError
from perftool.errors import PerftoolError, UsageError
from perftool.model.database import DatabaseFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.databases import Database
    from perftool.databases.api import Connection
    from perftool.model.database import PoolFigures

SLOW_S: Final = 0.5
"""Seconds from which on an answer that nobody gave counts as slow."""

#: What can be no URL and no file.
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


class Source:
    """A database as a batch knows it: how results call it, and what is known of it."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self.database = database
        self.facts: DatabaseFacts | None = None
        self._refused: CannotConnectError | None = None
        self._until = 0.0

    def refuse(self, error: PerftoolError, *, now: float, took_s: float) -> None:
        """Remember why there is no connection, where asking again for every query would do harm.

        A wrong password stays wrong, and many of them could lock the user out. Where it took long to learn that nobody
        answers, nobody asks for as long again: each query would hold everything up. ``now`` is by a rising clock.
        """
        if not isinstance(error, CannotConnectError):
            return
        if error.fault.kind == "login":
            self._refused, self._until = error, math.inf
        elif error.fault.kind == "refused" and took_s >= SLOW_S:
            self._refused, self._until = error, now + took_s

    def refused(self, now: float) -> CannotConnectError | None:
        """Return why nobody shall ask for a connection now; None where one may."""
        return self._refused if now < self._until else None

    def look(self, connection: Connection) -> None:
        """Ask what the database is, once, on a connection that is there."""
        if self.facts is None:
            self.facts = DatabaseFacts(label=self.name, system="", version="", driver="")
            found = self.database.described(connection)
            self.facts = DatabaseFacts(
                label=self.name,
                system=found.system,
                version=found.version,
                driver=found.driver,
                durability=found.durability,
                settings=found.settings,
            )


class Sources:
    """All databases of a batch.

    ``open_url`` opens one by its URL or @name; ``named`` are URLs by the name that queries use. The first of them is
    the one for queries that name none.
    """

    def __init__(self, open_url: Callable[[str], Database], named: Mapping[str, str]) -> None:
        self._open = open_url
        self._urls = dict(named)
        self._sources: dict[str, Source] = {}
        self._failed: dict[str, UsageError] = {}
        self._lock = threading.Lock()
        self._usual = next(iter(named), "")
        for name in named:
            self.find(name)

    def find(self, name: str) -> Source:
        """Return the database that a query names, "" the usual one.

        raises: UsageError for an unknown name, UnavailableError where a driver is missing.
        """
        key = name or self._usual
        found = self._sources.get(key)
        if found is not None:
            return found
        with self._lock:
            return self._sources.get(key) or self._opened(key)

    def _opened(self, key: str) -> Source:
        if not key:
            raise UsageError("it names no source, and none was given", hint="--source URL is for all that name none")
        if key in self._failed:
            raise self._failed[key]
        try:
            if key not in self._urls and _NAME.fullmatch(key):
                raise discovery.unknown("source", key, tuple(self._urls))
            database = self._open(self._urls.get(key, key))
        except UsageError as error:
            self._failed[key] = error
            raise
        # What is no name is a URL, which nobody but its driver is shown.
        given = name = key.removeprefix("@") if self._is_name(key) else database.label
        others = {source.name for source in self._sources.values()}
        number = 2
        # Two databases of one name on two servers: where they are is not told.
        while name in others:
            name, number = f"{given}#{number}", number + 1
        self._sources[key] = Source(name, database)
        return self._sources[key]

    def _is_name(self, key: str) -> bool:
        return self._urls.get(key, key) != key or key.startswith("@")

    def called(self, name: str) -> str:
        """Return how results call a source that could not be opened, without what may be secret in it."""
        if self._is_name(name) or _NAME.fullmatch(name):
            return name.removeprefix("@")
        try:
            return address.parse(name, {}).label
        except UsageError:
            return address.HIDDEN if name else ""

    def dialect(self) -> str:
        """Return the dialect of the usual database, "" without one."""
        return self.find("").database.driver.capabilities.dialect if self._usual else ""

    def facts(self) -> tuple[DatabaseFacts, ...]:
        """Return what is known of each database that was named."""
        return tuple(
            one.facts or DatabaseFacts(label=one.name, system=one.database.driver.name, version="", driver="")
            for one in self._sources.values()
        )

    def figures(self) -> tuple[PoolFigures, ...]:
        """Return what each pool did, under the name of its database here."""
        from msgspec.structs import replace

        return tuple(replace(one.database.figures(), name=one.name) for one in self._sources.values())

    def close(self) -> None:
        """Close every database."""
        for one in self._sources.values():
            one.database.close()
