"""Build one side: make its environment, run the set-up command in its tree, keep what both said."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.revisions import environments
from perftool.revisions.interruption import undisturbed
from perftool.revisions.variables import programs

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from perftool.clock import Clock
    from perftool.revisions.environments import Slot

_PATIENCE_S: Final = 2.0
VENV: Final = ("-I", "-m", "venv")


@dataclass(frozen=True, slots=True)
class Build:
    """What to build: the command ``setup``, run in ``folder`` with ``variables``; ``title`` names it to the user.

    ``base`` is the interpreter that environments are made from; ``log`` keeps all output; messages name it as seen
    from ``seen_from``.
    """

    title: str
    setup: str
    folder: Path
    variables: Mapping[str, str]
    base: str
    log: Path
    seen_from: Path


def build(slot: Slot, wanted: Build, clock: Clock) -> float:
    """Make ``slot`` hold what ``wanted`` builds; return the seconds it took.

    The slot has no marker then: the caller gives it one when it has looked at the result. After a failure or an
    interruption the environment is gone.
    raises: InputError naming the side, the command, its exit code and its last line.
    """
    started = clock.monotonic()
    environments.unmark(slot)
    wanted.log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with wanted.log.open("wb") as log:
            if not (slot.folder / "pyvenv.cfg").is_file():
                words = [wanted.base, *VENV, str(slot.folder)]
                code = _run(words, wanted, log.fileno(), shell=False)
                _require(code, "python -m venv", wanted, "Debian and Ubuntu need the package python3-venv for it; ")
            code = _run([wanted.setup], wanted, log.fileno(), shell=True)  # noqa: S604 - the user's own command line
            _require(code, wanted.setup, wanted, "")
    except BaseException:
        shutil.rmtree(slot.folder, ignore_errors=True)
        raise
    return clock.monotonic() - started


def interpreter(environment: Path) -> str:
    """Return the interpreter of a virtual environment."""
    return str(programs(environment) / ("python.exe" if os.name == "nt" else "python"))


def _run(words: Sequence[str], wanted: Build, output: int, *, shell: bool) -> int:
    import subprocess

    try:
        process = subprocess.Popen(
            words[0] if shell else words,
            shell=shell,
            cwd=wanted.folder,
            env=dict(wanted.variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A group of its own can be ended with everything that it started.
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot build {wanted.title}: {words[0]}: {reason}") from error
    try:
        return process.wait()
    except BaseException:
        with undisturbed():
            _end(process)
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    import signal
    import subprocess

    if os.name != "posix":
        process.kill()
        process.wait()
        return
    # Gone already is what was wanted.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _require(code: int, command: str, wanted: Build, advice: str) -> None:
    if code == 0:
        return
    said = last_words(wanted.log.read_text(encoding="utf-8", errors="replace"))
    end = f"exit code {code}" if code > 0 else f"signal {-code}"
    message = f"cannot build {wanted.title}: {command!r} ended with {end}" + (f": {said}" if said else "")
    raise InputError(message, hint=f"{advice}all it said is in {os.path.relpath(wanted.log, wanted.seen_from)}")


def last_words(text: str) -> str:
    """Return the line of a build's output that tells most: the last that begins with "error", else the last at all.

    What pip says of its own version is never it.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.lower().startswith(("[notice]", "hint:", "note:"))]
    errors = [line for line in lines if line.lower().startswith(("error", "fatal"))]
    return (errors or lines or [""])[-1][:300]
