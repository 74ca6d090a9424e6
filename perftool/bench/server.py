"""The measuring process as seen from here: start it, ask it, never wait for it longer than agreed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from perftool.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    import subprocess
    import tempfile
    from collections.abc import Callable, Mapping, Sequence

Json = dict[str, Any]

START: Final = Path(__file__).parent / "harness" / "start.py"
# What a server may take beyond a sample's own limit before it counts as stuck itself.
GRACE_S: Final = 5.0


class ServerDiedError(Exception):
    """The measuring process ended or fell silent; the text says how."""


class Server(Protocol):
    """Something that takes samples; tests have one without processes."""

    def ask(self, request: Json, timeout_s: float) -> Json:
        """Send ``request`` and return the reply; raises ServerDiedError."""

    def close(self) -> None:
        """End it and everything it started."""


ServerFactory = "Callable[[int], Server]"


class ForkServer:
    """One measuring process of its own address layout and hash seed that forks a child per sample."""

    def __init__(
        self,
        python: str,
        hash_seed: int,
        environment: Mapping[str, str],
        folder: Path | None = None,
        *,
        before: Sequence[str] = (),
    ) -> None:
        """Start it in ``folder``, by default ours; ``before`` is a command that runs the interpreter."""
        import subprocess
        import tempfile

        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [*before, python, str(START)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**environment, "PYTHONHASHSEED": str(hash_seed)},
                cwd=folder,
                # Ctrl-C is for perftool, which then ends the server itself.
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            self._errors.close()
            reason = (error.strerror or str(error)).lower()
            raise UsageError(f"cannot start the interpreter {python}: {reason}", hint="see --python") from error

    def ask(self, request: Json, timeout_s: float) -> Json:
        """Send ``request`` and return the reply; after ``timeout_s`` and some grace the server is killed.

        raises: ServerDiedError when it ended or was killed.
        """
        import threading

        if request.get("kind") == "memory":
            request = {**request, "folder": self._scratch()}
        requests, replies = self._process.stdin, self._process.stdout
        if requests is None or replies is None:
            raise ServerDiedError("it has no pipes")
        watchdog = threading.Timer(timeout_s + GRACE_S, self._kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            requests.write(json.dumps({**request, "timeout": timeout_s}).encode() + b"\n")
            requests.flush()
            line = replies.readline()
        except (BrokenPipeError, OSError):
            line = b""
        finally:
            watchdog.cancel()
        if not line.endswith(b"\n"):
            raise ServerDiedError(self._death(timeout_s))
        reply: Json = json.loads(line)
        return reply

    def close(self) -> None:
        """Kill the server with its whole session and collect it."""
        self._kill()
        self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def _scratch(self) -> str:
        """Return a folder that goes with the server: its children are killed and cannot tidy up."""
        import tempfile

        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="perftool-", ignore_cleanup_errors=True)
        return self._folder.name

    def _kill(self) -> None:
        import signal

        if os.name == "posix":
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._process.kill()
        else:
            self._process.kill()

    def _death(self, timeout_s: float) -> str:
        code = self._process.wait()
        if code < 0:
            import signal

            killed = -code == getattr(signal, "SIGKILL", 9)
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            more = f", or took longer than {timeout_s:g} s" if killed else ""
            return f"the measuring process was killed by {name}{more}"
        self._errors.seek(0)
        said = self._errors.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
        last = f": {said[-1]}" if said else ""
        return f"the measuring process ended with exit code {code}{last}"


class SpawningServer:
    """A process per sample, where there is no fork: imports are paid again each time, and not shared."""

    def __init__(self, python: str, hash_seed: int, environment: Mapping[str, str], folder: Path | None = None) -> None:
        self._arguments = (python, hash_seed, environment, folder)

    def ask(self, request: Json, timeout_s: float) -> Json:
        """Answer ``request`` in a new process; raises ServerDiedError."""
        server = ForkServer(*self._arguments)
        try:
            return server.ask({**request, "fork": False}, timeout_s)
        finally:
            server.close()

    def close(self) -> None:
        """Do nothing: no process outlives its request."""


def factory(
    python: str, environment: Mapping[str, str], *, fork: bool, folder: Path | None = None
) -> Callable[[int], Server]:
    """Return a function from a hash seed to a fresh server in the interpreter ``python``.

    ``folder`` is its working directory, by default ours.
    """
    kind = ForkServer if fork else SpawningServer
    return lambda hash_seed: kind(python, hash_seed, environment, folder)


def list_functions(server: Server, file: str, timeout_s: float) -> list[Json]:
    """Return the ``bench_*`` functions of ``file``, which is executed in ``server`` for that.

    raises: UsageError when the file cannot be executed.
    """
    try:
        reply = server.ask({"do": "list", "file": file}, timeout_s)
    except ServerDiedError as error:
        raise UsageError(f"cannot list the benchmarks of {file}: {error}") from error
    if "missing" in reply:
        raise UnavailableError(f"{file} needs a module that is not installed: {reply['error']}")
    if "error" in reply:
        raise UsageError(f"cannot list the benchmarks of {file}: {reply['error']}")
    found: list[Json] = reply["functions"]
    return found
