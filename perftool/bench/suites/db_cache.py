"""What results cost out of a cache, in memory, on disk and in Redis, beside the query itself: when does it pay?"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from perftool.bench.api import BACKEND, Case, Suite
from perftool.bench.databases import backends as known
from perftool.bench.databases import caching, generated, ratios
from perftool.caching.api import TierError
from perftool.caching.opening import kinds
from perftool.errors import PerftoolError
from perftool.model.bench import Conclusion
from perftool.model.verdict import ReportWarning
from perftool.stats.interval import summarize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perftool.bench.api import Prepared, SuiteOptions
    from perftool.bench.databases.backends import Backend
    from perftool.databases import Database
    from perftool.model.measurement import Measurement

NAME: Final = "db-cache"
MODULE: Final = "perftool.bench.databases.caching"
#: The environment variable with the URL of a Redis server that may be used.
REDIS: Final = "REDIS_URL"
FORM: Final = "form"
STEP: Final = "step"
#: What the form of a kept result gives, and so which query it stands for.
_WANTED: Final = {"json": "rows", "arrow": "rows", "arrow-table": "table"}


def _cases(options: SuiteOptions) -> Iterator[Case]:
    backends = known.filled_ones(options, "cache")
    arrow = importlib.util.find_spec("pyarrow") is not None
    for result, sql in caching.RESULTS.items():
        wanted = [form for form in caching.FORMS_OF[result] if arrow or form == "json"]
        for backend in backends:
            for form in dict.fromkeys(_WANTED[form] for form in wanted):
                if form == "rows" or backend.driver.capabilities.arrow:
                    yield _query(result, sql, backend, form)
        for tier in _tiers():
            for form in wanted:
                source = next((one for one in backends if one.driver.capabilities.arrow or form != "arrow-table"), None)
                for step in caching.STEPS if source is not None else ():
                    yield _step(result, sql, source or backends[0], tier, form, step, options)


def _tiers() -> list[str]:
    """Return the tiers to measure: Redis only where a server is named that may be written to."""
    return [kind.name for kind in kinds() if kind.name != "redis" or os.environ.get(REDIS)]


def _query(result: str, sql: str, backend: Backend, form: str) -> Case:
    return Case(
        suite=NAME,
        case=result,
        kind="sql",
        module=MODULE,
        factory="query",
        setup="connect",
        teardown="disconnect",
        arguments={"url": backend.url, "settings": dict(backend.settings), "sql": sql, "wanted": form},
        parameters=backend.parameters(**{FORM: form, STEP: "query"}),
        cpu_bound=False,
    )


def _step(result: str, sql: str, backend: Backend, tier: str, form: str, step: str, options: SuiteOptions) -> Case:
    return Case(
        suite=NAME,
        case=result,
        kind="sql",
        module=MODULE,
        factory="step",
        setup="open_filled",
        teardown="close",
        arguments={
            "url": backend.url,
            "settings": dict(backend.settings),
            "sql": sql,
            "tier": tier,
            "form": form,
            "step": step,
            "folder": _folder(options),
            "redis": REDIS,
        },
        parameters={BACKEND: tier, FORM: form, STEP: step},
        cpu_bound=False,
    )


@contextlib.contextmanager
def _prepared(options: SuiteOptions) -> Iterator[Prepared]:
    def fill(backend: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.fill(connection, options.scale, backend.driver.capabilities.dialect)

    def empty(_: Backend, database: Database) -> None:
        with database.connect() as connection:
            generated.drop(connection)

    with known.filled(known.filled_ones(options, "cache"), fill, empty=empty) as found:
        yield replace(found, refused={**found.refused, **_refused(options)}, doubts=(*found.doubts, *_unnamed()))


def _refused(options: SuiteOptions) -> dict[str, str]:
    """Say which tiers cannot be had here, and why."""
    refused = {}
    for name in _tiers():
        try:
            with closing(caching.opened_tier(name, _folder(options), REDIS)) as tier:
                tier.get("perftool")
        except PerftoolError as error:
            refused[name] = error.message + (f" ({error.hint})" if error.hint else "")
        except TierError as error:
            refused[name] = f"does not answer: {error}"
    return refused


def _unnamed() -> Iterator[ReportWarning]:
    if not os.environ.get(REDIS):
        text = f"Redis is left out: {REDIS}=redis://127.0.0.1:6379/0 names a server that may be written to"
        yield ReportWarning(code="redis-not-named", message=text, subject=NAME)


def _folder(options: SuiteOptions) -> str:
    assert options.scratch is not None, "a suite that writes files is given a folder for them"
    return str(options.scratch / "results")


def _conclude(measurements: Sequence[Measurement], confidence: float) -> Iterator[Conclusion]:
    times = {
        (one.case, one.parameters[STEP], one.parameters[BACKEND], one.parameters[FORM]): ratios.by_block(one)
        for one in measurements
        if one.unit == "sec/op" and one.values
    }
    for (result, step, backend, wanted), query in times.items():
        if step != "query":
            continue
        for (of, other, tier, form), hit in times.items():
            miss = times.get((of, "miss", tier, form))
            if (of, other) == (result, "hit") and _WANTED[form] == wanted and miss is not None:
                yield break_even(backend, result, f"{tier} {form}", query, hit, miss, confidence)


def break_even(
    backend: str,
    result: str,
    place: str,
    query: Mapping[int, float],
    hit: Mapping[int, float],
    miss: Mapping[int, float],
    confidence: float,
) -> Conclusion:
    """Say from which share of hits a cache pays; times are seconds by block.

    With a share h of hits a look-up takes h·hit + (1 - h)·(query + miss) on average, where miss is what looking in
    vain and keeping the result take on top of the query. That is less than the query alone when
    h > miss / (query + miss - hit). It never pays when a hit takes as long as the query.
    source: expected value of the two outcomes; the usual rule, overhead / (query - hit), takes the overhead to be paid
    by hits too
    """
    blocks = sorted(query.keys() & hit.keys() & miss.keys())
    shares = [share(query[i], hit[i], miss[i]) for i in blocks]
    told = summarize(shares, confidence) if shares else None
    quantity = f"share of hits from which a cache before {backend} pays"
    if told is None:
        return Conclusion(suite=NAME, group=place, subject=result, quantity=quantity, text="not measured", figure="?")
    lo, hi = told.lo, told.hi
    if lo is not None and lo >= 1:
        figure, text = "never", "never pays: a hit takes as long as the query"
    elif hi is None or lo is None or hi >= 1:
        figure = f"{told.center:.0%}?" if told.center < 1 else "never?"
        text = f"may pay from {told.center:.0%} hits, or not at all: too few blocks, or too close"
    else:
        figure = f"{told.center:.0%} [{lo:.0%}, {hi:.0%}]"
        text = f"pays from {told.center:.0%} hits ({lo:.0%} to {hi:.0%})"
    return Conclusion(
        suite=NAME,
        group=place,
        subject=result,
        text=f"{result} of {backend} from {place}: {text}",
        quantity=quantity,
        ratio=told.center,
        lo=lo,
        hi=hi,
        figure=figure,
    )


def share(query: float, hit: float, miss: float) -> float:
    """Return the share of hits above which a cache pays, 1 where it never does."""
    return miss / (query + miss - hit) if hit < query else 1.0


SUITE: Final = Suite(
    name=NAME,
    summary="results from memory, disk and Redis (REDIS_URL) beside the query: the hit rate from which a cache pays",
    cases=_cases,
    prepared=_prepared,
    conclude=_conclude,
    facing="embedded",
    blocks=6,
    samples=1,
)
