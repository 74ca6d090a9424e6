"""The interpreter that runs the measured code: this one, or another one's account of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.errors import UnavailableError, UsageError
from perftool.machine import interpreter_facts
from perftool.model.environment import PythonBuild

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# The source comes through stdin and sys.path loses its "" so that a json.py in the current folder is not imported.
_BOOT = "import sys; sys.path[:] = [p for p in sys.path if p]; exec(sys.stdin.read(), {'__name__': '__main__'})"
_TIMEOUT_S = 60.0


class DescribedPython(msgspec.Struct, frozen=True):
    """Another interpreter's build and the versions of the packages asked for that it has."""

    python: PythonBuild
    packages: dict[str, str]


def read(*, light: bool = False) -> PythonBuild:
    """Describe the interpreter that runs perftool; ``light`` leaves out the build flags."""
    return msgspec.convert(interpreter_facts.build_facts(light=light), PythonBuild)


def describe_python(path: str | Path, packages: Sequence[str] = ()) -> DescribedPython:
    """Ask the interpreter at ``path`` about itself.

    raises: UsageError when it cannot be started or is no Python 3.8 or later; UnavailableError when it hangs.
    cost: one start of that interpreter.
    """
    import subprocess
    from pathlib import Path

    source = Path(interpreter_facts.__file__).read_text(encoding="utf-8")
    try:
        done = subprocess.run(
            [str(path), "-c", _BOOT, *packages],
            input=source.encode(),
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot start the interpreter {str(path)!r}: {reason}", hint=_HINT) from error
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"the interpreter {str(path)!r} gave no answer in {_TIMEOUT_S:.0f} s") from error
    for line in reversed(done.stdout.decode(errors="replace").splitlines()):
        if line.startswith(interpreter_facts.MARK):
            return msgspec.json.decode(line.removeprefix(interpreter_facts.MARK), type=DescribedPython)
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    raise UsageError(f"{str(path)!r} did not answer as a Python 3.8 or later: {last[0]}", hint=_HINT)


_HINT = "give the path of an interpreter, e.g. --python .venv/bin/python"
