"""The databases of a suite: what they are called, and how cases reach them without holding their addresses."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from perftool.bench.api import BACKEND, Prepared
from perftool.errors import PerftoolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from perftool.bench.api import JsonValue, SuiteOptions
    from perftool.databases import Database
    from perftool.databases.api import Driver
    from perftool.model.database import DatabaseFacts
    from perftool.model.verdict import ReportWarning


@dataclass(frozen=True, slots=True)
class Backend:
    """A database that cases run on: ``url`` holds no password (a path, or ``env:NAME``), ``label`` is for reports.

    ``settings`` are of every session, ``own`` says that the suite made it and nobody else looks at it.
    """

    url: str
    label: str
    driver: Driver
    settings: Mapping[str, str]
    own: bool = False

    def arguments(self, *, write: bool = False, settings: Mapping[str, str] | None = None) -> dict[str, JsonValue]:
        """Return the arguments by which an operation opens it; ``settings`` come on top of its own."""
        return {"url": self.url, "write": write, "settings": {**self.settings, **(settings or {})}}

    def parameters(self, **more: str) -> dict[str, str]:
        """Return the parameters of a case on it."""
        return {BACKEND: self.label, **more}

    def opened(self, *, write: bool = False) -> Database:
        """Open it in this process, as ``perftool.databases.open_database`` does."""
        from perftool.databases import open_database

        return open_database(self.url, write=write, settings=self.settings)

    def facts(self, database: Database) -> DatabaseFacts:
        """Say what it is, under its label."""
        return msgspec.structs.replace(database.facts(), label=self.label)


def given(options: SuiteOptions) -> list[Backend]:
    """Return the databases that the user named, in order, under different labels; none is opened.

    raises: UsageError for an unknown system.
    """
    from perftool.databases import address
    from perftool.databases.opening import driver_for

    found = []
    for url in options.urls:
        parsed = address.parse(url, os.environ)
        driver = driver_for(parsed.scheme)
        settings = {**options.settings.get(driver.name, {}), **options.settings.get(url, {})}
        found.append(Backend(url, parsed.label, driver, settings))
    return _distinct(found)


def embedded(options: SuiteOptions, stem: str) -> list[Backend]:
    """Return a SQLite and a DuckDB database of the suite's own in the scratch folder, which ``prepare`` fills."""
    from perftool.databases.opening import driver_for

    assert options.scratch is not None, "a suite that writes files is given a folder for them"
    found = []
    for name in ("sqlite", "duckdb"):
        url = f"{name}:////{quote(str(options.scratch / stem).lstrip('/'))}.{name}"
        found.append(Backend(url, name, driver_for(name), options.settings.get(name, {}), own=True))
    return found


def filled_ones(options: SuiteOptions, stem: str) -> list[Backend]:
    """Return the embedded databases, and behind them those that the user named, for a suite that fills them all.

    raises: UsageError when one is named and nothing may be written there.
    """
    others = given(options)
    if others and not options.write:
        raise UsageError(
            f"{others[0].label}: this suite fills tables of its own (perftool_…), and nothing may be written there",
            hint="say --write: the tables are removed at the end",
        )
    return [*embedded(options, stem), *others]


def _distinct(backends: Sequence[Backend]) -> list[Backend]:
    """Number labels that stand for several databases: reports know them by nothing else."""
    total, seen = Counter(one.label for one in backends), Counter[str]()
    found = []
    for one in backends:
        seen[one.label] += 1
        found.append(one if total[one.label] == 1 else replace(one, label=f"{one.label}({seen[one.label]})"))
    return found


class Preparation:
    """Prepares backend after backend: what one lacks refuses its cases and leaves the others alone."""

    def __init__(self) -> None:
        self._databases: list[DatabaseFacts] = []
        self._refused: dict[str, str] = {}
        self.doubts: list[ReportWarning] = []

    @contextlib.contextmanager
    def of(self, backend: Backend) -> Iterator[None]:
        """Have ``backend`` refused for an error of perftool inside the block."""
        try:
            yield
        except PerftoolError as error:
            self.refuse(backend, error.message + (f" ({error.hint})" if error.hint else ""))

    def refuse(self, backend: Backend, reason: str) -> None:
        """Have the cases of ``backend`` skipped."""
        self._refused[backend.label] = reason

    def know(self, facts: DatabaseFacts) -> None:
        """Have the report tell of a database."""
        self._databases.append(facts)

    def done(self) -> Prepared:
        """Return what was found."""
        facts = tuple(one for one in self._databases if one.label not in self._refused)
        return Prepared(facts, dict(self._refused), tuple(self.doubts))


def session(url: str, settings: Mapping[str, str], *, write: bool) -> Any:
    """Open a connection of its own; for measuring processes, whose operations close it in their teardown."""
    from perftool.databases import open_database

    return open_database(url, write=write, settings=settings).session()


def warm(url: str) -> None:
    """Import what ``session`` needs and connect to nothing: the process that forks measuring ones calls this."""
    from perftool.databases import open_database

    open_database(url)


@contextlib.contextmanager
def filled(
    backends: Sequence[Backend],
    fill: Callable[[Backend, Database], None],
    *,
    empty: Callable[[Backend, Database], None],
) -> Iterator[Prepared]:
    """Have ``fill`` fill every backend for the time of the block; ``empty`` tidies up in those of others."""
    preparation = Preparation()
    with contextlib.ExitStack() as stack:
        for backend in backends:
            with preparation.of(backend), backend.opened(write=True) as database:
                if not backend.own:
                    stack.callback(_emptied, backend, empty)
                fill(backend, database)
                preparation.know(backend.facts(database))
        yield preparation.done()


def _emptied(backend: Backend, empty: Callable[[Backend, Database], None]) -> None:
    # A server that is gone keeps its tables; the measurements are there all the same.
    with contextlib.suppress(PerftoolError), backend.opened(write=True) as database:
        empty(backend, database)
