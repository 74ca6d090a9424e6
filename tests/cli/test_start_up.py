"""Starting is cheap because little is imported: watched on ``sys.modules``, never on a clock."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"rich", "sqlglot", "psutil", "tomlkit", "memray", "asyncio", "importlib.metadata", "pydantic", "sqlalchemy"}
PROGRAM = """
import json, sys
from perftool.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.write(json.dumps({"code": code, "modules": sorted(sys.modules)}))
"""


def imported(folder: Path, *arguments: str) -> set[str]:
    """Run perftool in a fresh interpreter and return the modules it has imported."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, cwd=folder, timeout=60)
    told = json.loads(ran.stderr.splitlines()[-1])
    assert told["code"] in (0, 3), ran.stderr
    return set(told["modules"])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []], ids=str)
def test_help_imports_no_command_and_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    modules = imported(tmp_path, *arguments)
    assert not modules & HEAVY
    assert not {name for name in modules if name.startswith("perftool.cli.commands.")}
    assert not modules & {"msgspec", "tomllib", "perftool.model", "perftool.config", "perftool.render"}


@pytest.mark.parametrize(
    "arguments", [["show", "r.json"], ["config"], ["compare", "r.json", "r.json"], ["baseline", "list"]], ids=" ".join
)
def test_everyday_commands_import_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    reports.write(samples.bench(), tmp_path / "r.json")
    modules = imported(tmp_path, *arguments)
    assert not modules & HEAVY
    others = {f"perftool.cli.commands.{name}" for name in ("bench", "inspect", "init")}
    assert not modules & others
    assert "tomllib" not in modules, "there is no configuration file to read"
