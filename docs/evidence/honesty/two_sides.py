"""One run of ``perftool bench --vs``, and what of its report the study keeps."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

from docs.evidence.honesty.plan import TIMEOUT_S
from docs.evidence.honesty.project import BENCHMARKS, checkout, planted

if TYPE_CHECKING:
    from pathlib import Path

    from docs.evidence.honesty.plan import Planned

Json = dict[str, Any]

COMMAND: Final = ("bench", BENCHMARKS, "--vs", "HEAD~1", "--quiet", "--format", "json")
KEPT: Final = {"cpu": "cpu-sec/op", "wall": "sec/op"}
_DIGITS: Final = 6
# Exit codes of a run that was judged: passed, failed, nothing decided.
_JUDGED: Final = (0, 1, 3)


def measure(repository: Path, planned: Planned) -> Json:
    """Put the planned commit into the working tree and compare it with its parent."""
    checkout(repository, planted(planned.case, planned.level))
    command = [sys.executable, "-m", "perftool", *COMMAND]
    try:
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return {"lost": f"took longer than {TIMEOUT_S:g} s"}
    if done.returncode not in _JUDGED or not done.stdout.startswith("{"):
        said = (done.stderr.strip().splitlines() or [""])[-1]
        return {"lost": f"exit code {done.returncode}: {said}"}
    return {"exit": done.returncode, **condensed(json.loads(done.stdout))}


def condensed(report: Json) -> Json:
    """Return verdict, judged rows with the samples of both sides, and circumstances of a report."""
    run = report["payload"]["run"]
    return {
        "verdict": report["verdict"]["outcome"],
        "rows": [_row(row, report) for row in _gating(report)],
        "blocks": run["stopping"]["done"],
        "stopped": run["stopping"]["reason"],
        "measured_s": round(run["duration_s"], 1),
        "activity": {k: v for k, v in report["environment"]["activity"].items() if v is not None},
        "warnings": sorted({warning["code"] for warning in report.get("warnings", ())}),
    }


def _gating(report: Json) -> list[Json]:
    return [
        row
        for table in report["payload"]["tables"]
        for row in table["rows"]
        if row.get("gates", True) and len(row["cells"]) > 1 and (row["cells"][1] or {}).get("change")
    ]


def _row(row: Json, report: Json) -> Json:
    change = row["cells"][1]["change"]
    # The key of a row ends with the name of its case, whatever else the table's fields are.
    case = next(value for value in reversed(row["key"]) if value).rpartition("/")[2]
    kept = {name: change.get(name) for name in ("estimate", "lo", "hi", "p")}
    return {
        "case": case,
        **{name: None if value is None else rounded(value) for name, value in kept.items()},
        "significant": change["significant"],
        "outcome": change["outcome"],
        **{name: _samples(report, case, unit) for name, unit in KEPT.items()},
    }


def _samples(report: Json, case: str, unit: str) -> Json:
    """Return for each side a list of samples a block, in the order of the blocks."""
    sides: Json = {"base": {}, "now": {}}
    for one in report["measurements"]:
        if one["case"] == case and one["unit"] == unit and one.get("side"):
            for block, value in zip(one["blocks"], one["values"], strict=True):
                sides[one["side"]].setdefault(block, []).append(rounded(value))
    return {side: [blocks[block] for block in sorted(blocks)] for side, blocks in sides.items()}


def rounded(value: float) -> float:
    """Return ``value`` with the digits that the study keeps."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else value
