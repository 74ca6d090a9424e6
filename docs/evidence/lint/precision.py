"""Draw findings of the default run from public repositories, for a person to judge.

    python -m docs.evidence.lint.precision SEED NAME:CHECKOUT...
    python -m docs.evidence.lint.precision TABLE FILE...

lints each checkout (a folder of a public repository, with a perftool.toml beside it if its dialect has to be said),
pools all findings, and draws 100 of them by SEED: rules take turns, none gives more than ten, and within a rule the
repositories take turns. Prints one JSON line for each: repository, path, line, rule, severity, message, help, text.

TABLE prints what was judged (one JSON line for each: repository, path, line, code, verdict, reason) as Markdown: one
table of the rules, one of all findings.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

DRAWN = 100
PER_RULE = 10
CONTEXT = 12


def findings(name: str, checkout: Path) -> list[dict[str, object]]:
    """Return what the default run finds in a checkout; statements that were not parsed are left out."""
    command = [sys.executable, "-m", "perftool", "lint", ".", "--no-cache", "-f", "json", "--fail-on", "never", "-q"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{name}: perftool ended with exit code {done.returncode}: {os.fsdecode(done.stderr)}")
    found = []
    for one in json.loads(done.stdout)["diagnostics"]:
        if one["code"].startswith("PT"):
            continue
        span = one["span"]
        found.append(
            {
                "repository": name,
                "path": span["path"],
                "line": span["line"],
                "code": one["code"],
                "name": one["name"],
                "severity": one["severity"],
                "message": one["message"],
                "help": one["help"],
                "text": excerpt(checkout / span["path"], span["start"], span["end"]),
            }
        )
    return found


def excerpt(path: Path, start: int, end: int) -> str:
    """Return the lines around a finding, the finding between marks."""
    data = path.read_bytes()
    marked = data[:start] + "«".encode() + data[start:end] + "»".encode() + data[end:]
    lines = marked.decode("utf-8", "replace").splitlines()
    row = data.count(b"\n", 0, start)
    return "\n".join(lines[max(0, row - CONTEXT) : row + CONTEXT])[:3000]


def draw(pool: list[dict[str, object]], seed: int) -> list[dict[str, object]]:
    """Return the drawn findings, in the order of rules, repositories and paths."""
    chance = random.Random(seed)
    by_rule: dict[str, dict[str, list[dict[str, object]]]] = defaultdict(lambda: defaultdict(list))
    for one in pool:
        by_rule[str(one["code"])][str(one["repository"])].append(one)
    queues = []
    for code in sorted(by_rule):
        turns = [chance.sample(found, len(found)) for _, found in sorted(by_rule[code].items())]
        chance.shuffle(turns)
        queue = [turn[index] for index in range(PER_RULE) for turn in turns if index < len(turn)]
        queues.append(queue[:PER_RULE])
    chance.shuffle(queues)
    drawn: list[dict[str, object]] = []
    for index in range(PER_RULE):
        drawn += [queue[index] for queue in queues if index < len(queue)]
    kept = drawn[:DRAWN]
    return sorted(kept, key=lambda one: (str(one["code"]), str(one["repository"]), str(one["path"]), str(one["line"])))


def table(verdicts: list[dict[str, object]]) -> str:
    """Return the verdicts in Markdown."""
    from perftool.stats.proportion import wilson

    agreed = [one for one in verdicts if one["verdict"] == "agree"]
    low, high = wilson(len(agreed), len(verdicts))
    lines = [f"{len(agreed)} of {len(verdicts)} agreed with (95 %: {100 * low:.0f} to {100 * high:.0f} %).", ""]
    by_rule: dict[str, list[bool]] = defaultdict(list)
    for one in verdicts:
        by_rule[str(one["code"])].append(one["verdict"] == "agree")
    short = [f"{code} {sum(told)}/{len(told)}" for code, told in sorted(by_rule.items()) if not all(told)]
    lines += [f"Rules with disagreements: {', '.join(short) or 'none'}.", ""]
    lines += ["| repository | path | line | rule | verdict | reason |", "| --- | --- | --: | --- | --- | --- |"]
    for one in verdicts:
        cells = [
            str(one[key]).replace("|", "\\|") for key in ("repository", "path", "line", "code", "verdict", "reason")
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Lint, draw, print; or print what was judged."""
    if sys.argv[1] == "TABLE":
        lines = [line for name in sys.argv[2:] for line in Path(name).read_text(encoding="utf-8").splitlines()]
        print(table([json.loads(line) for line in lines if line]))  # noqa: T201
        return 0
    seed = int(sys.argv[1])
    pool: list[dict[str, object]] = []
    for word in sys.argv[2:]:
        name, checkout = word.split(":", 1)
        found = findings(name, Path(checkout))
        sys.stderr.write(f"{name}: {len(found)} findings\n")
        pool += found
    for one in draw(pool, seed):
        print(json.dumps(one, ensure_ascii=False))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
