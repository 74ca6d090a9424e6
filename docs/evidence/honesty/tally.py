"""Counts and their intervals: what the runs of two sides say, against what was required of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docs.evidence.honesty import plan
from perftool.stats.proportion import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``, with the Wilson interval of the share behind it."""

    count: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval."""
        return wilson(self.count, self.of, plan.CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What was asked for beforehand, what was found, and whether that is enough."""

    text: str
    found: str
    holds: bool


def share(flags: Iterable[bool]) -> Share:
    """Count the true ones."""
    known = list(flags)
    return Share(sum(known), len(known))


def bound(n: int, chance: float = plan.ALPHA, level: float = plan.BOUND) -> int:
    """Return the least k that a binomial count of ``n`` with ``chance`` stays within with probability ``level``."""
    below = 0.0
    for k in range(n + 1):
        below += math.comb(n, k) * chance**k * (1 - chance) ** (n - k)
        if below >= level:
            return k
    return n


def made(records: Sequence[Json], level: int) -> list[Json]:
    """Return all runs, lost ones too, with a change of ``level`` per cent planted."""
    return [record for record in records if record["level"] == level]


def kept(records: Iterable[Json]) -> list[Json]:
    """Return the runs that gave a report."""
    return [record for record in records if "lost" not in record]


def planted_rows(records: Iterable[Json]) -> list[Json]:
    """Return the rows of the case that was grown, one a run."""
    return [row for record in kept(records) for row in record["rows"] if row["case"] == record["case"]]


def same_rows(records: Iterable[Json]) -> list[Json]:
    """Return the rows of cases that were not touched."""
    return [row for record in kept(records) for row in record["rows"] if row["case"] != record["case"]]


def significant(rows: Iterable[Json]) -> Share:
    """Count the rows that were called different."""
    return share(row["significant"] for row in rows)


def failing(rows: Iterable[Json]) -> Share:
    """Count the rows that a gate would fail."""
    return share(row["outcome"] == "fail" for row in rows)


def detected(records: Sequence[Json], level: int) -> Share:
    """Count the runs whose planted row was called different and slower; a lost run counts as a miss."""
    runs = made(records, level)
    found = [row for row in planted_rows(runs) if row["significant"] and row["estimate"] > 0]
    return Share(len(found), len(runs))


def failed(records: Sequence[Json], level: int) -> Share:
    """Count the failing runs; a lost run counts as one that did not fail."""
    runs = made(records, level)
    return Share(sum(record["verdict"] == "fail" for record in kept(runs)), len(runs))


def holding(rows: Iterable[Json], truth: float) -> Share:
    """Count the rows whose interval holds ``truth``, a fraction."""
    return share(row["lo"] is not None and row["lo"] <= truth <= row["hi"] for row in rows)


def requirements(records: Sequence[Json]) -> list[Requirement]:
    """Return what issue and plan asked for, and whether it holds."""
    same = made(records, 0)
    rows = same_rows(same)
    alarms, most = significant(rows), bound(len(rows))
    wrong = share(record["verdict"] == "fail" for record in kept(same))
    ten, thirty = detected(records, 10), failed(records, 30)
    return [
        Requirement(
            "identical code: no run fails",
            f"{wrong.count} of {wrong.of} runs failed",
            wrong.count == 0 and wrong.of > 0,
        ),
        Requirement(
            f"identical code: at most {most} of {len(rows)} rows significant (97.5 % binomial bound at 5 %)",
            f"{alarms.count} of {alarms.of} rows",
            alarms.count <= most and alarms.of > 0,
        ),
        Requirement(
            f"+10 % planted: significant in at least {plan.REQUIRED_SIGNIFICANT} of {plan.PLANTED_RUNS} runs",
            f"{ten.count} of {ten.of}",
            ten.count >= plan.REQUIRED_SIGNIFICANT,
        ),
        Requirement(
            f"+30 % planted: the gate at {plan.GATE * 100:.0f} % fails in at least {plan.REQUIRED_FAILING} "
            f"of {plan.PLANTED_RUNS} runs",
            f"{thirty.count} of {thirty.of}",
            thirty.count >= plan.REQUIRED_FAILING,
        ),
    ]
