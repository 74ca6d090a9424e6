"""Sessions of pyinstrument, as it writes them: a list of stacks with the seconds that each lasted."""

from __future__ import annotations

import ast
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from perftool.errors import InputError
from perftool.profiling.capture import SAMPLES, WALL, Builder, Capture, Function
from perftool.profiling.naming import module_of
from perftool.profiling.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.profiling.sources import Source

_PARTS: Final = "\x00"
_ATTRIBUTES: Final = "\x01"
#: The outermost entry of a stack is its thread.
_THREAD: Final = "\x00<thread>\x00"
#: Beyond so many samples the memory that they took in the target is worth a word.
_MANY: Final = 100_000
_SAMPLE_BYTES: Final = 2_000
#: The file that runs pyinstrument in a target, which stands in the stacks of event loops.
_OURS: Final = "/perftool/profiling/runtime/pyinstrument.py\x00"

#: source: CPU time with and without it, interleaved, medians: 4.6 on calls and nothing else, 2.6 on parsing with
#: sqlglot in Python, 1.2 on a loop without a call; a tenth of the rate changes little
DENSE: Final = (
    "call-dense",
    "pyinstrument looks at every call and return: code that calls much runs 2 to 5 times slower under it at any rate, "
    "and its smallest functions look too heavy",
)
ONE_THREAD: Final = ("one-thread", "pyinstrument sees the main thread of each process only")


class Session(msgspec.Struct):
    """The fields of a session file that are read."""

    frame_records: list[tuple[list[str], float]]
    start_time: float
    duration: float
    min_interval: float = 0.001
    cpu_time: float | None = None
    sys_path: list[str] = []
    start_call_stack: list[str] = []


def decoded(data: bytes, *, name: str) -> Session:
    """Return the session in ``data``, the bytes of the file ``name``.

    raises: InputError when it is none.
    """
    try:
        return msgspec.json.decode(data, type=Session)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{name}: no session of pyinstrument: {error}") from error


def capture_of(
    session: Session,
    *,
    modules: Mapping[str, str] | None = None,
    cwd: str = "",
    duration_s: float | None = None,
    labels: Mapping[str, str] | None = None,
) -> Capture:
    """Return a session as a capture of wall time.

    ``modules`` names the module of each file, where that is known; ``cwd`` is what relative files are relative to;
    samples after ``duration_s`` are left out.
    """
    names = _Names(session.sys_path, modules or {}, cwd)
    builder = Builder((SAMPLES, WALL))
    frames: dict[str, int] = {}
    passed, number = 0.0, 0
    for stack, seconds in session.frame_records:
        if duration_s is not None and passed >= duration_s:
            break
        passed += seconds
        number += 1
        found = []
        for text in stack:
            if _THREAD in text or _OURS in text.replace("\\", "/"):
                continue
            at = frames.get(text)
            if at is None:
                at = frames[text] = builder.frame(*names.frame(text))
            found.append(at)
        if found:
            builder.add(found, (1, max(0, round(seconds * 1e9))), labels)
    doubts: list[tuple[str, str]] = [DENSE, ONE_THREAD]
    if number > _MANY:
        size = number * _SAMPLE_BYTES >> 20
        doubts.append(("held-in-memory", f"pyinstrument held {number:,} samples, about {size:,} MiB, in the target"))
    return replace(
        builder.build(),
        default=1,
        period=round(session.min_interval * 1e9),
        period_type=WALL,
        started_ns=round(session.start_time * 1e9),
        duration_ns=round(min(session.duration, duration_s or session.duration) * 1e9),
        engine="pyinstrument",
        facts={
            "process.cpu_ns": str(round((session.cpu_time or 0.0) * 1e9)),
            "rate": f"{1 / session.min_interval:g}" if session.min_interval > 0 else "",
        },
        doubts=tuple(doubts),
    )


class _Names:
    """Says what functions are called by module and qualified name: pyinstrument knows the bare name and the line."""

    def __init__(self, sys_path: Sequence[str], modules: Mapping[str, str], cwd: str) -> None:
        self._modules = modules
        self._cwd = cwd
        self._folders = sorted({one.rstrip("/\\") for one in sys_path if one}, key=len, reverse=True)
        self._sources = Sources()
        self._qualified: dict[str, dict[tuple[str, int], str]] = {}

    def frame(self, text: str) -> tuple[Function, int]:
        """Return function and line of one entry of a stack."""
        identifier, *attributes = text.split(_ATTRIBUTES)
        said = {one[:1]: one[1:] for one in attributes}
        name, *place = identifier.split(_PARTS)
        if not place:
            return Function(name, kind="marker"), 0
        file, first = place[0], _number(place[-1] if len(place) > 1 else "")
        owner = said.get("c", "")
        bare = f"{owner}.{name}" if owner and owner not in name else name
        if file.startswith("<built-in"):
            return Function(bare, kind="native"), 0
        full = os.path.join(self._cwd, file) if self._cwd and not file.startswith("<") else file
        known = self._names_in(full).get((name, first), bare)
        module = self._modules.get(file) or self._modules.get(full) or self._module(full)
        return Function(f"{module}.{known}" if module else known, full, first), _number(said.get("l", ""))

    def _module(self, file: str) -> str:
        for folder in self._folders:
            if file.startswith((f"{folder}/", f"{folder}\\")):
                return module_of(file[len(folder) + 1 :])
        return module_of(file)

    def _names_in(self, file: str) -> dict[tuple[str, int], str]:
        found = self._qualified.get(file)
        if found is None:
            source = self._sources.read(file)
            found = self._qualified[file] = _qualified(source) if source is not None else {}
        return found


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _qualified(source: Source) -> dict[tuple[str, int], str]:
    """Return the qualified name of each function in a file by its name and first line.

    source: PEP 3155 for what a qualified name is.
    """
    try:
        tree = ast.parse("\n".join(source.lines))
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[tuple[str, int], str] = {}
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                first = min([child.lineno, *(one.lineno for one in child.decorator_list)])
                found[child.name, first] = prefix + child.name
                inner = f"{prefix}{child.name}." + ("" if isinstance(child, ast.ClassDef) else "<locals>.")
            elif isinstance(child, ast.Lambda):
                found["<lambda>", child.lineno] = f"{prefix}<lambda>"
            waiting.append((child, inner))
    return found


def told(path_bytes: bytes) -> dict[str, Any]:
    """Return what a process said of itself beside its session, nothing where that is damaged."""
    try:
        found = msgspec.json.decode(path_bytes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
