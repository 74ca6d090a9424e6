"""Every allocation with memray: what was held at the peak and at the end, what was allocated most."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import InputError, UnavailableError
from perftool.profiling import heap, importable
from perftool.profiling.api import Collected, Engine, Options, Process
from perftool.profiling.capture import merged
from perftool.profiling.heap_curve import curve

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.heap import Heap

_NAME: Final = "memray"
_ABOUT: Final = ".about.json"
_LZ4: Final = b"\x04\x22\x4d\x18"
#: A file of this size holds some 50 million allocations, and is read in about a minute.
MOST_BYTES: Final = 512 << 20

_PEAKS_ADDED: Final = (
    "peaks-added",
    "the peak is the sum of what each process held when it held the most, which need not have been at one moment",
)


def check(interpreter: str) -> None:
    """Make sure that the interpreter can import memray.

    raises: UnavailableError with the line that installs it there.
    """
    if sys.platform == "win32":
        raise UnavailableError("memray does not run on Windows", hint="perftool profile cpu works there")
    importable.require(_NAME, interpreter)


def settings(options: Options) -> dict[str, Any]:
    """Return what ``runtime/memray.py`` is told."""
    return {
        "native": options.native,
        "python_allocators": options.python_allocators,
        "duration_s": options.duration_s,
        "most_bytes": MOST_BYTES,
    }


def collect(folder: Path, options: Options) -> Collected:
    """Return what the files in ``folder`` say, each process under its own ``pid`` where there are several.

    raises: InputError when no process left one.
    """
    from perftool.profiling.sessions import told

    found: list[tuple[Path, Heap, dict[str, Any]]] = []
    problems: list[InputError] = []
    paths = sorted(path for path in folder.glob(f"{_NAME}-*.bin*") if not path.name.endswith((_ABOUT, ".part")))
    for path in paths:
        about = path.with_name(path.name + _ABOUT)
        said = told(about.read_bytes()) if about.exists() else {}
        labels = {**options.labels, **({"pid": str(said.get("pid", ""))} if len(paths) > 1 else {})}
        try:
            one = heap.read(
                path,
                modules=said.get("modules", {}),
                cwd=str(said.get("cwd", "")),
                labels=labels,
                closed=bool(said.get("closed")) and _is_packed(path),
            )
        except InputError as error:
            problems.append(error)
            continue
        found.append((path, one, said))
    if not found:
        raise problems[0] if problems else _nothing()
    return _together(found, lost=len(problems))


def _is_packed(path: Path) -> bool:
    """Say whether memray has packed the file, which is the last that it does when all could be written."""
    with path.open("rb") as stream:
        return stream.read(len(_LZ4)) == _LZ4


def _nothing() -> InputError:
    return InputError(
        "memray left no file: the target's interpreter never loaded it",
        hint="interpreters started with -I, -E or -S, or with another PYTHONPATH, cannot be followed",
    )


def _together(found: list[tuple[Path, Heap, dict[str, Any]]], *, lost: int) -> Collected:
    found = sorted(found, key=lambda one: one[1].capture.started_ns)
    capture = merged(one.capture for _, one, _ in found)
    doubts = [*capture.doubts, *dict.fromkeys(_early(said.get("early", "")) for _, _, said in found)]
    if len(found) > 1:
        doubts.append(_PEAKS_ADDED)
    if lost:
        doubts.append(("files-damaged", f"what {lost} more processes left cannot be read: they were killed at once"))
    pids = {said.get("pid") for _, _, said in found}
    rows = tuple(
        Process(
            pid=int(said.get("pid", one.pid)),
            parent=int(said["parent"]) if said.get("parent") in pids else 0,
            command=str(said.get("command", one.command)),
            samples=one.capture.total(0),
        )
        for _, one, said in found
    )
    return Collected(
        capture=replace(capture, doubts=tuple(doubt for doubt in doubts if doubt)),
        processes=rows,
        originals=tuple(path for path, _, _ in found),
        heap=curve([one.points for _, one, _ in found]),
    )


def _early(reason: str) -> tuple[str, str] | tuple[()]:
    if reason == "size":
        text = f"the recording ended when its file had {MOST_BYTES >> 20} MiB: what came later is left out"
        return ("recording-full", text + ", --duration records a part")
    return ()


ENGINE: Final = Engine(
    name=_NAME,
    summary="every allocation, the peak and what is never freed",
    measures=frozenset({"memory"}),
    runtime=_NAME,
    check=check,
    settings=settings,
    collect=collect,
)
