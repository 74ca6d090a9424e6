"""The same generated data and the same work on SQLite, DuckDB and the databases named: a table of ratios."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.api import BACKEND, Case, Prepared, Suite
from perftool.bench.databases import backends as known
from perftool.bench.databases import generated, ratios, workload
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.bench.api import SuiteOptions
    from perftool.bench.databases.backends import Backend
    from perftool.databases import Database
    from perftool.model.bench import Conclusion
    from perftool.model.measurement import Measurement

NAME: Final = "db-backends"
MODULE: Final = "perftool.bench.databases.workload"
OPERATIONS: Final = (*workload.READS, "point-lookup", *workload.WRITES)


def _cases(options: SuiteOptions) -> Iterator[Case]:
    for name in OPERATIONS:
        for backend in known.filled_ones(options, "backends"):
            write, can = name in workload.WRITES, backend.driver.capabilities
            yield Case(
                suite=NAME,
                case=name,
                kind="sql",
                module=MODULE,
                factory="operation",
                setup="connect",
                teardown="disconnect",
                arguments={
                    **backend.arguments(write=write),
                    "name": name,
                    "parameter": can.parameter,
                    "scale": options.scale,
                },
                parameters=backend.parameters(),
                cpu_bound=False,
            )


@contextlib.contextmanager
def _prepared(options: SuiteOptions) -> Iterator[Prepared]:
    results: dict[str, dict[str, Sequence[Any]]] = {}

    def fill(backend: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.fill(connection, options.scale, backend.driver.capabilities.dialect)
            for name, sql in workload.READS.items():
                results.setdefault(name, {})[backend.label] = connection.execute(sql).rows

    def empty(_: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.drop(connection)
            connection.execute(f"DROP TABLE IF EXISTS {workload.INTO}")

    with known.filled(known.filled_ones(options, "backends"), fill, empty=empty) as found:
        yield Prepared(found.databases, found.refused, (*found.doubts, *_differing(results)))


def _differing(results: dict[str, dict[str, Sequence[Any]]]) -> Iterator[ReportWarning]:
    """Doubt ratios between backends whose results differ."""
    for name, found in results.items():
        first = next(iter(found))
        others = [label for label, rows in found.items() if not workload.agree(found[first], rows)]
        if others:
            text = f"{name} gives other results on {', '.join(others)} than on {first}"
            yield ReportWarning(code="results-differ", message=text, subject=f"{NAME}/{name}")


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    yield from ratios.of_times(
        measurements, group=lambda one: one.case, subject=lambda one: one.parameters[BACKEND], confidence=confidence
    )


SUITE: Final = Suite(
    name=NAME,
    summary="generated data and equal work on SQLite, DuckDB and databases named with --write: ratios",
    cases=_cases,
    prepared=_prepared,
    conclude=_conclude,
    facing="embedded",
    blocks=6,
    samples=1,
)
