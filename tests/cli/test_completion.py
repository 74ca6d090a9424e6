"""Shell completion: the scripts are there, and they get what they ask for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

Complete = "Callable[[str], list[str]]"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_has_its_script(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_PERFTOOL_COMPLETE", f"source_{shell}")
    assert main([]) == 0
    script = capsys.readouterr().out
    assert f"complete_{shell}" in script
    assert "_PERFTOOL_COMPLETE" in script


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str], list[str]]:
    """Ask as bash does: complete the last word of a line."""

    def asked(line: str) -> list[str]:
        monkeypatch.setenv("_PERFTOOL_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        assert main([]) == 0
        return capsys.readouterr().out.split()

    return asked


def test_subcommands_options_formats_and_profiles(complete: Callable[[str], list[str]]) -> None:
    assert complete("perftool base") == ["baseline"]
    assert complete("perftool baseline u") == ["update"]
    assert complete("perftool show --qu") == ["--quiet"]
    assert complete("perftool show --format mark") == ["markdown"]
    assert complete("perftool config --profile low") == ["low-latency", "low-noise"]
    assert complete("perftool init --ci gitl") == ["gitlab"]


def test_zsh_and_fish_get_descriptions(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "perftool sho")
    monkeypatch.setenv("_PERFTOOL_COMPLETE", "complete_zsh")
    assert main([]) == 0
    assert '"show":"Show a stored report' in capsys.readouterr().out
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    monkeypatch.setenv("_PERFTOOL_COMPLETE", "complete_fish")
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("show\tShow a stored report")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_a_real_bash_completes() -> None:
    script = f"""
    perftool() {{ {sys.executable} -m perftool "$@"; }}
    eval "$(_PERFTOOL_COMPLETE=source_bash perftool)"
    COMP_WORDS=(perftool show --form) COMP_CWORD=2
    # The script runs the program by name in a fresh environment, which a function is not part of.
    env() {{ local -x COMP_WORDS="${{1#*=}}" COMP_CWORD="${{2#*=}}" _PERFTOOL_COMPLETE="${{3#*=}}"; shift 3; "$@"; }}
    _perftool_completion perftool
    echo "${{COMPREPLY[@]}}"
    """
    ran = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60)
    assert ran.stdout.split() == [b"--format"], ran.stderr
