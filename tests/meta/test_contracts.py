"""The import contracts hold, name only things that exist, and bite when they are broken."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

# One planted fault a contract: (contract, file that gets the line, the line).
FAULTS = [
    ("layers", "perftool/stats/sample.py", "import perftool.render.api"),
    ("layers", "perftool/render/api.py", "import perftool.bench.api"),
    ("layers", "perftool/bench/pairing.py", "import perftool.revisions.api"),
    ("siblings", "perftool/model/base.py", "import perftool.store.atomic"),
    ("extensions", "perftool/render/formats/markdown.py", "import perftool.render.formats.html"),
    ("extensions", "perftool/compare/importers/pyperf.py", "import perftool.compare.importers.gobench"),
    ("sqlglot", "perftool/bench/runner.py", "import sqlglot"),
    ("typer", "perftool/render/dispatch.py", "import typer"),
    ("rich", "perftool/render/formats/text.py", "import rich.table"),
    ("psutil", "perftool/compare/comparator.py", "import psutil"),
    ("profilers", "perftool/compare/comparator.py", "import memray"),
    ("databases", "perftool/compare/comparator.py", "import sqlalchemy"),
    ("caches", "perftool/compare/comparator.py", "import redis"),
    ("arrow", "perftool/compare/comparator.py", "import pyarrow"),
    ("pure", "perftool/compare/comparator.py", "import random"),
]


def lint_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


def copied(folder: Path) -> Path:
    shutil.copytree(ROOT / "perftool", folder / "perftool", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what is told of each contract, by its name, when all faults are planted at once."""
    copy = copied(tmp_path_factory.mktemp("faults"))
    for _, file, line in FAULTS:
        with (copy / file).open("a") as opened:
            opened.write(f"\n{line}\n")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout
    _, _, broken = done.stdout.partition("Broken contracts\n")
    parts = re.split(r"^(.+)\n-+$", broken, flags=re.M)
    return {name: " ".join(text.split()) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_contracts_hold(tmp_path: Path) -> None:
    done = lint_imports(copied(tmp_path))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "file", "line"), FAULTS, ids=[f"{c}:{f}" for c, f, _ in FAULTS])
def test_contract_bites(told: dict[str, str], contract: str, file: str, line: str) -> None:
    (name,) = [one["name"] for one in CONTRACTS if one["id"] == contract]
    module = line.removeprefix("import ")
    ends = [
        file.removesuffix(".py").replace("/", "."),
        module if module.startswith("perftool") else module.split(".")[0],
    ]
    if contract == "siblings":
        ends = ["." + end.split(".")[1] for end in ends]
    said = told.get(name, "")
    assert " -> ".join(ends) in said, f"{contract} did not notice {line!r} in {file}\n{said}"


def test_every_contract_is_tested_to_bite() -> None:
    assert {c["id"] for c in CONTRACTS} == {contract for contract, _, _ in FAULTS}


def names_in(contract: dict[str, object]) -> list[str]:
    """Return every perftool module a contract names, wildcards reduced to their package."""
    found: list[str] = []
    for key in ("source_modules", "forbidden_modules", "modules", "allowed_importers", "ancestors", "containers"):
        found += [str(name) for name in contract.get(key, [])]  # type: ignore[attr-defined]
    for layer in contract.get("layers", []):  # type: ignore[attr-defined]
        found += [f"perftool.{name.strip()}" for name in str(layer).split("|")]
    return [name.removesuffix(".*") for name in found if name.startswith("perftool")]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c["id"])
def test_contract_names_only_what_exists(contract: dict[str, object]) -> None:
    for name in names_in(contract):
        path = ROOT / name.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file(), name
