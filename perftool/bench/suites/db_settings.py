"""Settings of databases that guides recommend, each beside what is in use, on your statements or on generated ones."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from perftool.bench.api import BACKEND, Case, Suite
from perftool.bench.databases import backends as known
from perftool.bench.databases import generated, ratios, statements, workload
from perftool.bench.databases.settings_grid import AS_IT_IS, Setting, grid, present
from perftool.bench.databases.statements import Query
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.bench.api import Prepared, SuiteOptions
    from perftool.bench.databases.backends import Backend
    from perftool.databases import Database
    from perftool.model.bench import Conclusion
    from perftool.model.measurement import Measurement

NAME: Final = "db-settings"
MODULE: Final = "perftool.bench.databases.running"
SETTING: Final = "setting"
#: The generated statements that settings change most: one that groups, one that joins.
_OWN: Final = ("aggregation", "join")


def _queries(options: SuiteOptions) -> list[Query]:
    """Return the statements: the user's, else generated ones.

    raises: UsageError for one that writes: what a commit costs is for ``perftool tune settings``.
    """
    if options.queries is None:
        return [Query(name, workload.READS[name], "", "SELECT") for name in _OWN]
    found = statements.queries(options.queries)
    for one in found:
        if not one.reads:
            raise UsageError(
                f"{one.source}: {one.kind} writes, and this suite only reads",
                hint="perftool tune settings DATABASE --workload FILE --durability",
            )
    return found


def _backends(options: SuiteOptions) -> list[Backend]:
    """Return the databases: those named where the statements are the user's, else those that the suite fills."""
    if options.queries is None:
        return known.filled_ones(options, "settings")
    if not options.urls:
        raise UsageError("--queries are statements for a database, and none is named", hint="… db-settings shop.db")
    return known.given(options)


def _settings(options: SuiteOptions, backend: Backend) -> list[Setting]:
    """Return the candidates of a system, what is in use first: those of ``--set``, else the usual ones."""
    if options.variants:
        named = [{**one} for one in options.variants]
        found = [Setting(name=" ".join(f"{k}={v}" for k, v in one.items()), settings=one) for one in named]
    else:
        # As many threads as cores is what DuckDB takes by itself.
        usual = {"threads": str(_cores())}
        found = [one for one in grid(backend.driver.name, cores=_cores()) if not one.risk and one.settings != usual]
    return [present(), *found]


def _cores() -> int:
    from perftool.machine.processor import usable_cores

    return usable_cores()


def _cases(options: SuiteOptions) -> Iterator[Case]:
    for query in _queries(options):
        for backend in _backends(options):
            for setting in _settings(options, backend):
                yield Case(
                    suite=NAME,
                    case=query.name,
                    kind="sql",
                    module=MODULE,
                    factory="read",
                    setup="connect",
                    teardown="disconnect",
                    arguments={**backend.arguments(settings=setting.settings), "sql": query.sql, "reading": "all"},
                    parameters=backend.parameters(**{SETTING: setting.name}),
                    cpu_bound=False,
                    source=query.source or None,
                )


@contextlib.contextmanager
def _prepared(options: SuiteOptions) -> Iterator[Prepared]:
    if options.queries is not None:
        preparation = known.Preparation()
        for backend in _backends(options):
            with preparation.of(backend), backend.opened() as database:
                preparation.know(backend.facts(database))
        yield preparation.done()
        return

    def fill(backend: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.fill(connection, options.scale, backend.driver.capabilities.dialect)

    def empty(_: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.drop(connection)

    with known.filled(_backends(options), fill, empty=empty) as found:
        yield found


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    for backend in dict.fromkeys(one.parameters[BACKEND] for one in measurements):
        yield from ratios.of_times(
            [one for one in measurements if one.parameters[BACKEND] == backend],
            group=lambda one: one.parameters[SETTING],
            subject=lambda one: one.case,
            confidence=confidence,
            base=AS_IT_IS,
            quantity=f"time on {backend}",
        )


SUITE: Final = Suite(
    name=NAME,
    summary="settings that guides recommend, on your statements (--queries) or generated ones, beside what is in use",
    cases=_cases,
    prepared=_prepared,
    conclude=_conclude,
    facing="embedded",
    blocks=6,
    samples=1,
)
