"""pyinstrument: a call tree of wall time, which knows what is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from perftool.errors import InputError
from perftool.profiling import importable
from perftool.profiling.api import Collected, Engine, Options, Process
from perftool.profiling.capture import merged
from perftool.profiling.sessions import capture_of, decoded, told

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.capture import Capture

_NAME: Final = "pyinstrument"
_ABOUT: Final = ".about.json"


def check(interpreter: str) -> None:
    """Make sure that the interpreter can import pyinstrument.

    raises: UnavailableError with the line that installs it there.
    """
    importable.require(_NAME, interpreter)


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
    abouts = [_about(path) for path in paths]
    several = len({about.pid for about in abouts}) > 1
    found = [_capture(path, about, options, several=several) for path, about in zip(paths, abouts, strict=True)]
    # A process leaves more than one where it tried to become another program and could not.
    rows: dict[int, Process] = {}
    for about, capture in sorted(zip(abouts, found, strict=True), key=lambda one: one[1].started_ns):
        known = rows.get(about.pid)
        samples = capture.total(0) + (known.samples if known is not None else 0)
        parent = about.parent if any(one.pid == about.parent for one in abouts) else 0
        rows[about.pid] = Process(about.pid, parent, about.command, samples)
    return Collected(capture=merged(found), processes=tuple(rows.values()), originals=tuple(paths))


class _About(NamedTuple):
    """What a process says beside its session."""

    pid: int
    parent: int
    command: str
    cwd: str
    modules: dict[str, str]


def _about(session: Path) -> _About:
    path = session.with_name(session.name.removesuffix(".pyisession") + _ABOUT)
    said = told(path.read_bytes()) if path.exists() else {}
    return _About(
        int(said.get("pid", 0)),
        int(said.get("parent", 0)),
        str(said.get("command", "")),
        str(said.get("cwd", "")),
        said.get("modules", {}),
    )


def _capture(path: Path, about: _About, options: Options, *, several: bool) -> Capture:
    return capture_of(
        decoded(path.read_bytes(), name=path.name),
        modules=about.modules,
        cwd=about.cwd,
        duration_s=options.duration_s,
        labels={**options.labels, **({"pid": str(about.pid)} if several else {})},
    )


ENGINE = Engine(
    name=_NAME,
    summary="wall time as a call tree, with what is awaited; slows code that calls much",
    measures=frozenset({"wall"}),
    runtime=_NAME,
    check=check,
    settings=settings,
    collect=collect,
)
