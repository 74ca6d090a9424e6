"""What other designs and other tools say of identical code: the same question, asked in many ways."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Literal

from docs.evidence.honesty import plan, tally
from docs.evidence.honesty.peers import FAIL_RULES, welch
from docs.evidence.honesty.tally import Share, share
from perftool.stats.mann_whitney import mann_whitney
from perftool.stats.signed_rank import signed_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Json = dict[str, Any]
Clock = Literal["cpu", "wall"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One comparison: samples of both sides by block, as they were taken."""

    case: str
    old: list[list[float]]
    new: list[list[float]]

    @property
    def raw(self) -> tuple[list[float], list[float]]:
        """Return all samples of either side."""
        return list(chain.from_iterable(self.old)), list(chain.from_iterable(self.new))

    @property
    def blocks(self) -> tuple[list[float], list[float]]:
        """Return the median of each block of either side."""
        return [statistics.median(b) for b in self.old], [statistics.median(b) for b in self.new]

    @property
    def change(self) -> float:
        """Return by which fraction the mean of all samples grew."""
        old, new = self.raw
        return statistics.fmean(new) / statistics.fmean(old) - 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to say "different" or "slower": how often it did so where nothing had changed.

    ``group`` is the design or tool; ``changes`` are the estimated changes and ``alarms`` which of them were called
    so. ``gate`` tells a rule that only fails what got slower from one that calls things different.
    """

    group: str
    text: str
    changes: tuple[float, ...]
    alarms: tuple[bool, ...]
    gate: bool = False

    @property
    def share(self) -> Share:
        """Return how many alarms there were."""
        return share(self.alarms)


def within(records: Iterable[Json], clock: Clock) -> Iterator[Asked]:
    """Yield base and now of the rows of untouched cases."""
    for row in tally.same_rows(records):
        yield Asked(row["case"], row[clock]["base"], row[clock]["now"])


def sequential(records: Iterable[Json], clock: Clock) -> Iterator[Asked]:
    """Yield the base sides of each two runs that follow each other; no run is used twice.

    All base sides are the same code, so these are what a job sees that measures today and compares with yesterday's.
    """
    runs = tally.kept(records)
    for before, after in zip(runs[::2], runs[1::2], strict=False):
        later = {row["case"]: row for row in after["rows"]}
        for row in before["rows"]:
            if row["case"] in later:
                yield Asked(row["case"], row[clock]["base"], later[row["case"]][clock]["base"])


def sequential_planted(records: Sequence[Json], level: int, clock: Clock) -> list[Asked]:
    """Return for each run with a planted change its changed side beside the base of the run before it."""
    runs, found = tally.kept(records), []
    for before, after in pairwise(runs):
        if after["level"] == level:
            bases = {row["case"]: row for row in before["rows"]}
            row = next(iter(tally.planted_rows([after])), None)
            if row is not None and row["case"] in bases:
                found.append(Asked(row["case"], bases[row["case"]][clock]["base"], row[clock]["now"]))
    return found


def judged(group: str, text: str, asked: Sequence[Asked], p: Callable[[Asked], float]) -> Rule:
    """Return how often a test at 5 % calls ``asked`` different."""
    return Rule(group, text, tuple(a.change for a in asked), tuple(p(a) < plan.ALPHA for a in asked))


def thresholds(group: str, asked: Sequence[Asked]) -> list[Rule]:
    """Return how often the mean alone is beyond each threshold on the slower side."""
    changes = tuple(a.change for a in asked)
    return [
        Rule(
            group,
            f"mean slower by more than {limit * 100:.0f} %",
            changes,
            tuple(c > limit for c in changes),
            gate=True,
        )
        for limit in plan.THRESHOLDS
    ]


def by_raw_ranks(asked: Asked) -> float:
    """Return Mann and Whitney's p of all samples as if each were independent."""
    return mann_whitney(*asked.raw).p


def by_raw_means(asked: Asked) -> float:
    """Return Welch's p of all samples as if each were independent."""
    return welch(*asked.raw)


def by_blocks(asked: Asked) -> float:
    """Return Mann and Whitney's p of the blocks, as ``perftool compare`` of two runs does."""
    return mann_whitney(*asked.blocks).p


def by_pairs(asked: Asked) -> float:
    """Return the signed-rank p of the blocks, as --vs does."""
    return signed_rank(*asked.blocks).p


def perftool_rules(records: Sequence[Json]) -> list[Rule]:
    """Return what --vs itself said of identical code, with wall time instead, and what its samples said unblocked."""
    same = tally.made(records, 0)
    rows = tally.same_rows(same)
    changes = tuple(row["estimate"] for row in rows)
    group = "perftool bench --vs"
    cpu, wall = list(within(same, "cpu")), list(within(same, "wall"))
    raw = "the same samples, each as if independent"
    return [
        Rule(group, "row fails (gate 20 %)", changes, tuple(row["outcome"] == "fail" for row in rows), gate=True),
        Rule(group, "row significant", changes, tuple(row["significant"] for row in rows)),
        judged(group, "row significant, wall time instead of CPU time", wall, by_pairs),
        judged(raw, "Mann-Whitney, CPU time", cpu, by_raw_ranks),
        judged(raw, "Welch's t, CPU time", cpu, by_raw_means),
        judged(raw, "Mann-Whitney, wall time", wall, by_raw_ranks),
        judged(raw, "Welch's t, wall time", wall, by_raw_means),
    ]


def sequential_rules(records: Sequence[Json]) -> list[Rule]:
    """Return what means, and tests, of one run after the other say of identical code; perftool's own among them."""
    found = []
    for clock, name in (("cpu", "CPU time"), ("wall", "wall time")):
        group = f"one run after the other, {name}"
        asked = list(sequential(records, "cpu" if clock == "cpu" else "wall"))
        found += [
            judged(group, "Welch's t", asked, by_raw_means),
            judged(group, "Mann-Whitney of all samples", asked, by_raw_ranks),
            judged(group, "Mann-Whitney of block medians, as perftool compare", asked, by_blocks),
            *thresholds(group, asked),
        ]
    return found


def unblocked_rules(records: Sequence[Json]) -> list[Rule]:
    """Return what samples of one process a side say of identical code."""
    found = []
    for clock, name in (("cpu", "CPU time"), ("wall", "wall time")):
        asked = list(within(records, "cpu" if clock == "cpu" else "wall"))
        group = f"one process a side, {name}"
        found += [
            judged(group, "Mann-Whitney", asked, by_raw_ranks),
            judged(group, "Welch's t", asked, by_raw_means),
            *thresholds(group, asked),
        ]
    return found


def peer_rules(records: Sequence[Json]) -> list[Rule]:
    """Return what the peers themselves said of identical code."""
    rows: dict[str, list[Json]] = {tool: [] for tool in plan.PEER_RUNS}
    for record in tally.kept(records):
        rows[record["tool"]] += record["rows"]
    changes = {tool: tuple(row["ratio"] for row in found) for tool, found in rows.items()}

    def rule(tool: str, text: str, alarm: Callable[[Json], bool], *, gate: bool = False) -> Rule:
        return Rule(tool, text, changes[tool], tuple(alarm(row) for row in rows[tool]), gate)

    return [
        rule("pyperf", "compare_to calls it significant", lambda row: bool(row["different"])),
        *(
            rule(
                "pytest-benchmark",
                f"--benchmark-compare-fail={text}",
                lambda row, t=text: t in row["failed"],
                gate=True,
            )
            for text in FAIL_RULES
        ),
        rule("hyperfine", '"ran R ± E times faster" leaves 1 out', lambda row: bool(row["summary"])),
        rule("hyperfine", "its welch_ttest.py at 5 %", lambda row: row["welch_p"] < plan.ALPHA),
    ]
