"""A real measuring process that has loaded a file of benchmarks."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from perftool.bench.server import ForkServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def loaded(file: Path) -> Iterator[ForkServer]:
    started = ForkServer(sys.executable, 1, dict(os.environ))
    try:
        assert started.ask({"do": "load", "file": str(file)}, 30) == {}
        yield started
    finally:
        started.close()
