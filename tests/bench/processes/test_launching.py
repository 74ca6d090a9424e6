"""Real commands through the helper process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from perftool.bench.processes.launching import Launcher, RunTimeoutError
from perftool.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRONMENT = {"PATH": os.environ["PATH"], "GIVEN": "yes"}


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with Launcher(ENVIRONMENT) as started:
        yield started


def ends(pid: int) -> bool:
    """Wait until a process that is not ours is gone, or a zombie that nobody collects."""
    for _ in range(500):
        try:
            os.kill(pid, 0)
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except (ProcessLookupError, psutil.NoSuchProcess):
            return True
        time.sleep(0.01)
    return False


def test_true_is_small_and_costs_time(launcher: Launcher) -> None:
    ballast = bytearray(64_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    run = launcher.run(["true"])
    assert run.exit_code == 0
    assert run.wall_s > 0
    assert run.peak_bytes < 10_000_000


def test_memory_is_the_commands_own(launcher: Launcher) -> None:
    run = launcher.run([sys.executable, "-S", "-c", "x = b'x' * 50_000_000"])
    assert 50_000_000 < run.peak_bytes < 90_000_000
    assert launcher.run(["true"]).peak_bytes < 10_000_000


def test_processor_time_counts_children_that_were_waited_for(launcher: Launcher) -> None:
    work = "import time\nwhile time.process_time() < 0.1: pass"
    run = launcher.run(["sh", "-c", f"{sys.executable} -S -c '{work}'; true"])
    assert run.user_s + run.system_s >= 0.1
    assert run.wall_s >= 0.09


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("exit 127", 127), ("kill -9 $$", -9), ("kill -PIPE $$", -13)]
)
def test_exit_codes(launcher: Launcher, script: str, code: int) -> None:
    assert launcher.run(["sh", "-c", script]).exit_code == code


def test_the_last_line_of_standard_error(launcher: Launcher) -> None:
    launcher.run(["sh", "-c", "echo no; echo one >&2; echo two >&2; exit 1"])
    assert launcher.error_tail() == "two"
    launcher.run(["true"])
    assert launcher.error_tail() == ""


def test_commands_get_the_environment_another_size_each_run_and_default_signals(tmp_path: Path) -> None:
    with Launcher(ENVIRONMENT) as launcher:
        for offset in (5, 0, 4096 + 7):
            launcher.run(["sh", "-c", f"echo $GIVEN ${{#PERFTOOL_OFFSET}} >> {tmp_path}/seen"], offset=offset)
        launcher.run(["sh", "-c", f"grep SigIgn /proc/self/status >> {tmp_path}/seen"])
    lines = (tmp_path / "seen").read_text().splitlines()
    assert lines[:3] == ["yes 5", "yes 0", "yes 7"]
    if sys.platform == "linux":
        assert int(lines[3].split()[1], 16) & (1 << 12) == 0  # SIGPIPE


def test_a_hash_seed_is_for_programs_that_were_given_none(tmp_path: Path) -> None:
    line = ["sh", "-c", f"echo ${{PYTHONHASHSEED:-none}} >> {tmp_path}/seen"]
    with Launcher(ENVIRONMENT) as launcher:
        launcher.run(line)
        launcher.run(line, hash_seed=7)
    with Launcher({**ENVIRONMENT, "PYTHONHASHSEED": "3"}) as launcher:
        launcher.run(line, hash_seed=7)
    assert (tmp_path / "seen").read_text().split() == ["none", "7", "3"]


def test_commands_run_and_are_found_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    side, here = tmp_path / "side", tmp_path / "here"
    for folder in (side / "bin", here):
        folder.mkdir(parents=True)
    for path in (side / "bin" / "tool", here / "ours"):
        path.write_text("#!/bin/sh\npwd > place\n")
        path.chmod(0o755)
    monkeypatch.chdir(here)
    with Launcher({"PATH": f"bin:{ENVIRONMENT['PATH']}"}, folder=side) as launcher:
        for program in ("tool", "./bin/tool", str(side / "bin" / "tool")):
            assert launcher.run([program]).exit_code == 0
            assert (side / "place").read_text() == f"{side}\n"
            (side / "place").unlink()
        for program, hint in (("./ours", "git ignores it"), ("./bin", "it is a folder"), ("./none", "give its path")):
            with pytest.raises(UsageError, match="command not found") as caught:
                launcher.run([program])
            assert hint in (caught.value.hint or "")


def test_standard_input_starts_anew_for_each_run(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("a\nb\n")
    with Launcher(ENVIRONMENT, source=tmp_path / "in") as launcher:
        for _ in range(2):
            launcher.run(["sh", "-c", f"cat >> {tmp_path}/out"])
    assert (tmp_path / "out").read_text() == "a\nb\na\nb\n"
    with Launcher(ENVIRONMENT) as launcher:
        assert launcher.run(["sh", "-c", 'test -z "$(cat)"']).exit_code == 0


def test_a_pipe_is_read_to_its_end_and_a_daemon_may_keep_it(tmp_path: Path) -> None:
    with Launcher(ENVIRONMENT, output="pipe") as launcher:
        assert launcher.run(["sh", "-c", "head -c 300000 /dev/zero; test -p /dev/stdout"]).exit_code == 0
        assert launcher.run(["sh", "-c", f"sleep 20 & echo $! > {tmp_path}/pid"]).exit_code == 0
        assert launcher.run(["true"]).exit_code == 0


def test_inherited_output_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with Launcher(ENVIRONMENT, output="inherit") as launcher:
        launcher.run(["sh", "-c", "echo out; echo err >&2"])
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "out\nerr\n")


def test_a_timeout_kills_the_whole_group_and_the_next_run_works(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(RunTimeoutError):
        launcher.run(["sh", "-c", f"sleep 30 & echo $! > {tmp_path}/pid; wait"], timeout_s=1.0)
    assert ends(int((tmp_path / "pid").read_text()))
    assert launcher.run(["true"], timeout_s=30).exit_code == 0


def test_when_perftool_is_killed_the_command_ends_too(tmp_path: Path) -> None:
    command = f"echo $$ >{tmp_path}/new; mv {tmp_path}/new {tmp_path}/pid; sleep 60"
    script = f"""
from perftool.bench.processes.launching import Launcher
Launcher({ENVIRONMENT!r}).run(["sh", "-c", {command!r}])
"""
    perftool = subprocess.Popen([sys.executable, "-c", script])
    while not (tmp_path / "pid").exists():
        assert perftool.poll() is None
        time.sleep(0.01)
    perftool.kill()
    perftool.wait()
    assert ends(int((tmp_path / "pid").read_text()))


def test_a_command_has_no_terminal(launcher: Launcher) -> None:
    assert launcher.run(["sh", "-c", "(: < /dev/tty) || exit 9"]).exit_code == 9


def test_processor_time_of_a_killed_command_is_not_lost(tmp_path: Path) -> None:
    before = os.times()
    with Launcher(ENVIRONMENT) as launcher, pytest.raises(RunTimeoutError):
        launcher.run([sys.executable, "-S", "-c", "while True: pass"], timeout_s=0.7)
    after = os.times()
    assert after.children_user - before.children_user > 0.05


def test_what_cannot_be_started(launcher: Launcher, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("echo hi\n")
    cases = {"no-such-command-here": "command not found", str(tmp_path): "command not found", str(plain): "not found"}
    for program, message in cases.items():
        with pytest.raises(UsageError, match=message) as caught:
            launcher.run([program])
        assert caught.value.hint
    plain.chmod(0o755)
    with pytest.raises(UsageError, match="Exec format error") as caught:
        launcher.run([str(plain)])
    assert "--shell sh" in (caught.value.hint or "")
    plain.write_text("#!/no/such/interpreter\n")
    with pytest.raises(UsageError, match="No such file"):
        launcher.run([str(plain)])
    assert launcher.run(["true"]).exit_code == 0


def test_a_helper_that_dies_is_said_and_replaced(launcher: Launcher) -> None:
    with pytest.raises(UnavailableError, match="helper"):
        launcher.run(["sh", "-c", "kill -9 $PPID"])
    assert launcher.run(["true"]).exit_code == 0


def test_windows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(UnavailableError, match="Windows"):
        Launcher({})
