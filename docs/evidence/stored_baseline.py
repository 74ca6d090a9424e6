"""What does a stored baseline of identical code say later? Runs, failing gates, rows that look significant.

    perftool bench -o baseline.json            # now
    python docs/evidence/stored_baseline.py baseline.json --runs 20          # an hour later
    python docs/evidence/stored_baseline.py baseline.json --reports runs/    # judge runs taken before

prints a line a run and fails when any gate failed or nothing was judged.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def perftool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter's perftool."""
    return subprocess.run([sys.executable, "-m", "perftool", *arguments], check=False, capture_output=True, text=True)


def judged(baseline: Path, run: Path) -> tuple[int, dict[str, Any]]:
    """Return exit code and report of the comparison."""
    done = perftool("compare", str(baseline), str(run), "--format", "json")
    return done.returncode, json.loads(done.stdout)


def gating(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the judged changes of rows that may fail."""
    return [
        row["cells"][1]["change"]
        for table in report["payload"]["tables"]
        for row in table["rows"]
        if row["gates"] and row["cells"][1] is not None and row["cells"][1]["change"] is not None
    ]


def main() -> int:
    """Measure if asked to, judge every run, sum up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("baseline", type=Path)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--reports", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.reports or Path(name)
        for number in range(options.runs):
            perftool("bench", "-q", "-o", str(folder / f"run{number:02}.json"))
        failed = rows = significant = undecided = warned = 0
        for run in sorted(folder.glob("*.json")):
            code, report = judged(options.baseline, run)
            changes = gating(report)
            surely = sum(c["significant"] for c in changes)
            ratios = [c["ratio"] for c in changes]
            load = report["payload"]["columns"][1]["environment"]["activity"]["other_cores"]
            print(  # noqa: T201 - a script's output
                f"{run.stem}  exit {code}  {surely} of {len(changes)} rows significant"
                f"  changes {min(ratios):+.1%} … {max(ratios):+.1%}  others used {load or 0:.1f} cores"
            )
            failed += code != 0
            rows += len(changes)
            significant += surely
            undecided += sum(c["outcome"] == "inconclusive" for c in changes)
            warned += sum(c["outcome"] == "warn" for c in changes)
    print(f"{failed} failing, {significant} of {rows} rows significant, {undecided} undecided, {warned} warnings")  # noqa: T201
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
