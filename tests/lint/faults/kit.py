"""Run ``perftool lint`` on a folder, in this process or as a command, and look at what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from perftool.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

NULLS = "SELECT a FROM t WHERE a = NULL;\n"


class Came(NamedTuple):
    """What came of a run: exit code, the report, and what was told beside it."""

    code: int
    report: dict[str, Any]
    told: str

    @property
    def places(self) -> list[tuple[str, str, int]]:
        """Path, code and line of every finding."""
        return [(one["span"]["path"], one["code"], one["span"]["line"]) for one in self.report["diagnostics"]]

    @property
    def skipped(self) -> dict[str, str]:
        """Why files were not looked at, by path."""
        return {one["path"]: one["reason"] for one in self.report["payload"]["skipped"]}


def lint(capfd: pytest.CaptureFixture[str], *words: str) -> Came:
    """Run the command in this process, in the current folder."""
    capfd.readouterr()
    code = main(["lint", *words, "-f", "json"])
    out, told = capfd.readouterr()
    return Came(code, json.loads(out) if out else {}, told)


def started(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own, which leads a group."""
    return subprocess.Popen(
        [sys.executable, "-m", "perftool", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1", **(environment or {})},
        start_new_session=True,
    )
