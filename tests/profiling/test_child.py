"""A program that is started by perftool cannot tell, and neither can the shell."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import termios
import textwrap
from typing import TYPE_CHECKING

import pytest

from perftool.clock import SystemClock
from perftool.errors import UsageError
from perftool.profiling import child

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "posix_spawnp"), reason="needs POSIX")

DRIVER = """
import os, sys
from perftool.clock import SystemClock
from perftool.profiling.child import run
ended = run(sys.argv[1:], os.environ, SystemClock())
print("ended", ended.status, flush=True)
"""
#: Says which signals reach it until it has heard as many as it is told.
LISTENER = """
import signal, sys, time
heard = []
def hear(number, frame):
    heard.append(number)
    print("heard", signal.Signals(number).name, flush=True)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, hear)
print("ready", flush=True)
while len(heard) < int(sys.argv[1]):
    # Not pause(): a signal between the comparison and the pause would be waited for in vain.
    time.sleep(0.02)
"""


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """Fail instead of hanging where a line never comes."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def run(*words: str) -> child.Ended:
    return child.run([sys.executable, *words], os.environ, SystemClock())


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("raise SystemExit(255)", 255),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("import os, signal; signal.signal(2, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGINT)", -2),
    ],
)
def test_its_end_is_known(code: str, status: int) -> None:
    ended = run("-c", code)
    assert ended.status == status
    assert ended.peak_bytes > 1 << 20
    assert 0 < ended.cpu_s < 60


def test_what_cannot_be_started_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot start no-such-program-here: no such file or directory"):
        child.run(["no-such-program-here"], os.environ, SystemClock())
    (tmp_path / "plain").write_text("x")
    with pytest.raises(UsageError, match="permission denied"):
        child.run([str(tmp_path / "plain")], os.environ, SystemClock())


def test_descriptors_and_signals_are_as_python_was_given_them(capfd: pytest.CaptureFixture[str]) -> None:
    reader, writer = os.pipe()
    os.set_inheritable(reader, True)
    os.write(writer, b"from another descriptor")
    code = f"""
        import os, signal
        print(os.read({reader}, 99).decode(), end="; ")
        libc = __import__("ctypes").CDLL(None)
        print([line.split()[1] for line in open("/proc/self/status") if line.startswith("SigBlk")], end="; ")
        print(os.getpgid(0) == os.getpgid(os.getppid()))
    """
    try:
        assert run("-c", textwrap.dedent(code)).status == 0
    finally:
        os.close(reader)
        os.close(writer)
    assert capfd.readouterr().out == "from another descriptor; ['0000000000000000']; True\n"


def test_a_program_that_ignores_interrupts_from_the_start_goes_on_doing_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ended = run("-c", "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)")
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.status == 1


@contextlib.contextmanager
def driven(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", DRIVER, sys.executable, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_what_is_sent_to_perftool_reaches_the_program_once() -> None:
    with driven("-c", LISTENER, "4") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for name in ("SIGTERM", "SIGUSR1", "SIGHUP", "SIGINT"):
            process.send_signal(getattr(signal, name))
            assert process.stdout.readline() == f"heard {name}\n"
        assert process.stdout.readline() == "ended 0\n"


def test_a_signal_that_ends_the_program_ends_it() -> None:
    with driven("-c", "import signal; print('ready', flush=True); signal.pause()") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "ended -15\n"


class Terminal:
    """A terminal of which ``words`` are the foreground job, below a shell that only waits for them."""

    SHELL = """
        import os, signal, sys
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        job = os.fork()
        if not job:
            os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
        while True:
            _, status = os.waitpid(job, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                break
            os.tcsetpgrp(0, os.getpid())
            print("stopped", flush=True)
            sys.stdin.readline()
            os.tcsetpgrp(0, job)
            print("continued", flush=True)
            os.killpg(job, signal.SIGCONT)
    """

    def __init__(self, *words: str) -> None:
        self.pid, self.side = pty.fork()
        if not self.pid:
            # Otherwise a terminal drops what waits to be read, after it has sent the signal: the answer may be in it.
            flags = termios.tcgetattr(0)
            flags[3] |= termios.NOFLSH
            termios.tcsetattr(0, termios.TCSANOW, flags)
            os.execv(sys.executable, [sys.executable, "-c", textwrap.dedent(self.SHELL), *words])
        self._stream = os.fdopen(os.dup(self.side), "r", errors="replace")

    def line(self) -> str:
        """Return the next line that is no echo of a key."""
        return self._stream.readline().strip().replace("^C", "").replace("^Z", "")

    def press(self, key: bytes) -> None:
        os.write(self.side, key)

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._stream.close()
        os.close(self.side)


@pytest.fixture
def listening() -> Iterator[Terminal]:
    terminal = Terminal("-c", DRIVER, sys.executable, "-c", LISTENER, "2")
    yield terminal
    terminal.close()


def test_ctrl_c_reaches_the_program_once_and_perftool_waits(listening: Terminal) -> None:
    assert listening.line() == "ready"
    for _ in range(2):
        listening.press(b"\x03")
        assert listening.line() == "heard SIGINT"
    assert listening.line() == "ended 0"


def test_ctrl_z_stops_both_and_both_go_on(listening: Terminal) -> None:
    assert listening.line() == "ready"
    for _ in range(2):
        listening.press(b"\x1a")
        assert listening.line() == "stopped"
        listening.press(b"\n")
        assert (listening.line(), listening.line()) == ("", "continued")
        listening.press(b"\x03")
        assert listening.line() == "heard SIGINT"
    assert listening.line() == "ended 0"
