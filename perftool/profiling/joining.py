"""Tools that join running processes, run so that Ctrl-C and a full clock end them in order."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import missing_extra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

#: How long a tool that was asked to end may take to write what it has.
_GRACE_S: Final = 15.0
#: How often a process is looked at whose end its tool may have missed.
_LOOK_S: Final = 1.0
#: A debugger waits for the next allocation of the process; one that sleeps makes none.
ATTACH_S: Final = 20.0


class Done(NamedTuple):
    """How a tool ended: its exit code, what it printed, and whether it was interrupted or its time was over."""

    code: int
    said: str
    interrupted: bool = False


def py_spy() -> str:
    """Return the path of py-spy: the one installed with perftool, else that on PATH.

    raises: UnavailableError with the line that installs it.
    """
    beside = Path(sys.executable).parent / ("py-spy.exe" if os.name == "nt" else "py-spy")
    found = str(beside) if beside.is_file() else shutil.which("py-spy")
    if found is None:
        raise missing_extra("py-spy", "attach")
    return found


def run(command: Sequence[str], *, seconds: float | None = None, joined: int | None = None) -> Done:
    """Run a tool in a group of its own; Ctrl-C, SIGTERM and the end of ``seconds`` reach it as Ctrl-C does.

    It is ended too when the process ``joined`` has ended and the tool goes on: one that nobody has waited for yet is
    still there to be looked at.
    """
    end = None if seconds is None else time.monotonic() + seconds
    late = False
    with heard(), _started(command) as tool:
        while True:
            left = _LOOK_S if end is None else min(_LOOK_S, end - time.monotonic())
            try:
                said, _ = tool.communicate(timeout=max(0.0, left))
                return Done(tool.returncode, said)
            except KeyboardInterrupt:
                break
            except subprocess.TimeoutExpired:
                if end is not None and time.monotonic() >= end:
                    break
                if late:
                    tool.send_signal(signal.SIGINT)
                    code, said = _ended(tool)
                    return Done(code, f"{said}\nprocess ended")
                late = joined is not None and _gone(joined)
        tool.send_signal(signal.SIGINT)
        return Done(*_ended(tool), interrupted=True)


def _gone(pid: int) -> bool:
    """Say whether a process has ended, whether or not its parent knows; False where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except ProcessLookupError:
        return True
    except OSError:
        return Path("/proc/self/stat").exists() and not Path(f"/proc/{pid}").exists()
    return status.rpartition(") ")[2][:1] in ("Z", "X")


def attached(pid: int, file: Path, debugger: str, *, seconds: int, native: bool, pools: bool = True) -> Done:
    """Have memray record allocations of a running process in ``file`` for ``seconds``, joined with ``debugger``.

    It returns once the recording has begun. A debugger that does not get in within ``ATTACH_S`` is asked to leave:
    one that were killed would leave the process with its breakpoints.
    """
    options = ["--native"] * native + ["--trace-python-allocators"] * pools
    command = [*_memray("attach", debugger), "-o", str(file), "--duration", str(seconds), *options, str(pid)]
    return _led(command)


def detached(pid: int, debugger: str) -> Done:
    """Have memray end its recording of a running process."""
    return _led([*_memray("detach", debugger), str(pid)])


def _memray(what: str, debugger: str) -> list[str]:
    return [sys.executable, "-m", "memray", what, "--method", debugger]


def _led(command: Sequence[str]) -> Done:
    with heard(), _started(command) as tool:
        try:
            said, _ = tool.communicate(timeout=ATTACH_S)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            for child in _children(tool.pid):
                with contextlib.suppress(OSError):
                    os.kill(child, signal.SIGTERM)
            return Done(*_ended(tool), interrupted=True)
    return Done(tool.returncode, said)


@contextlib.contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "RUST_BACKTRACE": "0", "RUST_LIB_BACKTRACE": "0"}
    with subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    ) as tool:
        yield tool


def _ended(tool: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a tool that was asked to end; one that does not is killed."""
    while True:
        try:
            said, _ = tool.communicate(timeout=_GRACE_S)
        except KeyboardInterrupt:
            continue
        except subprocess.TimeoutExpired:
            tool.kill()
            said, _ = tool.communicate()
        return tool.returncode, said


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end a tool as Ctrl-C does, where this is the main thread."""

    def hear(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {}
    try:
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                before[getattr(signal, name)] = signal.signal(getattr(signal, name), hear)
    except ValueError:  # not the main thread
        pass
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _children(pid: int) -> list[int]:
    """Return the children of a process; none where the system does not tell."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return []
