"""pyinstrument: a call tree of wall time, which knows what is awaited."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import InputError, UnavailableError
from perftool.profiling.api import Collected, Engine, Options, Process
from perftool.profiling.capture import merged
from perftool.profiling.sessions import capture_of, decoded, told

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.capture import Capture

_NAME: Final = "pyinstrument"
_ABOUT: Final = ".about.json"
_PATIENCE_S: Final = 20.0


def check(interpreter: str) -> None:
    """Make sure that the interpreter can import pyinstrument.

    raises: UnavailableError with the line that installs it there.
    """
    if interpreter == sys.executable:
        import importlib.util

        if importlib.util.find_spec(_NAME) is not None:
            return
    else:
        try:
            done = subprocess.run(
                [interpreter, "-c", f"import {_NAME}"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_PATIENCE_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(f"{interpreter} cannot be asked for {_NAME}: {error}") from error
        if done.returncode == 0:
            return
    raise UnavailableError(f"{_NAME} is not installed for {interpreter}", hint=f"{interpreter} -m pip install {_NAME}")


def settings(options: Options) -> dict[str, Any]:
    """Return what the module in the target is told."""
    return {"interval": 1 / options.rate, "async_mode": "enabled", "children": options.children}


def collect(folder: Path, options: Options) -> Collected:
    """Return what the sessions in ``folder`` say, each process under its own ``pid`` where there are several.

    raises: InputError when no process left one.
    """
    paths = sorted(folder.glob(f"{_NAME}-*.pyisession"))
    if not paths:
        raise InputError(
            "pyinstrument left no session: the target was killed, or its interpreter ignores PYTHONPATH (-I, -E, -S)",
            hint="--engine sampler keeps what it saw when a target is killed",
        )
    found = [_one(path, options, several=len(paths) > 1) for path in paths]
    pids = {process.pid for _, process in found}
    rows = tuple(
        replace(process, parent=process.parent if process.parent in pids else 0)
        for _, process in sorted(found, key=lambda one: one[0].started_ns)
    )
    return Collected(capture=merged([capture for capture, _ in found]), processes=rows, originals=tuple(paths))


def _one(path: Path, options: Options, *, several: bool) -> tuple[Capture, Process]:
    about = path.with_name(path.name.removesuffix(".pyisession") + _ABOUT)
    said = told(about.read_bytes()) if about.exists() else {}
    pid = int(said.get("pid", 0))
    capture = capture_of(
        decoded(path.read_bytes(), name=path.name),
        modules=said.get("modules", {}),
        cwd=str(said.get("cwd", "")),
        duration_s=options.duration_s,
        labels={**options.labels, **({"pid": str(pid)} if several else {})},
    )
    command = str(said.get("command", ""))
    return capture, Process(pid, int(said.get("parent", 0)), command, capture.total(0))


ENGINE = Engine(
    name=_NAME,
    summary="wall time as a call tree, with what is awaited; slows code that calls much",
    measures=frozenset({"wall"}),
    runtime=_NAME,
    check=check,
    settings=settings,
    collect=collect,
)
