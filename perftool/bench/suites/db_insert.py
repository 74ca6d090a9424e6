"""Ways to insert rows, from one row per commit to the system's own loader, with 0 to 5 indexes; the knee of batches."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from perftool.bench.api import BACKEND, Case, Suite
from perftool.bench.databases import backends as known
from perftool.bench.databases import inserting, ratios
from perftool.model.bench import Conclusion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.bench.api import Prepared, SuiteOptions
    from perftool.bench.databases.backends import Backend
    from perftool.databases import Database
    from perftool.model.measurement import Measurement

NAME: Final = "db-insert"
MODULE: Final = "perftool.bench.databases.inserting"
BATCHES: Final = (100, 500, 1_000, 10_000)
#: The ways that are measured with every number of indexes; the others without any.
INDEXES: Final = (0, 1, 3, 5)
_INDEXED_BATCH: Final = 1_000
_NATIVE_ROWS: Final = 10_000
_ROW_BY_ROW: Final = {inserting.ROW_PER_COMMIT: 20, inserting.ONE_TRANSACTION: 200}
#: DuckDB's executemany inserts some thousand rows a second: larger batches take seconds, and need --scale.
_SLOW: Final = {"duckdb": 1_000}
#: A larger batch is worth it when it inserts this much more rows per second.
_WORTH: Final = 0.05


def _ways(backend: Backend, scale: float) -> Iterator[tuple[str, int, int]]:
    """Yield way, rows of an operation, and number of indexes."""
    for way, rows in _ROW_BY_ROW.items():
        yield way, rows, 0
    slow = backend.driver.name in _SLOW
    largest = _SLOW.get(backend.driver.name, BATCHES[-1]) * max(1.0, scale)
    for batch in BATCHES:
        if batch <= largest:
            for indexes in INDEXES if batch == _INDEXED_BATCH and not slow else (0,):
                yield f"{inserting.EXECUTEMANY}{batch}", batch, indexes
    fastest = next((way for way in backend.driver.capabilities.loads if way != "executemany"), None)
    if fastest is not None:
        for indexes in INDEXES:
            yield f"{inserting.NATIVE}{fastest}", max(1, round(_NATIVE_ROWS * scale)), indexes


def _cases(options: SuiteOptions) -> Iterator[Case]:
    for backend in known.filled_ones(options, "insert"):
        for way, rows, indexes in _ways(backend, options.scale):
            yield Case(
                suite=NAME,
                case=way,
                kind="sql",
                module=MODULE,
                factory="insert",
                setup="connect",
                teardown="disconnect",
                arguments={
                    "url": backend.url,
                    "settings": dict(backend.settings),
                    "way": way,
                    "rows": rows,
                    "indexes": indexes,
                    "parameter": backend.driver.capabilities.parameter,
                },
                parameters=backend.parameters(indexes=str(indexes)),
                work={"rows": float(rows)},
                cpu_bound=False,
            )


@contextlib.contextmanager
def _prepared(options: SuiteOptions) -> Iterator[Prepared]:
    def fill(_: Backend, database: Database) -> None:
        with database.connect() as connection:
            connection.ping()

    def empty(_: Backend, database: Database) -> None:
        with database.connect() as connection:
            connection.execute(f"DROP TABLE IF EXISTS {inserting.TABLE}")

    with known.filled(known.filled_ones(options, "insert"), fill, empty=empty) as found:
        yield found


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    rates = [one for one in measurements if one.unit == "rows/s"]
    for backend in dict.fromkeys(one.parameters[BACKEND] for one in rates):
        mine = [one for one in rates if one.parameters[BACKEND] == backend]
        yield from ratios.of_times(
            mine, group=_way, subject=lambda one: one.parameters[BACKEND], confidence=confidence, unit="rows/s",
            quantity="rows per second",
            base=inserting.ROW_PER_COMMIT,
        )  # fmt: skip
        batches = {
            int(one.case.removeprefix(inserting.EXECUTEMANY)): one
            for one in mine
            if one.case.startswith(inserting.EXECUTEMANY) and one.parameters["indexes"] == "0"
        }
        if len(batches) > 1:
            yield knee(backend, batches, confidence)


def _way(one: Measurement) -> str:
    number = one.parameters["indexes"]
    return {"0": one.case, "1": f"{one.case}, 1 index"}.get(number, f"{one.case}, {number} indexes")


def knee(backend: str, batches: dict[int, Measurement], confidence: float) -> Conclusion:
    """Return the smallest batch that no larger one beats: by 5 % more rows per second, and surely by any.

    A batch that seems so much faster, and may not be, is named beside it.
    source: Hodges-Lehmann ratio of pairs and its interval, see perftool.bench.databases.ratios
    """
    sizes = sorted(batches)
    for size in sizes:
        pairs = {other: ratios.of_pair(batches[size], batches[other], confidence) for other in sizes if other > size}
        seeming = [other for other, (ratio, _, _) in pairs.items() if ratio is not None and ratio > 1 + _WORTH]
        if not any((pairs[other][1] or 1) > 1 for other in seeming):
            break
    text = f"{backend}: executemany wants {size:,} rows a commit; "
    if pairs and all(lo is None for _, lo, _ in pairs.values()):
        text = f"{backend}: too few blocks to say how many rows a commit executemany wants (--count)"
    elif seeming:
        text += (
            f"{' or '.join(f'{other:,}' for other in seeming)} may be faster still: more blocks (--count) would tell"
        )
    elif size == sizes[-1]:
        text += "that is the largest batch measured"
    else:
        text += f"no larger batch is {_WORTH:.0%} faster"
    return Conclusion(suite=NAME, group="knee", subject=backend, text=text)


SUITE: Final = Suite(
    name=NAME,
    summary="rows in: one per commit, one transaction, executemany, COPY, appender, Arrow, with 0 to 5 indexes",
    cases=_cases,
    prepared=_prepared,
    conclude=_conclude,
    facing="embedded",
    blocks=6,
    samples=1,
)
