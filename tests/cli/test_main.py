"""One place catches, tells and decides the exit code."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

import perftool
from perftool.cli.commands import config as config_command
from perftool.cli.main import main
from perftool.errors import InputError, OutputError, PerftoolError, UnavailableError, UsageError, missing_extra

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def raising(error: BaseException) -> Any:
    def effective(*_: object) -> None:
        raise error

    return effective


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UsageError("a", hint="b"), 2, "perftool: error: a\n  b\n"),
        (InputError("a"), 3, "perftool: error: a\n"),
        (missing_extra("x", "y"), 4, "perftool: error: x is not installed\n  pip install 'perftool[y]'\n"),
        (UnavailableError("a"), 4, "perftool: error: a\n"),
        (OutputError("a"), 5, "perftool: error: a\n"),
        (PerftoolError("a"), 70, "perftool: error: a\n"),
        (OSError(errno.ENOSPC, "full", "f.json"), 5, "perftool: error: cannot write f.json: no space left on device\n"),
        (KeyboardInterrupt(), 130, "perftool: interrupted\n"),
        (MemoryError(), 70, "perftool: error: out of memory\n  give it less input at a time\n"),
        (BrokenPipeError(), 0, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_code_and_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str
) -> None:
    monkeypatch.setattr(config_command, "effective", raising(error))
    ran = run("config")
    assert (ran.code, ran.err, ran.out) == (code, told, "")


def test_a_bug_is_one_line_and_a_traceback_on_request(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_command, "effective", raising(ZeroDivisionError("by zero\nreally")))
    ran = run("config")
    assert ran.code == 70
    assert ran.err.splitlines()[0] == r"perftool: error: ZeroDivisionError: by zero\nreally - this is a bug in perftool"
    assert "perftool --debug" in ran.err
    assert "Traceback" not in ran.err
    debugged = run("--debug", "config")
    assert debugged.code == 70
    assert "Traceback" in debugged.err


def test_names_cannot_break_the_line_or_drive_the_terminal(run: Run) -> None:
    ran = run("show", "a\nb\x1b[31m.json")
    assert ran.code == 2
    assert r"a\nb\x1b[31m.json" in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "told", "hint"),
    [
        (["shwo"], "no command named 'shwo'", "did you mean 'show'?"),
        (["--nope"], "no such option: --nope", "perftool --help"),
        (["show", "--formt", "x"], "no such option: --formt", "perftool show --help"),
        (["show", "a", "b"], "unexpected extra argument", "perftool show --help"),
        (["baseline"], "missing command", "perftool baseline --help"),
        (["baseline", "sav"], "no such command 'sav'", "perftool baseline --help"),
        (["baseline", "remove"], "missing argument 'NAME'", "perftool baseline remove --help"),
        (["--config"], "option '--config' requires an argument", "perftool --help"),
        (["init", "--ci", "jenkins"], "invalid value for '--ci'", "perftool init --help"),
    ],
)
def test_wrong_usage_is_told_in_the_same_style(run: Run, arguments: list[str], told: str, hint: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith("perftool: error: ")
    assert told in first
    assert second == f"  {hint}"


def test_all_problems_of_a_configuration_are_told(run: Run, project: Path) -> None:
    (project / "perftool.toml").write_text("labl = 1\n[bench]\nblocks = 'x'\n")
    ran = run("config")
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "perftool: error: perftool.toml:1: unknown setting labl: did you mean label?",
        "perftool: error: perftool.toml:3: bench.blocks: 'x' is not a whole number, 1 to 10000",
        "  perftool config shows every setting",
    ]


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"perftool {perftool.__version__}\n"
    assert run().out == run("--help").out
    assert run("--help").code == 0


def test_config_names_a_file(run: Run, project: Path) -> None:
    (project / "other.toml").write_text("[bench]\nblocks = 77\n")
    assert "77" in run("--config", "other.toml", "config", "bench.blocks").out
    assert run("--config", "none.toml", "config").code == 2


def test_a_command_runs_with_the_collector_as_it_was(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def effective(*_: object) -> tuple[()]:
        seen.append((gc.isenabled(), gc.get_threshold()))
        return ()

    monkeypatch.setattr(config_command, "effective", effective)
    before = gc.get_threshold()
    assert run("config").code == 0
    assert seen == [(True, before)]
    run("--nope")
    assert gc.isenabled()


class Failing(io.StringIO):
    """A stream that cannot be written to."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        raise self.error


def test_a_full_disk_behind_the_help_is_no_success(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    assert main(["--help"]) == 5


def test_a_closed_pipe_behind_the_help_is_a_quiet_end(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(BrokenPipeError()))
    assert main(["--help"]) == 0
    assert main([]) == 0


def test_an_unwritable_standard_error_changes_no_code(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Failing(OSError(errno.EIO, "broken")))
    assert main(["shwo"]) == 2
