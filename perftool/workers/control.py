"""The nursery as its parent sees it: started, told what to do, ended with every worker it has."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from perftool.errors import UnavailableError
from perftool.workers.frames import Frames, framed
from perftool.workers.messages import Fork, Kill, Load, Order, decode_notice, encode
from perftool.workers.slots import Slots, shared_file

if TYPE_CHECKING:
    import subprocess

    from perftool.workers.api import Job
    from perftool.workers.messages import Notice

START: Final = Path(__file__).with_name("start.py")
_PIECE: Final = 1 << 16
_PATIENCE_S: Final = 5.0


class NurseryDiedError(Exception):
    """The nursery ended; the text is the last that it said."""


class Control:
    """A running nursery for ``job``, with shared slots for ``count`` workers. Starting it does not wait for it.

    raises: UnavailableError when no process can be started.
    """

    def __init__(self, job: Job, count: int) -> None:
        import subprocess

        load = framed(Load(job.make, encode(job.settings)))
        ours, theirs = socket.socketpair()
        self._socket = ours
        descriptor = shared_file(count)
        self.slots = Slots(descriptor, count)
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the nursery
        self._frames = Frames()
        path = [folder or os.getcwd() for folder in sys.path]
        numbers = [str(number) for number in (theirs.fileno(), descriptor, count)]
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", str(START), *numbers, *path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                pass_fds=(theirs.fileno(), descriptor),
            )
        except OSError as error:
            self.close()
            reason = (error.strerror or str(error)).lower()
            raise UnavailableError(f"cannot start worker processes: {reason}", hint="use --jobs 1") from error
        finally:
            theirs.close()
            os.close(descriptor)
        try:
            # The settings may be larger than what a socket holds: this one waits until the nursery reads.
            self._socket.sendall(load)
        except OSError as error:
            said = self.end([], at_once=True)
            self.close()
            raise UnavailableError(f"the worker processes cannot start: {said}", hint="use --jobs 1") from error
        self._socket.settimeout(0)

    @property
    def pid(self) -> int:
        """Return the process id of the nursery."""
        return self._process.pid

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._socket.fileno()

    def fork(self, place: int) -> socket.socket:
        """Order a worker for ``place`` and return our end of its connection; it may be written to at once."""
        self.slots[place].reset()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._order(Fork(place), theirs.fileno())
            except NurseryDiedError:
                ours.close()
                raise
        return ours

    def kill(self, pid: int) -> None:
        """Order the death of a worker."""
        self._order(Kill(pid))

    def notices(self) -> list[Notice]:
        """Return what the nursery has said; raises: NurseryDiedError when it has ended."""
        try:
            data = self._socket.recv(_PIECE)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            raise NurseryDiedError
        return [decode_notice(message) for message in self._frames.feed(data)]

    def end(self, pids: list[int], *, at_once: bool) -> str:
        """End the nursery, which ends its workers first; return the last line that it said.

        ``at_once`` does not wait for what it is doing: it has no workers yet. ``pids`` are those to end here if it
        can no longer do so itself.
        """
        import subprocess

        self._socket.close()
        if at_once:
            self._process.kill()
        try:
            code = self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for pid in pids if code else ():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        self._said.seek(0)
        lines = self._said.read(_PIECE).decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else f"the first of them {how_it_ended(code)}"

    def close(self) -> None:
        """Let go of files and shared memory; the slots are dead then."""
        self._socket.close()
        self.slots.close()
        self._said.close()

    def _order(self, order: Order, *sockets: int) -> None:
        message = framed(order)
        try:
            # Orders are short and few: the socket takes them whole, or nobody reads them any more.
            if sockets:
                socket.send_fds(self._socket, [message], list(sockets))
            else:
                self._socket.send(message)
        except OSError as error:
            raise NurseryDiedError from error


def how_it_ended(code: int) -> str:
    """Say how a process ended: by itself with an exit code, or (negative) by a signal."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
