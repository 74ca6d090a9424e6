"""Memory of a running process: its allocations where memray can be brought into it, else how much it holds."""

from __future__ import annotations

import math
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.machine.memory import resident_bytes
from perftool.profiling import heap, joining, permissions
from perftool.profiling.api import Collected, Options, Process
from perftool.profiling.capture import INUSE_SPACE, PEAK_SPACE, Builder, Function
from perftool.profiling.heap_curve import curve

if TYPE_CHECKING:
    from perftool.profiling.heap import Point

#: Without a duration it is recorded until Ctrl-C; whatever becomes of perftool, the recording ends after this.
_LONGEST_S: Final = 3600
_LOOK_S: Final = 0.1
_CLOSING_S: Final = 10.0
_LZ4: Final = b"\x04\x22\x4d\x18"
DEBUGGERS: Final = ("gdb", "lldb")
#: The leaf of a curve of memory, which knows nothing of functions.
WHOLE: Final = Function("resident memory of the process", kind="marker")
_SINCE: Final = ("since-joined", "what was allocated before the process was joined is not in this profile")


def recorded(pid: int, options: Options, folder: Path) -> Collected:
    """Record allocations of a process with memray, or watch its resident memory where no debugger gets in.

    raises: InputError when the process has ended before anything was seen.
    """
    file = _file(pid, folder)
    reasons = []
    seconds = _LONGEST_S if options.duration_s is None else max(1, math.ceil(options.duration_s))
    for debugger in DEBUGGERS:
        if shutil.which(debugger) is None:
            reasons.append(f"{debugger} is not installed")
            continue
        done = joining.attached(
            pid, file, debugger, seconds=seconds, native=options.native, pools=options.python_allocators
        )
        if done.code == 0 and not done.interrupted:
            _wait(pid, file, options.duration_s, debugger)
            return _read(pid, file, options)
        reasons.append(f"{debugger} {reason(done)}")
        if not permissions.alive(pid):
            break
    return _curve(pid, options, "; ".join(reasons))


def reason(done: joining.Done) -> str:
    """Say in a few words why memray could not be brought into a process."""
    said = done.said
    if done.interrupted:
        return "did not get in: the process made no allocation meanwhile"
    if "No module named 'memray'" in said:
        return "got in, but the Python of the process has no memray"
    if "permission to trace" in said or "Operation not permitted" in said:
        return "is not permitted to trace it"
    if "could not open" in said or "couldn't open" in said or "No such file" in said or "Permission denied" in said:
        return "got in, but the process cannot reach the files of memray"
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(" ")]
    return f"failed: {lines[-1][:120]}" if lines else "failed without a word"


def _file(pid: int, folder: Path) -> Path:
    """Return where the process, which may be another user's, can write its file."""
    inside = folder / f"joined-{pid}"
    inside.mkdir(mode=0o700, exist_ok=True)
    try:
        owner = Path(f"/proc/{pid}").stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            folder.chmod(0o711)
            os.chown(inside, owner.st_uid, owner.st_gid)
    except OSError:
        pass  # it will be said that the file cannot be opened
    return inside / f"memray-{pid}.bin"


def _wait(pid: int, file: Path, seconds: float | None, debugger: str) -> None:
    """Wait until the recording is over and its file closed; with Ctrl-C it is ended now."""
    until = time.monotonic() + (math.ceil(seconds) if seconds is not None else _LONGEST_S)
    try:
        with joining.heard():
            while time.monotonic() < until and permissions.alive(pid):
                time.sleep(_LOOK_S)
    except KeyboardInterrupt:
        joining.detached(pid, debugger)
    closing = time.monotonic() + _CLOSING_S
    while time.monotonic() < closing and permissions.alive(pid) and not _is_closed(file):
        time.sleep(_LOOK_S)


def _is_closed(file: Path) -> bool:
    """Say whether memray has packed the file, which is the last that it does with it."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(_LZ4)) == _LZ4
    except OSError:
        return False


def _read(pid: int, file: Path, options: Options) -> Collected:
    script, cwd = _script(pid)
    found = heap.read(file, modules={script: "__main__"} if script else {}, cwd=cwd, labels=options.labels)
    capture = replace(found.capture, doubts=(*found.capture.doubts, _SINCE))
    process = Process(pid, 0, found.command, capture.total(0))
    return Collected(capture=capture, processes=(process,), originals=(file,), heap=curve([found.points]))


def _script(pid: int) -> tuple[str, str]:
    """Return the script that a process runs and its folder, as far as its command line says it."""
    try:
        cwd = os.readlink(f"/proc/{pid}/cwd")
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "surrogateescape").split("\0")
    except OSError:
        return "", ""
    script = next((word for word in words[1:] if word.endswith(".py")), "")
    return (os.path.join(cwd, script) if script else ""), cwd


def _curve(pid: int, options: Options, why: str) -> Collected:
    """Watch the resident memory of a process."""
    points: list[Point] = []
    began = time.monotonic()
    since = time.time()
    try:
        with joining.heard():
            while options.duration_s is None or time.monotonic() - began < options.duration_s or not points:
                held = resident_bytes(pid)
                if not held:
                    break
                points.append((since + time.monotonic() - began, 0, held))
                time.sleep(_LOOK_S)
    except KeyboardInterrupt:
        pass
    if not points:
        raise InputError(f"process {pid} ended before its memory was seen")
    builder = Builder((INUSE_SPACE, PEAK_SPACE))
    builder.add((builder.frame(WHOLE),), (points[-1][2], max(point[2] for point in points)), options.labels)
    doubt = (
        "memory-curve-only",
        f"memray could not be brought into the process ({why}): this is its resident memory, of no function;"
        " perftool doctor profile tries every way",
    )
    capture = replace(
        builder.build(),
        default=1,
        started_ns=round(since * 1e9),
        duration_ns=round((points[-1][0] - points[0][0]) * 1e9),
        engine="resident memory",
        doubts=(doubt,),
    )
    return Collected(capture=capture, processes=(Process(pid, 0, "", len(points)),), heap=curve([points]))
