"""Plant every regression in a repository of its own, have perftool explain it, and count how often it is right.

``python docs/evidence/profiling/culprits/run.py [WORDS]`` runs those plants whose name holds one of the words, by
default all, and prints a row each: by how much it was slower, who was blamed, and whether that is who was expected.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from plants import CONTROLS, PLANTS, Plant

HERE = Path(__file__).parent
GIT = ["git", "-c", "user.name=shop", "-c", "user.email=shop@example.com", "-c", "commit.gpgsign=false"]
ORDERS = "# 1 ; ann ; north\nAB-1/red/40 x 3 @ 9.95\nAB-2/blue/41 x 1 @ 19.95\n"
WANTED = 18


def plant(one: Plant, folder: Path) -> None:
    """Make the repository: the shop, and the plant as one commit on top of it."""
    shutil.copytree(HERE / "project", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "orders.txt").write_text(ORDERS)
    (folder / "pyproject.toml").write_text("[tool.perftool]\n")
    (folder / ".gitignore").write_text(".perftool/\n__pycache__/\n")
    git(folder, "init", "-q")
    commit(folder, "Open the shop")
    for file, old, new in (*one.edits, *one.decoys):
        text = (folder / file).read_text("utf-8")
        if text.count(old) != 1:
            raise SystemExit(f"{one.name}: the text to change is not once in {file}")
        (folder / file).write_text(text.replace(old, new), "utf-8")
    commit(folder, f"Plant: {one.name}")


def git(folder: Path, *words: str) -> None:
    """Run git in ``folder``."""
    subprocess.run([*GIT, *words], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, subject: str) -> None:
    """Commit everything."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", subject)


def measured(one: Plant, folder: Path) -> dict:
    """Run perftool as a user would and return its report."""
    what = (
        ["--command", f"{sys.executable} -m shop.cli orders.txt"]
        if one.command
        else [f"bench_shop.py::bench_{one.bench}"]
    )
    gate = ["--fail-over", "15%", "--warn-over", "8%"]
    explain = "--explain" if one.expected else "--explain=all"
    memory = ["--mem"] if one.unit == "B/op" else []
    report = folder / ".perftool" / "out.json"
    few = ["--quick", "--samples", "1", "--min-time", "2ms"]
    command = [*what, "--vs", "HEAD~1", explain, *gate, *memory, *few, "--output", f"json={report}"]
    done = subprocess.run(
        [sys.executable, "-m", "perftool", "bench", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    if not report.exists():
        raise SystemExit(f"{one.name}: {done.stderr}")
    return json.loads(report.read_text())


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the plants and the controls; 0 when at least 18 of 20 are right and no control has a suspect."""
    words = sys.argv[1:]
    right = ran = blamed = 0
    for one in (*PLANTS, *CONTROLS):
        if words and not any(word in one.name for word in words):
            continue
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "shop"
            plant(one, folder)
            report = measured(one, folder)
        payload = report["payload"]
        change = next(
            (
                row["cells"][1]["change"]["ratio"]
                for table in payload["tables"]
                if table["unit"] == one.unit
                for row in table["rows"]
            ),
            0.0,
        )
        found = [e for e in payload.get("explanations", []) if e["unit"] == one.unit]
        suspects = found[0].get("suspects", []) if found else []
        first = suspects[0] if suspects else None
        name = first["function"] if first else (found[0].get("reason", "") if found else "no row to explain")
        if one.expected:
            ran += 1
            ok = bool(first) and first["function"] == one.expected
            ok = ok and (not one.collected or first.get("garbage_collection", False))
            ok = ok and any(c["subject"].startswith("Plant") for c in first.get("commits", []))
            right += ok
        else:
            ok = not suspects
            blamed += not ok
        share = f"{first['share']:+.0%}" if first else ""
        why = ", ".join(first.get("why", ())) if first else ""
        say(f"{'right' if ok else 'WRONG':5}  {one.name:40} {change:+6.0%}  {name} {share}  {why}")
        for other in suspects[1:]:
            say(f"{'':56} {other['function']} {other['share']:+.0%}  {', '.join(other.get('why', ()))}")
    say(f"{right} of {ran} right, {blamed} controls blamed")
    return 0 if right >= WANTED * ran / len(PLANTS) and not blamed else 1


if __name__ == "__main__":
    sys.exit(main())
