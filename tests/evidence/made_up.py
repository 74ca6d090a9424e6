"""Results that no machine gave: the study's files with known shifts, for pages and counts to be checked against."""

from __future__ import annotations

import functools
import json
import random
import statistics
from typing import TYPE_CHECKING, Any

from docs.evidence.honesty import plan
from perftool.stats.shift import ratio_change
from perftool.stats.signed_rank import signed_rank

if TYPE_CHECKING:
    from docs.evidence.honesty.plan import Planned

Json = dict[str, Any]


def blocks(chance: random.Random, center: float, count: int, spread: float, within: int = 2) -> list[list[float]]:
    """Return samples of ``count`` blocks that differ among each other by ``spread``, and inside by a tenth of it."""
    found = []
    for _ in range(count):
        middle = center * chance.lognormvariate(0, spread)
        found.append([middle * chance.lognormvariate(0, spread / 10) for _ in range(within)])
    return found


def paired_row(chance: random.Random, case: str, shift: float, spread: float = 0.01) -> Json:
    """Return the row of a run whose case became slower by ``shift``, judged as perftool does."""
    base, now = blocks(chance, 0.002, 20, spread), blocks(chance, 0.002 * (1 + shift), 20, spread)
    old, new = [statistics.median(b) for b in base], [statistics.median(b) for b in now]
    change, test = ratio_change(old, new, 0.95, paired=True), signed_rank(old, new)
    assert change.estimate is not None
    assert change.lo is not None
    significant = test.p < plan.ALPHA
    outcome = "fail" if significant and change.lo > 0.2 else "warn" if significant and change.lo > 0.1 else "pass"
    shown = {"estimate": change.estimate, "lo": change.lo, "hi": change.hi, "p": test.p}
    samples = {"base": base, "now": now}
    return {"case": case, **shown, "significant": significant, "outcome": outcome, "cpu": samples, "wall": samples}


def vs_record(planned: Planned) -> Json:
    """Return what a run of --vs would have given."""
    chance = random.Random(f"vs/{planned.number}")
    shifts = {case: planned.level / 100 if case == planned.case else 0.0 for case in plan.CASES}
    rows = [paired_row(chance, case, shift) for case, shift in shifts.items()]
    failing = any(row["outcome"] == "fail" for row in rows)
    return {
        **about(planned),
        "exit": int(failing),
        "verdict": "fail" if failing else "pass",
        "rows": rows,
        "blocks": 20,
        "activity": {"other_cores": 1.0},
    }


def unblocked_record(planned: Planned) -> Json:
    """Return samples of one process a side, each process with its own luck."""
    chance = random.Random(f"unblocked/{planned.number}")
    rows = []
    for case in plan.CASES:
        lucks = [0.002 * chance.lognormvariate(0, 0.01) for _ in range(2)]
        sides = [blocks(chance, luck, 40, 0.01, within=1) for luck in lucks]
        samples = dict(zip(("base", "now"), sides, strict=True))
        rows.append({"case": case, "cpu": samples, "wall": samples})
    return {**about(planned), "rows": rows}


def peer_record(planned: Planned) -> Json:
    """Return what a peer would have said."""
    chance = random.Random(f"peers/{planned.number}")
    rows: list[Json] = []
    for case in plan.CASES:
        ratio = chance.gauss(0, 0.05)
        said: Json = {
            "pyperf": {"different": abs(ratio) > 0.05},
            "pytest-benchmark": {"failed": ["mean:5%"] if ratio > 0.05 else []},
            "hyperfine": {"summary": False, "welch_p": chance.random()},
        }[planned.tool]
        rows.append({"case": case, "ratio": ratio, **said})
    return {**about(planned), "rows": rows}


def about(planned: Planned) -> Json:
    """Return what the study adds to every record."""
    return {
        "run": planned.number,
        "tool": planned.tool,
        "case": planned.case,
        "level": planned.level,
        "took_s": 20.0,
        "neighbour": {"core": 1, "present_s": 20.0, "busy_s": 19.0},
    }


RECORDS = {"vs": vs_record, "unblocked": unblocked_record, "peers": peer_record}


@functools.cache
def text(part: str) -> str:
    """Return a whole file of results."""
    header = {"part": part, "perftool": "0", "code": "0", "python": "3"}
    found = [{"header": header}, *(RECORDS[part](planned) for planned in plan.RUNS[part]())]
    return "".join(json.dumps(line) + "\n" for line in found)


def lines(part: str) -> list[Json]:
    """Return the lines of that file."""
    return [json.loads(line) for line in text(part).splitlines()]


def records(part: str) -> list[Json]:
    """Return the runs in that file."""
    return lines(part)[1:]
