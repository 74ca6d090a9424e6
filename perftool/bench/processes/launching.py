"""The launcher seen from perftool: start it, have it run one command after another, stop it with all it started."""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.bench.processes.errands import last_line
from perftool.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from typing import Self

    from perftool.bench.processes.api import Output

_SCRIPT = Path(__file__).with_name("launcher.py")
_PATIENCE_S = 1.0
# More than a page: where the stack of the command starts, modulo a page, is what this shifts.
_LARGEST_OFFSET: Final = 4096


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run: times in seconds, peak in bytes; ``exit_code`` is minus the signal that ended it."""

    wall_s: float
    user_s: float
    system_s: float
    peak_bytes: int
    exit_code: int


class RunTimeoutError(Exception):
    """A command ran longer than allowed and was killed with all it had started in its group."""


class Launcher:
    """Runs commands from a tiny helper process in a session of its own.

    ``environment`` is what commands get, ``folder`` where they run (default: here), ``source`` their standard input.
    It is started on first use, and again after a timeout.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        folder: Path | None = None,
        source: Path | None = None,
        output: Output = "null",
    ) -> None:
        if not hasattr(os, "fork"):
            raise UnavailableError(
                "whole commands cannot be measured on Windows", hint="use WSL, or bench a Python file"
            )
        import tempfile

        self._environment = {os.fsencode(k): os.fsencode(v) for k, v in environment.items()}
        self._folder = folder
        self._source = os.fsencode(source.absolute()) if source else None
        self._output = output
        self._errors = tempfile.TemporaryFile(prefix="perftool-")  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._errors.close()

    def run(
        self, argv: Sequence[str], *, timeout_s: float | None = None, offset: int = 0, hash_seed: int | None = None
    ) -> Run:
        """Run ``argv`` once and wait for its end; ``offset`` bytes are added to its environment.

        ``hash_seed`` is for a Python program, unless the environment has one.
        source: Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!", ASPLOS 2009: the
        size of the environment shifts the stack and biases times, so every run gets another one.
        raises: UsageError when it cannot be started; RunTimeoutError.
        """
        path = _find(argv[0], os.fsdecode(self._environment.get(b"PATH", os.fsencode(os.defpath))), self._folder)
        self._errors.seek(0)
        self._errors.truncate()
        environment = {**self._environment, b"PERFTOOL_OFFSET": b"x" * (offset % _LARGEST_OFFSET)}
        if hash_seed is not None:
            environment.setdefault(b"PYTHONHASHSEED", str(hash_seed).encode())
        request = (os.fsencode(path), [os.fsencode(a) for a in argv], environment, self._source, self._output)
        wall, user, system, peak, code, error = self._ask(marshal.dumps(request), timeout_s)
        if error:
            hint = "add a first line such as #!/bin/sh, or --shell sh" if os.strerror(error) == _NO_FORMAT else None
            raise UsageError(f"cannot start {argv[0]!r}: {os.strerror(error)}", hint=hint)
        return Run(wall, user, system, peak, code)

    def error_tail(self) -> str:
        """Return the last line that the last run wrote to standard error, "" if none."""
        return last_line(self._errors)

    def stop(self) -> None:
        """End the helper and what it runs; harmless when nothing runs."""
        import select
        import signal

        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        if process.stdout is not None:
            # It kills and collects the command, then leaves, which closes the pipe.
            select.select([process.stdout], [], [], _PATIENCE_S)
        # What the command started is in the same group. Gone already is what was wanted.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()

    def _ask(self, request: bytes, timeout_s: float | None) -> tuple[float, float, float, int, int, int]:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(len(request).to_bytes(4, "little") + request)
            process.stdin.flush()
            self._await_reply(process, timeout_s)
            header = process.stdout.read(4)
            reply = process.stdout.read(int.from_bytes(header, "little")) if header else b""
        except BrokenPipeError:
            reply = b""
        except BaseException:
            self.stop()
            raise
        if not reply:
            self.stop()
            raise UnavailableError("the helper that starts the commands ended by itself", hint="is memory short?")
        values: tuple[float, float, float, int, int, int] = marshal.loads(reply)  # noqa: S302
        return values

    def _await_reply(self, process: subprocess.Popen[bytes], timeout_s: float | None) -> None:
        if timeout_s is None:
            return
        import select

        assert process.stdout is not None
        if not select.select([process.stdout], [], [], timeout_s)[0]:
            raise RunTimeoutError

    def _start(self) -> subprocess.Popen[bytes]:
        import subprocess

        errors = self._errors.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-E", "-B", str(_SCRIPT), str(errors)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[errors],
            cwd=self._folder,
            # Its own group can be killed as one; without a terminal a command that asks for one fails, not stops.
            start_new_session=True,
        )
        return self._process


def check_input(source: Path | None) -> None:
    """Make sure that ``source`` can be read.

    raises: UsageError.
    """
    if source is None:
        return
    try:
        with source.open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"cannot read --input {str(source)!r}: {reason}") from error


def _find(program: str, path: str, folder: Path | None) -> str:
    """Return the file of ``program``; what is relative, entries of ``path`` too, is so to ``folder``."""
    import shutil

    if folder is None:
        found = shutil.which(program, path=path)
    elif os.path.dirname(program):
        found = shutil.which(folder / program)
    else:
        found = shutil.which(program, path=os.pathsep.join(str(folder / entry) for entry in path.split(os.pathsep)))
    if found is None:
        raise UsageError(f"command not found: {program!r}", hint=_not_found_hint(program, folder))
    return str(found)


def _not_found_hint(program: str, folder: Path | None) -> str:
    there = folder / program if folder is not None else Path(program)
    if there.is_dir():
        return "it is a folder"
    if there.is_file():
        return f"the file is there but may not be executed: chmod +x {program}"
    if os.path.isfile(program):
        return "git ignores it, so no side has it: make it there with --setup, or give its absolute path"
    return "give its path, or --shell sh for a shell's own commands and aliases"


_NO_FORMAT = os.strerror(8)
