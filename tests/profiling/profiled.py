"""Programs under a real profiler, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from perftool import discovery
from perftool.profiling import launching
from perftool.profiling.api import Collected, Engine, Options

if TYPE_CHECKING:
    from pathlib import Path


def engine(name: str) -> Engine:
    found: Engine = discovery.load("perftool.profiling.engines", name, "ENGINE", what="engine")
    return found


def profiled(name: str, code: str, folder: Path, options: Options | None = None, *, status: int = 0) -> Collected:
    """Run ``code`` as ``program.py`` in ``folder`` under the engine, and return what that brings home."""
    options = options or Options()
    used = engine(name)
    assert used.collect is not None
    spool = folder / "spool"
    spool.mkdir()
    (folder / "program.py").write_text(code)
    plan = launching.plan([used], options, spool)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, env=launching.environment(os.environ, plan), timeout=120
    )
    assert done.returncode == status
    return used.collect(spool, options)
