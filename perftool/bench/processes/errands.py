"""Commands around the measured ones (setup, prepare, cleanup): run through a shell, not measured."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.bench.processes.api import Place


def run(line: str, *, place: Place | None = None, visible: bool = False) -> str | None:
    """Run ``line`` with sh and return None, or how it failed; ``visible`` lets its output through to stderr."""
    import subprocess
    import tempfile

    # A file, not a pipe: a daemon started here would hold a pipe open for ever.
    with tempfile.TemporaryFile(prefix="perftool-") as errors:
        done = subprocess.run(
            ["sh", "-c", line],
            stdin=subprocess.DEVNULL,
            stdout=2 if visible else subprocess.DEVNULL,
            stderr=None if visible else errors,
            check=False,
            cwd=place.folder if place else None,
            env=place.variables if place else None,
        )
        if done.returncode == 0:
            return None
        last = last_line(errors)
    return ": ".join([exit_name(done.returncode), *([last] if last else [])])


def last_line(file: IO[bytes]) -> str:
    """Return the last telling line in ``file``, "" if none: not blank, not "Try 'x --help' …"; 4 KiB are searched."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 4096))
    lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line and not line.startswith("Try '")), "")


def exit_name(code: int) -> str:
    """Return ``exit code 3``, or the name of the signal when ``code`` is negative."""
    if code >= 0:
        return f"exit code {code}"
    import signal

    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def distinct(lines: Iterable[str | None]) -> list[str]:
    """Return the different lines in the order met, None left out."""
    return list(dict.fromkeys(line for line in lines if line))
