"""What a target is started with: the folder for what it leaves, the plan it finds, two variables in its environment."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import OutputError
from perftool.profiling import runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from perftool.profiling.api import Engine, Options

#: Names the plan. It begins otherwise than the variables that set perftool's settings, which a target may read.
VARIABLE: Final = "_PERFTOOL_PLAN"
PLAN: Final = "plan.json"
#: The folder whose ``sitecustomize`` starts the profiling; in front of PYTHONPATH.
SITE: Final = Path(runtime.__file__).parent / "site"
#: How long processes are waited for that outlive the target.
GRACE_S: Final = 2.0
_LOOK_S: Final = 0.05
_ROOM: Final = 64 << 10


@contextmanager
def spool() -> Iterator[Path]:
    """Give a new folder that only this user can read, for what profiled processes leave; it goes with the block.

    raises: OutputError when there is no room for one.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="perftool-profile-"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            f"no folder for temporary files: {reason}", hint="TMPDIR=FOLDER perftool profile …"
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_full(folder: Path) -> bool:
    """Say whether there is no room in ``folder`` for what processes leave."""
    path = folder / "room"
    try:
        path.write_bytes(b"\0" * _ROOM)
    except OSError:
        return True
    finally:
        path.unlink(missing_ok=True)
    return False


def plan(engines: Sequence[Engine], options: Options, folder: Path) -> dict[str, Any]:
    """Return what a profiled process has to know: the engines' modules in the order in which they are started.

    Who records memory is started first: the time that it takes to be imported is none of the target's.
    """
    ordered = sorted(engines, key=lambda engine: "memory" not in engine.measures)
    return {
        "version": 1,
        "folder": str(folder.absolute()),
        "modules": [
            {"name": engine.runtime, "settings": engine.settings(options) if engine.settings else {}}
            for engine in ordered
            if engine.runtime is not None
        ],
        "pure": list(options.pure),
        "labels": dict(options.labels),
        "children": options.children,
    }


def environment(base: Mapping[str, str], plan: Mapping[str, Any]) -> dict[str, str]:
    """Write the plan into its folder and return ``base`` with the two variables that lead a process to it.

    raises: OutputError when the plan cannot be written.
    """
    path = Path(plan["folder"]) / PLAN
    try:
        path.write_text(json.dumps(plan), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot write {path}: {reason}", hint="TMPDIR=FOLDER perftool profile …") from error
    before = base.get("PYTHONPATH")
    return {
        **base,
        "PYTHONPATH": os.pathsep.join([str(SITE), before]) if before else str(SITE),
        VARIABLE: str(path),
    }


def outliving(folder: Path, sleep: Callable[[float], None]) -> int:
    """Wait for processes that outlive the target, at most ``GRACE_S``, and return how many still run then.

    cost: on Linux one look at every process of this user; elsewhere they are not known, and none is waited for.
    """
    mark = f"{VARIABLE}={folder.absolute()}{os.sep}".encode()
    left = _running(mark)
    for _ in range(round(GRACE_S / _LOOK_S)):
        if not left:
            break
        sleep(_LOOK_S)
        left = _running(mark)
    return left


def _running(mark: bytes) -> int:
    """Return how many processes were started with ``mark`` in their environment."""
    found = 0
    for pid in _processes():
        # It may have gone, or be another user's.
        with suppress(OSError):
            found += mark in Path(f"/proc/{pid}/environ").read_bytes()
    return found


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdecimal() and int(name) != os.getpid()]
    except OSError:
        return []
