"""The factors that guides promise, measured here: pooling, batching, streaming, caching."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from perftool.bench.api import BACKEND, Case, Suite
from perftool.bench.databases import backends as known
from perftool.bench.databases import claims, claims_log, generated, ratios
from perftool.model.bench import Conclusion
from perftool.stats.shift import ratio_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.bench.api import Prepared, SuiteOptions
    from perftool.bench.databases.backends import Backend
    from perftool.databases import Database
    from perftool.model.measurement import Measurement

NAME: Final = "db-claims"
MODULE: Final = "perftool.bench.databases.claims"
LOG: Final = "replayed-log"
#: What is done → the factor that is promised, and in words.
PROMISED: Final = {
    "connection": (10.0, "reusing a connection"),
    "lookups": (5.0, f"one statement for {claims.MANY} look-ups"),
    "inserts": (5.0, f"one call for {claims.MANY} inserts"),
}
#: What is promised of the memory that streaming takes beside buffering, and of the share of cache hits.
MEMORY: Final = 0.2
HITS: Final = 0.6
#: Times the usual data: what is buffered must outweigh what a process takes anyway.
MORE: Final = 2.5
PEAK: Final = "peak-RSS-B"
#: Memory comes in pages: less than one is none.
_PAGE: Final = 4096.0


def _cases(options: SuiteOptions) -> Iterator[Case]:
    for backend in known.filled_ones(options, "claims"):
        for doing, ways in claims.WAYS.items():
            for way in ways:
                opened = backend.arguments(write=doing == "inserts")
                yield Case(
                    suite=NAME,
                    case=doing,
                    kind="sql",
                    module=MODULE,
                    factory="operation",
                    setup="connect",
                    teardown="disconnect",
                    arguments={
                        **opened,
                        "doing": doing,
                        "way": way,
                        "parameter": backend.driver.capabilities.parameter,
                        "scale": options.scale * MORE,
                    },
                    parameters=backend.parameters(way=way),
                    cpu_bound=False,
                )
    yield Case(
        suite=NAME,
        case=LOG,
        kind="sql",
        module="perftool.bench.databases.claims_log",
        factory="replay",
        arguments={"log": str(options.queries.absolute()) if options.queries is not None else ""},
        parameters={BACKEND: "cache", "way": "yours" if options.queries is not None else "generated"},
        counters="counters",
    )


@contextlib.contextmanager
def _prepared(options: SuiteOptions) -> Iterator[Prepared]:
    def fill(backend: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.fill(connection, options.scale * MORE, backend.driver.capabilities.dialect)
            connection.execute(f"DROP TABLE IF EXISTS {claims.INTO}")
            connection.execute(generated.create(claims.INTO, claims.COLUMNS))

    def empty(_: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.drop(connection)
            connection.execute(f"DROP TABLE IF EXISTS {claims.INTO}")

    with known.filled(known.filled_ones(options, "claims"), fill, empty=empty) as found:
        yield found


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    found = {(one.case, one.parameters[BACKEND], one.parameters["way"], one.unit): one for one in measurements}
    for backend in dict.fromkeys(one.parameters[BACKEND] for one in measurements):
        for doing, (promised, words) in PROMISED.items():
            slow, fast = (found.get((doing, backend, way, "sec/op")) for way in claims.WAYS[doing])
            if slow is not None and fast is not None:
                yield times_faster(backend, doing, words, promised, ratios.of_pair(fast, slow, confidence))
        memory = [found.get(("memory", backend, way, PEAK)) for way in claims.WAYS["memory"]]
        if None not in memory:
            yield less_memory(backend, [one for one in memory if one is not None], confidence)
    for way in ("generated", "yours"):
        counts = [found.get((LOG, "cache", way, unit)) for unit in ("lookups/op", "misses/op")]
        if counts[0] is not None and counts[1] is not None:
            yield hit_share(way, counts[0].values[0], counts[1].values[0])


def times_faster(
    backend: str, doing: str, words: str, promised: float, ratio: tuple[float | None, float | None, float | None]
) -> Conclusion:
    """Say whether one way is as many times faster as is promised: only an interval that is wholly on one side decides.

    ``ratio`` is the time of the other way divided by that of the praised one, with its bounds.
    """
    estimate, lo, hi = ratio
    holds = None if lo is None or hi is None else True if lo >= promised else False if hi < promised else None
    measured = "could not be measured" if estimate is None else f"is {_factor(estimate)} times as fast{_bounds(lo, hi)}"
    text = f"{backend}: {words} {measured}, {promised:g} times are promised: {_verdict(holds)}"
    return Conclusion(
        suite=NAME, group=backend, subject=doing, text=text, quantity="times as fast", ratio=estimate, lo=lo, hi=hi,
        claimed=promised, holds=holds,
    )  # fmt: skip


def less_memory(backend: str, peaks: Sequence[Measurement], confidence: float) -> Conclusion:
    """Say whether streaming takes as little memory beside buffering as is promised.

    Of each the peak of a process that reads nothing is taken off; what is left is below a page or more.
    """
    nothing, buffered, streamed = (ratios.by_block(one) for one in peaks)
    blocks = sorted(nothing.keys() & buffered.keys() & streamed.keys())
    extra = [[max(_PAGE, one[i] - nothing[i]) for i in blocks] for one in (buffered, streamed)]
    change = ratio_change(extra[0], extra[1], confidence, paired=True)
    ratio, lo, hi = (None if one is None else 1 + one for one in (change.estimate, change.lo, change.hi))
    holds = None if lo is None or hi is None else True if hi <= MEMORY else False if lo > MEMORY else None
    measured = "could not be measured" if ratio is None else f"takes {ratio:.1%} of the memory{_shares(lo, hi)}"
    text = f"{backend}: streaming {measured} of buffering, at most {MEMORY:.0%} are promised: {_verdict(holds)}"
    return Conclusion(
        suite=NAME, group=backend, subject="memory", text=text, quantity="memory", ratio=ratio, lo=lo, hi=hi,
        claimed=MEMORY, holds=holds,
    )  # fmt: skip


def hit_share(way: str, lookups: float, misses: float) -> Conclusion:
    """Say whether a log hits the cache as often as is promised; a count needs no interval, and speaks of its log."""
    share = 1 - misses / lookups
    log = (
        "your log"
        if way == "yours"
        else f"a generated log (Zipf with exponent {claims_log.EXPONENT:g} over {claims_log.DISTINCT:,} statements)"
    )
    text = (
        f"cache of {claims_log.HELD} results: {share:.1%} of {lookups:,.0f} queries of {log} are hits, "
        f"more than {HITS:.0%} are promised: {_verdict(share > HITS)} for this log"
    )
    return Conclusion(
        suite=NAME, group="cache", subject=way, text=text, quantity="hit share", ratio=share, claimed=HITS,
        holds=share > HITS,
    )  # fmt: skip


def _verdict(holds: bool | None) -> str:
    return "undecided" if holds is None else "holds" if holds else "does not hold"


def _factor(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def _bounds(lo: float | None, hi: float | None) -> str:
    return " (too few blocks for an interval)" if lo is None or hi is None else f" ({_factor(lo)} to {_factor(hi)})"


def _shares(lo: float | None, hi: float | None) -> str:
    return " (too few blocks for an interval)" if lo is None or hi is None else f" ({lo:.1%} to {hi:.1%})"


SUITE: Final = Suite(
    name=NAME,
    summary="what guides promise: reused connections, batches, streaming, cache hits of a log (--queries)",
    cases=_cases,
    prepared=_prepared,
    conclude=_conclude,
    facing="embedded",
    blocks=6,
    samples=1,
)
