"""A large result buffered, streamed and as Arrow, in time and memory; a small query prepared and unprepared."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from perftool.bench.api import BACKEND, Case, Suite
from perftool.bench.databases import backends as known
from perftool.bench.databases import generated, ratios, reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.bench.api import Prepared, SuiteOptions
    from perftool.bench.databases.backends import Backend
    from perftool.databases import Database
    from perftool.model.bench import Conclusion
    from perftool.model.measurement import Measurement

NAME: Final = "db-read"
MODULE: Final = "perftool.bench.databases.reading"
#: Times the usual data: what is buffered must outweigh what a process takes anyway.
MORE: Final = 2.5


def _cases(options: SuiteOptions) -> Iterator[Case]:
    scale = options.scale * MORE
    rows = float(sum(1 for _ in generated.lines(scale)))
    for backend in known.filled_ones(options, "read"):
        can = backend.driver.capabilities
        for way in (*reading.LARGE, *reading.SMALL):
            if way == "arrow" and not can.arrow:
                continue
            yield Case(
                suite=NAME,
                case="table" if way in reading.LARGE else "point-query",
                kind="sql",
                module=MODULE,
                factory="read",
                setup="connect",
                teardown="disconnect",
                arguments={
                    "url": backend.url,
                    "settings": dict(backend.settings),
                    "way": way,
                    "parameter": can.parameter,
                    "scale": scale,
                },
                parameters=backend.parameters(way=way),
                work={"rows": rows if way in reading.LARGE else 1.0},
                cpu_bound=False,
            )


@contextlib.contextmanager
def _prepared(options: SuiteOptions) -> Iterator[Prepared]:
    def fill(backend: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.fill(connection, options.scale * MORE, backend.driver.capabilities.dialect)

    def empty(_: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.drop(connection)

    with known.filled(known.filled_ones(options, "read"), fill, empty=empty) as found:
        yield found


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    for case, quantity, unit in (
        ("table", "time", "sec/op"),
        ("table", "peak memory of the process", "peak-RSS-B"),
        ("point-query", "time of a point query", "sec/op"),
    ):
        yield from ratios.of_times(
            [one for one in measurements if one.case == case],
            group=lambda one: one.parameters[BACKEND],
            subject=lambda one: one.parameters["way"],
            confidence=confidence,
            unit=unit,
            quantity=quantity,
        )


SUITE: Final = Suite(
    name=NAME,
    summary="rows out: buffered, streamed or as Arrow, with the memory that takes; prepared and unprepared",
    cases=_cases,
    prepared=_prepared,
    conclude=_conclude,
    facing="embedded",
    blocks=6,
    samples=1,
)
