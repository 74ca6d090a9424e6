"""The page that tells what the study found, made from the results alone."""

from __future__ import annotations

import re
import statistics
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from docs.evidence.honesty import designs, ledger, plan, tally
from docs.evidence.honesty.pictures import percent
from docs.evidence.honesty.project import BENCHMARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docs.evidence.honesty.designs import Rule
    from docs.evidence.honesty.tally import Share

Json = dict[str, Any]
Lines = dict[str, list[Json]]

_MOST_LOST = 5


def write(lines: Lines) -> str:
    """Return the page in Markdown; ``lines`` are those of each part's file."""
    runs = {part: ledger.runs(found) for part, found in lines.items()}
    parts = [
        _opening(runs["vs"]),
        _verdict(runs["vs"]),
        _method(lines),
        _same(runs["vs"]),
        _planted(runs["vs"]),
        _others(runs),
        _repeat(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def rules(runs: Lines) -> list[Rule]:
    """Return every rule of every design and tool that there are results for."""
    found: list[Rule] = []
    if runs["vs"]:
        found += designs.perftool_rules(runs["vs"])
    if runs["unblocked"]:
        found += designs.unblocked_rules(runs["unblocked"])
    if runs["vs"]:
        found += designs.sequential_rules(runs["vs"])
    if runs["peers"]:
        found += designs.peer_rules(runs["peers"])
    return [rule for rule in found if rule.alarms]


def _opening(records: Sequence[Json]) -> str:
    asked = tally.requirements(records)
    failed = [one for one in asked if not one.holds]
    due = len(plan.vs_runs())
    unfinished = f" The study is **not finished**: {len(records)} of {due} runs are made." if len(records) < due else ""
    number = len(asked)
    verb = "does" if len(failed) == 1 else "do"
    said = f"all {number} requirements hold"
    if failed:
        said = f"**{len(failed)} of the {number} requirements {verb} not hold**"
    return "# Is `bench --vs` honest?\n\n" + flowed(
        f"""A gate is honest if it stays silent when nothing changed and speaks when something did. This page holds what
        a study with numbers fixed beforehand found on a shared two-core virtual machine whose other core was kept busy
        all the time: {said}.{unfinished} The page is written by `docs/evidence/honesty/analyse.py` from the results
        beside it."""
    )


def _verdict(records: Sequence[Json]) -> str:
    rows = [(one.text, one.found, "yes" if one.holds else "**no**") for one in tally.requirements(records)]
    return "## What was required, and what was found\n\n" + table(("required beforehand", "found", "holds"), rows)


def _method(lines: Lines) -> str:
    vs = ledger.runs(lines["vs"])
    lost = [
        f"**Lost**: run {record['run']} ({part}, {record['tool']}): {record['lost']}"
        for part, found in lines.items()
        for record in ledger.runs(found)
        if "lost" in record
    ]
    again = sum(ledger.interrupted(found) for found in lines.values())
    due = {part: len(make()) for part, make in plan.RUNS.items()}
    done = ", ".join(f"{len(ledger.runs(found))} of {due[part]} ({part})" for part, found in lines.items())
    kept = tally.kept(vs)
    took = statistics.median(record["took_s"] for record in vs) if vs else 0.0
    busy = [r["neighbour"]["busy_s"] / r["neighbour"]["present_s"] for r in vs if r["neighbour"]["present_s"]]
    others = [record["activity"]["other_cores"] for record in kept if record["activity"].get("other_cores") is not None]
    circumstances = f"A run of `--vs` took {took:.0f} s (median)"
    if busy and others:
        circumstances += (
            f"; the neighbour got {percent(statistics.median(busy))} of its core, and what was not perftool's used"
            f" {min(others):.2f} to {max(others):.2f} cores (median {statistics.median(others):.2f})"
        )
    headers = [line["header"] for found in lines.values() for line in found if "header" in line]
    header = headers[0] if headers else {}
    times = sorted(line["at"] for found in lines.values() for line in found if "at" in line)
    when = f"From {times[0][:16].replace('T', ' ')} to {times[-1][:16].replace('T', ' ')} UTC. " if times else ""
    versions = f"{when}perftool {header.get('perftool', '?')}, Python {header.get('python', '?')}"
    if len({one["code"] for one in headers}) > 1:
        versions += "; the parts were run with different states of perftool's code"
    levels = [f"+{level}" for level in plan.LEVELS]
    each = plan.PLANTED_RUNS // len(plan.CASES)
    blocks = ", ".join(str(n) for n in sorted({record["blocks"] for record in kept}))
    points = (
        f"""**The workload** is a small project under git with four cases of different nature: parsing SQL, JSON and
        dictionaries, sorting strings, a loop over floats. One operation is {plan.UNITS} equal units of work, so that a
        commit with {plan.UNITS + plan.UNITS * plan.LEVELS[0] // 100} of them is {plan.LEVELS[0]} % slower by
        construction.""",
        f"""**{plan.SAME_RUNS} runs of identical code**: `perftool bench {BENCHMARKS} --vs HEAD~1` between two commits
        that differ in a README. **{plan.PLANTED_RUNS} runs each** with {", ".join(levels[:-1])} and {levels[-1]} %
        planted in one of the cases, {each} in each; the other cases of such a run are identical code too. All settings
        are the defaults, the seed among them: every run draws the same orders and hash seeds. Runs took
        {blocks or "no"} blocks, and the gate fails above {percent(plan.GATE)}.""",
        """**In shuffled order**, so that no condition has an hour to itself, and with a process that keeps one of the
        two cores busy all the time. perftool is not pinned to the other one.""",
        f"""**No run is repeated** because of what it said. One that ends without a report is lost, and counts as a
        miss. One under way when the study was stopped is taken again. The script prints no outcomes. Runs made: {done};
        lost: {len(lost)}; taken again: {again}.""",
        *lost[:_MOST_LOST],
        f"{circumstances}. {versions}.",
    )
    return "## How\n\n" + "\n".join(flowed(point, bullet=True) for point in points)


def _same(records: Sequence[Json]) -> str:
    same = tally.same_rows(tally.made(records, 0))
    beside = [row for level in plan.LEVELS for row in tally.same_rows(tally.made(records, level))]
    if not same:
        return ""
    p = [row["p"] for row in same]
    sizes = sorted(abs(row["estimate"]) for row in same)
    rows = [
        (name, shown(tally.significant(found)), shown(tally.failing(found)), shown(tally.holding(found, 0.0)))
        for name, found in (
            ("the runs of identical code", same),
            ("untouched cases beside a planted one", beside),
            *((f"only `{case}`", [row for row in same if row["case"] == case]) for case in plan.CASES),
        )
        if found
    ]
    sized = [percent(value, 2) for value in (sizes[len(sizes) // 2], sizes[int(len(sizes) * 0.95)], sizes[-1])]
    counted = [
        f"below {limit:g} in {sum(v < limit for v in p)} of {len(p)} rows (expected {len(p) * limit:.0f})"
        for limit in (0.01, 0.05, 0.5)
    ]
    per_run = Counter(sum(row["significant"] for row in r["rows"]) for r in tally.kept(tally.made(records, 0)))
    clustered = ", ".join(f"{number} in {per_run[number]} runs" for number in sorted(per_run))
    told = flowed(
        f"""Half of the estimates are within ± {sized[0]}, 95 of 100 within ± {sized[1]}, the largest is {sized[2]}.
        p is {", ".join(counted)}. The bound takes rows for independent; significant rows of one run: {clustered}."""
    )
    head = ("rows", "significant", "failing", "interval holds 0")
    picture = "![Histogram of p-values of identical code](images/honesty-p.svg)"
    return "\n\n".join(["## Identical code", table(head, rows), told, picture])


def _planted(records: Sequence[Json]) -> str:
    rows = []
    for level in plan.LEVELS:
        runs = tally.made(records, level)
        found = tally.planted_rows(runs)
        if not found:
            continue
        middle = statistics.median(row["estimate"] for row in found)
        rows.append(
            (
                f"+{level} %",
                shown(tally.detected(records, level)),
                shown(tally.failed(records, level)),
                shown(tally.share(row["outcome"] == "warn" for row in found)),
                f"{middle * 100:+.1f} %",
                shown(tally.holding(found, level / 100)),
            )
        )
    if not rows:
        return ""
    head = ("planted", "row significant", "run fails", "row warns", "median estimate", "interval holds the truth")
    return f"""## Planted slowdowns

{table(head, rows)}

![Shares of runs in which a planted slowdown was found](images/honesty-found.svg)

![Every estimate with its interval](images/honesty-estimates.svg)"""


def _others(runs: Lines) -> str:
    found = rules(runs)
    if not found:
        return ""
    judged = [(rule.group, rule.text, shown(rule.share)) for rule in found]
    missing = [part for part in ("unblocked", "peers") if not runs[part]]
    note = f"\n\nNot measured yet: {', '.join(missing)}." if missing else ""
    notes = (
        f"""*One run after the other*: the base sides of two runs that follow each other, all of them the same code,
        compared as a job does that measures today and compares with the run before. Here they began about
        {_apart(runs["vs"])} s after each other; runs hours apart were not tried.""",
        f"""*One process a side*: samples of both sides alternate, but all of a side come from one process,
        {plan.UNBLOCKED_SAMPLES} of them, as many as `--vs` takes in its blocks.""",
        "*As if independent*: the samples of the runs above, with their blocks forgotten.",
        """The peers measured the same two commits with the same neighbour, old code first, with their defaults, wall
        time: pyperf's `Runner` with 20 processes a benchmark, pytest-benchmark's `--benchmark-save` and
        `--benchmark-compare-fail`, hyperfine with both commands in one call on processes of 0.1 to 0.2 s. Nothing was
        tuned or pinned for any tool (as `pyperf system tune` would): shared runners do not let you.""",
        f"One comparison of the four cases took, in the median: {_durations(runs)}.",
        """A rule with a threshold only fails what got slower, so it can raise an alarm in one direction only. hyperfine
        does not claim that its ± is a test.""",
    )
    parts = [
        "## What others would have said of identical code",
        "The same question everywhere: how often is code that did not change called different, or slower?",
        "![Estimated changes of identical code by tool and design](images/honesty-same.svg)",
        table(("tool or design", "rule", "alarms"), judged) + note,
        "\n".join(flowed(text, bullet=True) for text in notes),
        _bought(runs["vs"]),
    ]
    return "\n\n".join(part for part in parts if part)


def _apart(records: Sequence[Json]) -> str:
    return f"{statistics.median(record['took_s'] for record in records):.0f}" if records else "0"


def _durations(runs: Lines) -> str:
    """Return how long each tool needed for a run, the neighbour's start included."""
    took: dict[str, list[float]] = {}
    for record in runs["vs"] + runs["peers"]:
        took.setdefault(record["tool"], []).append(record["took_s"])
    return ", ".join(f"{tool} {statistics.median(seconds):.0f} s" for tool, seconds in took.items())


def _bought(records: Sequence[Json]) -> str:
    """Return what thresholds on the means of one run after the other find, and what that costs."""
    rows = []
    for clock, name in (("cpu", "CPU time"), ("wall", "wall time")):
        chosen: designs.Clock = "cpu" if clock == "cpu" else "wall"
        same = list(designs.sequential(records, chosen))
        if not same:
            return ""
        planted = {level: designs.sequential_planted(records, level, chosen) for level in plan.LEVELS}
        for limit in plan.THRESHOLDS:
            cells = [tally.share(asked.change > limit for asked in planted[level]) for level in plan.LEVELS]
            false = tally.share(asked.change > limit for asked in same)
            rows.append((f"{name}, {limit * 100:.0f} %", shown(false), *(f"{c.count} of {c.of}" for c in cells)))
    head = ("mean of the run before, threshold", "identical code fails", "+10 % found", "+25 % found", "+30 % found")
    told = "What a threshold on the mean finds when the changed side is compared with the base of the run before it:"
    return told + "\n\n" + table(head, rows)


def _repeat() -> str:
    return "## Again\n\n" + flowed(
        """`make honesty` runs all of it and goes on where it was stopped; `make honesty PART=vs` (or `unblocked`,
        `peers`) one part. It refuses to add to results of another version.
        `python -m docs.evidence.honesty.analyse` writes this page. The results of every run, with all samples of both
        sides, are in
        [evidence/honesty/results](evidence/honesty/results)."""
    )


def flowed(text: str, *, bullet: bool = False) -> str:
    """Return a paragraph, or a point of a list, in lines of at most 120 characters."""
    first, rest = ("* ", "  ") if bullet else ("", "")
    # A number keeps its unit: a line never begins with one.
    flat = re.sub(r"(?<=\d) (?=%|s\b)", "\N{NO-BREAK SPACE}", " ".join(text.split()))
    filled = textwrap.fill(
        flat, 120, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return filled.replace("\N{NO-BREAK SPACE}", " ")


def shown(found: Share) -> str:
    """Return count and share with its interval."""
    if not found.of:
        return "none"
    low, high = found.interval
    return (
        f"{found.count} of {found.of}: {percent(found.count / found.of, 1)} ({percent(low, 1)} to {percent(high, 1)})"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [" | ".join(head), "|".join(["---"] * len(head)), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" if index != 1 else f"|{line}|" for index, line in enumerate(lines))
