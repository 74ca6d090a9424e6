"""Turn the results of the study into docs/honesty.md and its pictures.

python -m docs.evidence.honesty.analyse [--results FOLDER] [--docs FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docs.evidence.honesty import ledger, page, pictures, plan, tally
from docs.evidence.honesty.study import HERE, RESULTS

if TYPE_CHECKING:
    from docs.evidence.honesty.designs import Rule

# One rule of each tool or design for the picture: the one that its users would go by.
SHOWN: Final = (
    ("perftool bench --vs", "row significant"),
    ("the same samples, each as if independent", "Mann-Whitney, CPU time"),
    ("one process a side, CPU time", "Mann-Whitney"),
    ("one run after the other, CPU time", "Welch's t"),
    ("one run after the other, wall time", "mean slower by more than 10 %"),
    ("pyperf", "compare_to calls it significant"),
    ("pytest-benchmark", "--benchmark-compare-fail=mean:10%"),
    ("hyperfine", "its welch_ttest.py at 5 %"),
)


def analyse(results: Path, docs: Path) -> bool:
    """Write the page and the pictures below ``docs``; returns whether all requirements hold."""
    lines = {part: ledger.read(results / f"{part}.jsonl") for part in plan.RUNS}
    runs = {part: ledger.runs(found) for part, found in lines.items()}
    (docs / "images").mkdir(parents=True, exist_ok=True)
    (docs / "honesty.md").write_text(page.write(lines), encoding="utf-8")
    same = tally.same_rows(tally.made(runs["vs"], 0))
    drawn = {
        "same": pictures.same_code(chosen(page.rules(runs))),
        "p": pictures.p_values([row["p"] for row in same]),
        "found": pictures.found(runs["vs"]),
        "estimates": pictures.estimates(runs["vs"]),
    }
    for name, picture in drawn.items():
        (docs / "images" / f"honesty-{name}.svg").write_text(picture, encoding="utf-8")
    return all(one.holds for one in tally.requirements(runs["vs"]))


def chosen(rules: list[Rule]) -> list[Rule]:
    """Return the rules of the picture, in its order, as far as there are results for them."""
    by_name = {(rule.group, rule.text): rule for rule in rules}
    return [by_name[name] for name in SHOWN if name in by_name]


def main() -> int:
    """Write everything; the exit code is 1 when a requirement does not hold."""
    parser = argparse.ArgumentParser(description="Turn the results of the study into docs/honesty.md and its pictures.")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--docs", type=Path, default=HERE.parents[1])
    options = parser.parse_args()
    return 0 if analyse(options.results, options.docs) else 1


if __name__ == "__main__":
    sys.exit(main())
