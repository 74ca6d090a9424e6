"""Run the command line inside the test's own process, in an empty project."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from perftool.cli.main import main
from perftool.config import schema
from perftool.config.kinds import Integer

if TYPE_CHECKING:
    from collections.abc import Iterator
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


@contextmanager
def standard_input(data: bytes, file: Path) -> Iterator[None]:
    """Let standard input be ``data``, for who reads ``sys.stdin`` and for who opens ``/dev/stdin``."""
    file.write_bytes(data)
    before, kept = sys.stdin, os.dup(0)
    try:
        with file.open("rb") as opened:
            os.dup2(opened.fileno(), 0)
        with open(0, encoding="utf-8", closefd=False) as sys.stdin:
            yield
    finally:
        sys.stdin = before
        os.dup2(kept, 0)
        os.close(kept)


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run ``perftool`` with some arguments in the project, ``stdin`` as its standard input."""

    def perftool(*arguments: str, stdin: bytes | None = None) -> Ran:
        capsys.readouterr()
        with nullcontext() if stdin is None else standard_input(stdin, tmp_path_factory.mktemp("stdin") / "stdin"):
            code = main(list(arguments))
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return perftool


@pytest.fixture
def few_blocks(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs of two sides have 8 blocks where nothing else is said: users get at least 20."""
    monkeypatch.setenv("PERFTOOL_BENCH_VS_BLOCKS", "8")
    name = "bench.vs.blocks"
    monkeypatch.setitem(schema.KEYS, name, replace(schema.KEYS[name], kind=Integer(1, 100)))
