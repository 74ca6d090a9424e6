"""Run the command line inside the test's own process, in an empty project."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from perftool.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Ran:
    """What a command line did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that is the working folder; the environment says nothing."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for variable in [name for name in os.environ if name.startswith("PERFTOOL_")]:
        monkeypatch.delenv(variable)
    return tmp_path


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``perftool`` with some arguments in the project."""

    def perftool(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return perftool
