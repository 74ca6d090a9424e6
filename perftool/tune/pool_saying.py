"""Sentences about pool sizes: the one to use and why, and what to doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.model.verdict import ReportWarning, Verdict
from perftool.tune import pool_judging as judging
from perftool.units.display import format_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.database import DatabaseFacts
    from perftool.model.tune import PoolPoint, TunePayload

#: Part of a server's connections that one pool may have: others, and whoever repairs it, need some too.
SHARE = 0.8
#: Part of all cores from which other programs are worth a word.
OTHERS = 0.25
#: So little finished in a round tells little about its rate.
FEW = 20


@dataclass(frozen=True, slots=True)
class Advice:
    """The size to use, why, and whether it can keep up with the arrival rate."""

    size: int
    why: str
    enough: bool = True


def advice(
    points: Sequence[PoolPoint], at: PoolPoint, bound: str, rate: float | None, *, limit: int | None, label: str
) -> Advice:
    """Recommend a size: for ``rate`` statements a second, or for as many as it takes.

    ceil(rate * p95 of the hold time / 0.7), at most the knee where more connections do not help, at most the largest
    size measured otherwise, and never more than 80 % of what the server allows (``limit``).
    """
    best = max(points, key=lambda one: one.rate)
    size, why = _for_rate(points, at, bound, rate) if rate is not None else (at.size, _at_knee(at, points, bound))
    if limit is not None and size > SHARE * limit:
        size = max(1, int(SHARE * limit))
        why = f"{label} allows {limit} connections to all its clients together"
    if rate is not None and rate > judging.BUSY * best.rate:
        reached = format_value(best.rate, "statements/s")
        return Advice(
            size,
            f"no pool reaches {rate:g} statements/s with some to spare: {best.size} connections gave {reached}",
            enough=False,
        )
    return Advice(size, why)


_LIMITS = {
    "cpu": "the CPU is busy",
    "client": "the one Python process that drives them is busy",
    "contention": "they hold each other up, at a lock, a disk, or a CPU that others use",
    "waiting": "what they wait for does not go faster",
}


def _at_knee(at: PoolPoint, points: Sequence[PoolPoint], bound: str) -> str:
    if at is points[-1]:
        return "the most that were tried, and the more the better: try larger --sizes"
    return f"more give no more statements a second, {_LIMITS[bound]}"


def _for_rate(points: Sequence[PoolPoint], at: PoolPoint, bound: str, rate: float) -> tuple[int, str]:
    held = format_value(at.hold_p95_s, "sec")
    asked = judging.wanted(rate, at.hold_p95_s)
    sum_ = f"{rate:g}/s × {held} held (p95) / {judging.BUSY:g}"
    if asked > at.size and (bound != "waiting" or at is not points[-1]):
        return at.size, f"{sum_} asks for {asked}, but more than {at.size} do not help, {_LIMITS[bound]}"
    return asked, f"{sum_} = {asked}"


def doubts(
    rounds: judging.Rounds, knee: judging.Knee, facts: DatabaseFacts, *, refused: str, server: bool, cores: int
) -> Iterator[ReportWarning]:
    """Return what the report has to say of the trial."""
    open_ = [
        f"{_list(sizes)} connection{'' if sizes == (1,) else 's'} may do {how} {knee.size}"
        for sizes, how in ((knee.smaller, "as well as"), (knee.larger, "better than"))
        if sizes
    ]
    if open_:
        text = f"{', and '.join(open_)}: more or longer rounds would tell"
        yield ReportWarning(code="pool-knee-open", message=text, subject=facts.label)
    counts = [drive.count for drives in rounds.values() for drive in drives.values()]
    if min(counts) < FEW:
        text = f"a round finished only {min(counts)} statements: --duration makes it longer"
        yield ReportWarning(code="pool-rounds-short", message=text, subject=facts.label)
    others = max((drive.other_cores or 0.0 for drives in rounds.values() for drive in drives.values()), default=0.0)
    if server and others >= OTHERS * cores:
        text = f"other programs kept up to {others:.1f} of {cores} cores busy: alone, more connections might help"
        yield ReportWarning(code="pool-neighbours", message=text, subject=facts.label)
    if refused:
        yield ReportWarning(code="pool-size-refused", message=refused, subject=facts.label)
    if not server:
        text = (
            "embedded: a connection opens in a fraction of a millisecond, so a pool saves little; "
            "its size bounds how many work at a time"
        )
        yield ReportWarning(code="pool-embedded", message=text, subject=facts.label)


def _list(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))


def verdict(payload: TunePayload, found: Advice, *, complete: bool) -> Verdict:
    """Return the verdict: a trial never fails, and its headline is what to do."""
    reasons = () if complete else ("interrupted: fewer rounds than planned",)
    connections = f"{found.size} connection" + ("" if found.size == 1 else "s")
    if payload.arrival_rate is not None:
        connections += f" for {payload.arrival_rate:g} statements/s"
    return Verdict(
        outcome="pass" if complete and found.enough else "warn",
        headline=f"{connections}: {payload.why}" if found.enough else payload.why,
        reasons=reasons,
    )
