"""Whether the interpreter of a target has the package that an engine needs in it."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from perftool.errors import UnavailableError

_PATIENCE_S: Final = 20.0


def require(package: str, interpreter: str) -> None:
    """Make sure that the interpreter can import the package.

    raises: UnavailableError with the line that installs it there.
    cost: one start of the interpreter where it is another than perftool's own.
    """
    if not _has(package, interpreter):
        raise UnavailableError(
            f"{package} is not installed for {interpreter}", hint=f"{interpreter} -m pip install {package}"
        )


def _has(package: str, interpreter: str) -> bool:
    if interpreter == sys.executable:
        import importlib.util

        return importlib.util.find_spec(package) is not None
    try:
        done = subprocess.run(
            [interpreter, "-c", f"import {package}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{interpreter} cannot be asked for {package}: {error}") from error
    return done.returncode == 0
