"""The user's own statements on one or several databases, or under several settings, side by side."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from perftool.bench.api import BACKEND, Case, Suite
from perftool.bench.databases import backends as known
from perftool.bench.databases import ratios, statements
from perftool.bench.databases.running import READINGS
from perftool.errors import InputError, PerftoolError, UsageError
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perftool.bench.api import Prepared, SuiteOptions
    from perftool.bench.databases.backends import Backend, Preparation
    from perftool.bench.databases.statements import Query
    from perftool.model.bench import Conclusion
    from perftool.model.measurement import Measurement

NAME: Final = "db"
MODULE: Final = "perftool.bench.databases.running"
#: How long a statement may take while the rows of all databases are compared.
PATIENCE_S: Final = 60.0


def queries(options: SuiteOptions) -> list[Query]:
    """Return the statements to run.

    raises: UsageError when none are named, or they may not write; InputError when they cannot be read or undone.
    """
    if options.queries is None:
        raise UsageError(
            "the suite db runs your own statements, and none are named",
            hint="--queries FILE.sql or a folder; generated ones: perftool bench db-backends",
        )
    found = statements.queries(options.queries)
    for one in found:
        if not one.undoable:
            raise InputError(f"{one.source}: {one.kind} cannot be rolled back everywhere, so it is not measured")
        if not one.reads and not options.write:
            raise UsageError(f"{one.source}: {one.kind} writes", hint="--write runs it, and rolls it back every time")
    return found


def _cases(options: SuiteOptions) -> Iterator[Case]:
    asked = queries(options)
    for query in asked:
        for backend in known.given(options):
            for settings in options.variants or ({},):
                for reading in READINGS if query.reads else ("all", "cold"):
                    yield _case(query, backend, settings, reading)


def _case(query: Query, backend: Backend, settings: Mapping[str, str], reading: str) -> Case:
    opened = backend.arguments(write=not query.reads, settings=settings)
    return Case(
        suite=NAME,
        case=query.name,
        kind="sql",
        module=MODULE,
        factory="read",
        setup="connect",
        teardown="disconnect",
        arguments={**opened, "sql": query.sql, "reading": reading},
        parameters=backend.parameters(**settings, read=reading),
        cpu_bound=False,
        source=query.source,
        # Counters do not depend on how the rows are read: once is enough.
        counters="counters" if reading == READINGS[0] and backend.driver.capabilities.counters else None,
    )


@contextlib.contextmanager
def _prepared(options: SuiteOptions) -> Iterator[Prepared]:
    preparation = known.Preparation()
    counts: dict[str, dict[str, int]] = {}
    backends = known.given(options)
    reading = [one for one in queries(options) if one.reads]
    for backend in backends:
        with preparation.of(backend), backend.opened() as database:
            preparation.know(backend.facts(database))
            if len(backends) > 1:
                with database.connect() as connection:
                    for query in reading:
                        # What fails here fails when it is measured, with its reason.
                        with contextlib.suppress(PerftoolError):
                            rows = sum(map(len, connection.stream(query.sql, timeout_s=PATIENCE_S)))
                            counts.setdefault(query.name, {})[backend.label] = rows
    _compare(counts, preparation)
    yield preparation.done()


def _compare(counts: Mapping[str, Mapping[str, int]], preparation: Preparation) -> None:
    """Doubt ratios between databases that give different numbers of rows."""
    for name, rows in counts.items():
        if len(set(rows.values())) > 1:
            text = f"{name} gives different numbers of rows: " + ", ".join(f"{k} {n:,}" for k, n in rows.items())
            preparation.doubts.append(ReportWarning(code="rows-differ", message=text, subject=f"{NAME}/{name}"))


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    yield from ratios.of_times(
        measurements,
        group=lambda one: f"{one.case} {one.parameters['read']}",
        subject=_subject,
        confidence=confidence,
    )


def _subject(one: Measurement) -> str:
    settings = [f"{name}={value}" for name, value in one.parameters.items() if name not in (BACKEND, "read")]
    return " ".join([one.parameters[BACKEND], *settings])


SUITE: Final = Suite(
    name=NAME,
    summary="your own statements (--queries) on databases: all rows, first row, new session; counters for CI",
    cases=_cases,
    prepared=_prepared,
    conclude=_conclude,
    facing="urls",
    blocks=6,
    samples=1,
)
