"""Standard input as a path that inputs can open."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEVICE: Final = Path("/dev/stdin")


@contextmanager
def standard_input(form: str) -> Iterator[Path]:
    """Give a path to read standard input from, for the time of a ``with`` block.

    Lines are read as they come. SQL text is put into a temporary file first: a file that is
    mapped can be cut into statements at any length without taking memory.
    """
    if form != "sql" and _DEVICE.exists():
        yield _DEVICE
        return
    descriptor, name = tempfile.mkstemp(prefix="perftool-", suffix=".sql")
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
