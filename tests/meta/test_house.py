"""Tests of the house itself: a stranger finds things where the rules say, and nothing is an empty room."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "perftool").rglob("*.py"))
EXTENSION_FOLDERS = [
    "bench/suites", "compare/importers", "render/formats", "cli/commands",
    "profiling/engines", "profiling/readers", "profiling/writers",
    "databases/drivers", "queries/formats", "caching/tiers",
]  # fmt: skip
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "core", "manager", "stuff"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


@pytest.mark.parametrize("folder", EXTENSION_FOLDERS)
def test_every_extension_file_has_its_test(folder: str) -> None:
    names = [p.stem for p in (ROOT / "perftool" / folder).glob("*.py") if not p.stem.startswith("_")]
    assert names, f"no extension in {folder}"
    missing = [n for n in names if not (ROOT / "tests" / folder / f"test_{n}.py").is_file()]
    assert not missing, f"tests/{folder}/test_<name>.py is missing for {missing}"


def test_no_package_is_an_empty_room() -> None:
    rooms = [p.parent for p in SOURCES if p.name == "__init__.py"]
    empty = [str(r.relative_to(ROOT)) for r in rooms if len([f for f in r.iterdir() if f.name != "__pycache__"]) < 2]
    assert not empty


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_says_what_it_holds(path: Path) -> None:
    assert path.stem not in VAGUE, "name the one thing that the module holds"
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, "a module docstring says what it holds"


def ends_the_process(node: ast.AST) -> bool:
    """Say whether code exits here; text that holds code for another process does not."""
    called = node.func if isinstance(node, ast.Call) else node.exc if isinstance(node, ast.Raise) else None
    called = called.func if isinstance(called, ast.Call) else called
    return called is not None and ast.unparse(called) in {"sys.exit", "os._exit", "SystemExit"}


def test_only_main_exits() -> None:
    """Exiting is the business of one file; the injected harness is a program of its own."""
    programs = {f"perftool/{name}.py" for name in ("cli/main", "__main__", "store/schema", "workers/nursery")}
    guilty = [
        name
        for path in SOURCES
        if (name := str(path.relative_to(ROOT))) not in programs
        and "/harness/" not in name
        and not name.endswith("launcher.py")
        and any(ends_the_process(node) for node in ast.walk(ast.parse(path.read_text())))
    ]
    assert not guilty


def test_no_machine_path_or_host_in_tracked_files() -> None:
    """Reports, docs and tests must read the same anywhere."""
    homes = re.compile(rb"/(?:home|Users)/[a-z][\w.-]*/|/root/\.")
    guilty = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.is_file() and path != Path(__file__) and homes.search(path.read_bytes())
    ]
    assert not guilty


def test_only_tested_python_versions_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {c.rsplit(" ", 1)[1] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)}
    stated = set(re.findall(r"^\| (3\.\d+) \|.*passed", (ROOT / "docs" / "tested.md").read_text(), re.M))
    assert declared == stated, "docs/tested.md holds the runs that justify the classifiers"
