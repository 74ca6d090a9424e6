"""The hooks for pre-commit are commands that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run

HOOKS = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8")
BAD = "SELECT id FROM t WHERE a = NULL;\n"


def entries() -> dict[str, list[str]]:
    """Return the command of each hook, without its name."""
    found = re.findall(r"^- id: (\S+)\n(?:  .*\n)*?  entry: perftool (.*)$", HOOKS, re.MULTILINE)
    return {name: entry.split() for name, entry in found}


def test_one_hook_finds_and_the_other_mends(project: Path, run: Run) -> None:
    hooks = entries()
    assert len(hooks) == HOOKS.count("- id:") == 2
    path = project / "a.sql"
    path.write_text(BAD)
    assert run(*hooks["perftool-lint"], "a.sql").code == 1
    assert path.read_text() == BAD
    assert run(*hooks["perftool-lint-fix"], "a.sql").code == 0
    assert path.read_text() == "SELECT id FROM t WHERE a IS NULL;\n"


def test_hooks_ask_for_what_perftool_is() -> None:
    assert HOOKS.count("language: python\n") == HOOKS.count("types: [sql]\n") == HOOKS.count("- id:")
    # perftool has its own processes: pre-commit starts it once.
    assert HOOKS.count("require_serial: true\n") == HOOKS.count("- id:")
