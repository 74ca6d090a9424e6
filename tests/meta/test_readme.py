"""The README's tour runs as written and prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def steps() -> list[tuple[str, str]]:
    """Return the steps of the tour in order: ("write", source) or ("run", transcript)."""
    found = []
    for block in BLOCK.finditer(README):
        if block["language"] == "python":
            found.append(("write", block["body"]))
        elif block["language"] == "console":
            found.append(("run", block["body"]))
    return found


def transcript(body: str) -> list[tuple[str, list[str]]]:
    """Split a console block into commands with the lines that they must print."""
    commands: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            commands[-1][1].append(line)
    return commands


def must_match(expected: list[str], printed: str) -> None:
    """Check that the expected lines stand in ``printed`` in order; … stands for anything."""
    pattern = ".*".join(re.escape(line).replace("…", ".*") for line in expected if line != "…")
    assert re.search(pattern, printed, re.S), f"expected {expected} in:\n{printed}"


def test_tour_runs_as_written(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        # With six, one block that a neighbour disturbed would leave the verdict open.
        "PERFTOOL_BENCH_BLOCKS": "9",
        "PERFTOOL_BENCH_MIN_TIME": "3ms",
        "PYTHONUTF8": "1",
    }
    shell = f"cd {tmp_path}\n"
    for kind, body in steps():
        if kind == "write":
            (tmp_path / "bench_rows.py").write_text(body)
            continue
        code = 0
        for command, expected in transcript(body):
            if command == "echo $?":
                assert expected == [str(code)]
                continue
            done = subprocess.run(shell + command, shell=True, env=environment, capture_output=True, text=True)
            code = done.returncode
            assert code in (0, 1), f"{command}\n{done.stdout}{done.stderr}"
            must_match(expected, done.stdout)


@pytest.mark.parametrize(
    "page", sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]), ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]
    assert not broken


def test_exit_codes_in_the_readme_are_the_code_s_own() -> None:
    from perftool import errors

    own = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    stated = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.M)}
    assert stated == own


def test_every_subcommand_is_told_of() -> None:
    commands = {p.stem for p in (ROOT / "perftool/cli/commands").glob("*.py") if not p.stem.startswith("_")}
    assert not [c for c in commands if f"`perftool {c}" not in README and f"perftool {c}" not in README]
