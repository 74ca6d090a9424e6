"""Setup, prepare and cleanup commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.bench.processes import errands

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_success_and_failure() -> None:
    assert errands.run("true") is None
    assert errands.run("echo one >&2; echo 'two ' >&2; exit 3") == "exit code 3: two"
    assert errands.run("printf 'tool: no\\nTry '\\''tool --help'\\''.\\n' >&2; exit 1") == "exit code 1: tool: no"
    assert errands.run("exit 4") == "exit code 4"
    assert errands.run("kill -TERM $$") == "SIGTERM"


def test_a_daemon_left_behind_is_not_waited_for(tmp_path: Path) -> None:
    assert errands.run(f"sleep 20 & echo $! > {tmp_path}/pid; false") == "exit code 1"
    errands.run(f"kill $(cat {tmp_path}/pid)")


def test_visible_output_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert errands.run("echo out; echo err >&2", visible=True) is None
    assert sorted(capfd.readouterr().err.split()) == ["err", "out"]
    assert errands.run("echo out; echo err >&2") is None
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_names_of_ends() -> None:
    assert errands.exit_name(0) == "exit code 0"
    assert errands.exit_name(-9) == "SIGKILL"
    assert errands.exit_name(-999) == "signal 999"


def test_distinct() -> None:
    assert errands.distinct(["b", None, "a", "b", ""]) == ["b", "a"]
