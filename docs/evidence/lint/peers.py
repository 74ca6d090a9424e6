"""What does linting cost beside other linters, on the same files?

    python -m docs.evidence.lint.peers FOLDER DIALECT ROUNDS NAME=VENV...

NAME is sqruff, slowql, sqlfluff, sqlfluffrs (sqlfluff with its Rust part) or pygosqlx, each installed in a virtual
environment of its own. Every tool gets the flags that make it look at whole files: no limit of size, no templates, one
process, no cache; sqlfluff and sqruff the same twelve rules about correctness and none about layout; perftool all that
it runs by default, cold and with two workers, and once more on unchanged files. pygosqlx lints file by file in one
process, those that it parses; perftool is measured on those alone for that pair. Rounds take turns; prints the medians
of CPU time (all processes) and wall time, and their ratios to perftool's.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.evidence.trees import Took, timed

RULES = "AM01,AM02,AM04,AM05,AM08,AM09,ST03,ST11,RF01,CV05,PG01,PG02"
PYGOSQLX = """
import pathlib, sys, pygosqlx
parsed, found = [], 0
for path in sorted(pathlib.Path(".").rglob("*.sql")):
    text = path.read_text("utf-8", "replace")
    try:
        if sys.argv[1] == "parse":
            pygosqlx.parse(text, dialect=sys.argv[2])
            parsed.append(str(path))
        else:
            found += len(pygosqlx.lint(text, dialect=sys.argv[2]).violations)
    except Exception:
        pass
print("\\n".join(parsed) if sys.argv[1] == "parse" else found)
"""


def command(name: str, venv: Path, dialect: str, folder: Path) -> list[str]:
    """Return the command of a tool, to be run in ``folder``."""
    tool = str(venv / "bin" / ("sqlfluff" if name == "sqlfluffrs" else name))
    if name == "sqruff":
        return [tool, "--config", ".sqruff", "lint", "-f", "json", "."]
    if name in ("sqlfluff", "sqlfluffrs"):
        return [tool, "lint", "--ignore-local-config", "--config", ".peer", "-p", "1", "-f", "none", "."]
    if name == "slowql":
        flags = ["--no-cache", "-j", "1", "--format", "sarif", "--fail-on", "never", "-d", _postgresql(dialect)]
        # A folder given to it is not searched.
        return [
            tool,
            "--non-interactive",
            *flags,
            *sorted(str(path.relative_to(folder)) for path in folder.rglob("*.sql")),
        ]
    return [str(venv / "bin" / "python"), "-c", PYGOSQLX, "lint", _postgresql(dialect)]


def _postgresql(dialect: str) -> str:
    return "postgresql" if dialect == "postgres" else dialect


def ours(folder: Path, dialect: str, *, cold: bool) -> Took:
    """Return what perftool takes."""
    words = [sys.executable, "-m", "perftool", "lint", ".", "-d", dialect, "-q", "-f", "json", "--fail-on", "never"]
    return timed([*words, "--no-cache"] if cold else words, folder, home=folder)


def main() -> int:
    """Measure and print."""
    source, dialect, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    tools = dict(word.split("=", 1) for word in sys.argv[4:])
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name, "whole")
        shutil.copytree(source, whole, ignore=lambda _, names: [n for n in names if n.startswith(".")])
        configuration = (
            f"[sqlfluff]\ndialect = {dialect}\ntemplater = raw\nrules = {RULES}\nlarge_file_skip_byte_limit = 0\n"
        )
        for file in (".peer", ".sqruff"):
            (whole / file).write_text(configuration, encoding="utf-8")
        sizes = [path.stat().st_size for path in whole.rglob("*.sql")]
        print(f"{len(sizes)} files, {sum(sizes) / 1e6:.2f} MB")  # noqa: T201
        ours(whole, dialect, cold=True)
        for tool, venv in tools.items():
            folder = whole
            if tool == "pygosqlx":
                folder = Path(name, "parsed")
                kept = _parsed(whole, folder, Path(venv).resolve(), dialect)
                print(f"pygosqlx parses {kept} of {len(sizes)} files")  # noqa: T201
                ours(folder, dialect, cold=False)
            words = command(tool, Path(venv).resolve(), dialect, folder)
            pairs = [(ours(folder, dialect, cold=True), timed(words, folder, home=folder)) for _ in range(rounds)]
            _show(f"{tool} to perftool, cold", [(theirs, mine) for mine, theirs in pairs])
            if tool == "pygosqlx":
                again = [(timed(words, folder, home=folder), ours(folder, dialect, cold=False)) for _ in range(rounds)]
                _show(f"{tool} to perftool, unchanged files", again)
    return 0


def _parsed(whole: Path, folder: Path, venv: Path, dialect: str) -> int:
    words = [str(venv / "bin" / "python"), "-c", PYGOSQLX, "parse", _postgresql(dialect)]
    names = subprocess.run(words, cwd=whole, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(whole / name, target)
    return sum(map(bool, names))


def _show(title: str, pairs: list[tuple[Took, Took]]) -> None:
    cpu = statistics.median(theirs.cpu / mine.cpu for theirs, mine in pairs)
    wall = statistics.median(theirs.wall / mine.wall for theirs, mine in pairs)
    told = ", ".join(f"{theirs.cpu:.2f}/{mine.cpu:.2f}" for theirs, mine in pairs)
    print(f"{title}: CPU ratio {cpu:.2f} (seconds {told}), wall ratio {wall:.2f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
