"""The project under test: a small git repository whose commits grow one case by a known share of equal units."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

from docs.evidence.honesty.plan import CASES, LEVELS, UNITS

if TYPE_CHECKING:
    from pathlib import Path

BASE: Final = "base"
SAME: Final = "same"
BENCHMARKS: Final = "benchmarks/bench_workload.py"

# One operation is UNITS equal units, so that a commit with 110 of them is 10 % slower by construction.
_MODULES: Final = {
    "parse": '''"""SQL to a syntax tree: many small objects, a large library."""

from sqlglot import parse_one

UNITS = {units}
SQL = "SELECT id, name FROM users WHERE age > 21 ORDER BY name"


def run():
    for _ in range(UNITS):
        parse_one(SQL)
''',
    "records": '''"""Records to JSON and back, then through dictionaries: hashing and allocation."""

import json

UNITS = {units}
RECORDS = [{{"id": i, "name": f"row {{i}}", "tags": ["a", "b"], "size": {{"w": 1.5, "h": i}}}} for i in range(5)]


def run():
    for _ in range(UNITS):
        back = json.loads(json.dumps(RECORDS))
        {{record["name"]: {{key: str(value) for key, value in record.items()}} for record in back}}
''',
    "words": '''"""Strings made, sorted and joined: comparison and copying."""

UNITS = {units}
WORDS = [f"w{{i * 7919 % 1009:04d}}" for i in range(200)]


def run():
    for _ in range(UNITS):
        ",".join(sorted(word.upper() for word in WORDS))
''',
    "numbers": '''"""A loop over floats: the interpreter alone."""

UNITS = {units}


def run():
    for _ in range(UNITS):
        x = 0.5
        for _ in range(600):
            x = x * 3.7 * (1 - x)
''',
}

_BENCH: Final = "".join(
    [
        "from workload import " + ", ".join(sorted(CASES)) + "\n",
        *(f"\n\ndef bench_{case}():\n    {case}.run()\n" for case in CASES),
    ]
)
_PYPERF: Final = """from importlib import import_module

import pyperf

runner = pyperf.Runner()
for case in {cases!r}:
    runner.bench_func(case, import_module("workload." + case).run)
"""
_PYTEST: Final = """from importlib import import_module

import pytest


@pytest.mark.parametrize("case", {cases!r})
def test_case(benchmark, case):
    benchmark(import_module("workload." + case).run)
"""
# A process of 0.1 to 0.2 seconds, as people time whole commands.
_WHOLE: Final = """import sys
from importlib import import_module

run = import_module("workload." + sys.argv[1]).run
for _ in range(40):
    run()
"""


def planted(case: str, level: int) -> str:
    """Return the name of the commit that grows ``case`` by ``level`` per cent; that of the same code for 0."""
    return f"{case}-{level}" if level else SAME


def files(case: str = "", level: int = 0) -> dict[str, str]:
    """Return the project's files by path, with ``case`` grown by ``level`` per cent."""
    found = {
        "README.md": "# A workload of four cases\n",
        ".gitignore": "__pycache__/\n.perftool/\n.benchmarks/\n",
        "workload/__init__.py": '"""Four cases of different nature."""\n',
        BENCHMARKS: _BENCH,
        "with_pyperf.py": _PYPERF.format(cases=CASES),
        "test_workload.py": _PYTEST.format(cases=CASES),
        "whole.py": _WHOLE,
        # Without it pytest would take the settings of a project around the work folder.
        "pytest.ini": "[pytest]\n",
    }
    for name in CASES:
        units = UNITS + UNITS * level // 100 if name == case else UNITS
        found[f"workload/{name}.py"] = _MODULES[name].format(units=units)
    return found


def build(folder: Path) -> Path:
    """Make the repository below ``folder`` with all commits of the study and return it; one that is there is kept.

    ``base``, a commit of the same code whose README differs, and one for each case and level: each a child of base.
    """
    repository = folder / "project"
    if (repository / ".git").is_dir() and git(repository, "tag", "--list", "complete"):
        return repository
    shutil.rmtree(repository, ignore_errors=True)
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--initial-branch=main")
    _commit(repository, BASE, files())
    _commit(repository, SAME, {"README.md": "# A workload of four cases\n\nNothing but this line is new.\n"})
    for case in CASES:
        for level in LEVELS:
            git(repository, "checkout", "--quiet", "--detach", BASE)
            _commit(repository, planted(case, level), files(case, level))
    git(repository, "tag", "complete")
    return repository


def sides(repository: Path) -> tuple[Path, Path]:
    """Return a folder with the base and one with the commit of the same code, for tools that take two folders."""
    found = []
    for name in (BASE, SAME):
        folder = repository.parent / f"side-{name}"
        if not (folder / "workload").is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            git(repository, "clone", "--quiet", "--branch", name, ".", str(folder.resolve()))
        found.append(folder)
    return found[0], found[1]


def checkout(repository: Path, name: str) -> None:
    """Bring the working tree to the commit ``name``."""
    git(repository, "checkout", "--quiet", "--detach", "--force", name)


def git(repository: Path, *arguments: str) -> str:
    """Run git in ``repository`` with an identity and configuration of its own."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _IDENTITY.items()},
    }
    command = ["git", "-c", "advice.detachedHead=false", *arguments]
    done = subprocess.run(command, cwd=repository, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


_IDENTITY: Final = {"NAME": "study", "EMAIL": "study@example.org", "DATE": "2026-01-01T00:00:00Z"}


def _commit(repository: Path, name: str, content: dict[str, str]) -> None:
    for path, text in content.items():
        target = repository / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", name)
    git(repository, "tag", name)
