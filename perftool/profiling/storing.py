"""Captures as files that reports name: under a name that sorts by time, and found again by their digest."""

from __future__ import annotations

import glob
import hashlib
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path  # noqa: TC003 - a NamedTuple's field
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.profiling.capture import TOO_MANY_STACKS, Builder, Function
from perftool.store import atomic
from perftool.store.reports import free_path, path_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.profiling.capture import Capture

SUFFIX: Final = ".pb.gz"
_GITIGNORE: Final = b"# Captures of this machine: nothing here belongs in the repository.\n*\n"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BLOCK: Final = 1 << 20


class Kept(NamedTuple):
    """A capture in a file: the SHA-256 ``digest`` of its bytes, their number, and what had to go, "" for nothing."""

    path: Path
    digest: str
    size: int
    trimmed: str = ""


def keep(capture: Capture, folder: Path, stem: str, *, most_bytes: int | None = None) -> Kept:
    """Write ``capture`` as pprof to ``<UTC stamp of its start>-<stem>.pb.gz`` in ``folder``, which is made.

    One that would take more than ``most_bytes`` loses its lightest stacks, and says so in a doubt.
    raises: OutputError when it cannot be written.
    """
    from perftool.profiling import files

    trimmed = ""
    data = files.encode(capture, "pprof")
    if most_bytes is not None and len(data) > most_bytes:
        capture, data = _fitted(capture, most_bytes)
        trimmed = capture.doubts[-1][1]
    if folder.parent.name == ".perftool" and not (ignore := folder / ".gitignore").exists():
        atomic.write_bytes(ignore, _GITIGNORE)
    path = free_path(folder, f"{_stamp(capture.started_ns)}{path_safe(stem)}", SUFFIX)
    atomic.write_bytes(path, data)
    return Kept(path, hashlib.sha256(data).hexdigest(), len(data), trimmed)


def keep_originals(originals: Iterable[Path], beside: Path, *, most_bytes: int) -> list[Path]:
    """Move files of an engine's own beside the capture ``beside``, named like it, and return where they are.

    Those larger than ``most_bytes`` are left where they are, and so are those that cannot be moved: they come on top
    of a capture that is kept.
    """
    kept = []
    for path in originals:
        with suppress(OSError):
            if path.stat().st_size > most_bytes:
                continue
            target = free_path(beside.parent, beside.name.removesuffix(SUFFIX), path.suffix)
            shutil.move(path, target)
            kept.append(target)
    return kept


def remove_oldest(folder: Path, *, keep: int) -> None:
    """Remove all captures of this machine but the ``keep`` newest, with what stands beside them."""
    stems = sorted({path.name.partition(".")[0] for path in folder.glob(f"[0-9]*{SUFFIX}")}, reverse=True)
    for stem in stems[keep:]:
        for path in folder.glob(f"{glob.escape(stem)}.*"):
            path.unlink(missing_ok=True)


def find(digest: str, name: str, folders: Iterable[Path]) -> Path | None:
    """Return the file with this digest, or the beginning of one; a file called ``name`` is looked at first."""
    held = list(folders)
    first = [folder / name for folder in held if name]
    others = (path for folder in held for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True))
    for path in _once([*first, *others]):
        if path.is_file() and digest_of(path).startswith(digest):
            return path
    return None


def digest_of(path: Path) -> str:
    """Return the SHA-256 digest of a file as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _stamp(started_ns: int) -> str:
    """Return the beginning of a file's name: the start of the capture, as reports have it in theirs."""
    if not started_ns:
        return ""
    return (_EPOCH + timedelta(microseconds=started_ns // 1000)).strftime("%Y%m%d-%H%M%S-")


def _once(paths: Iterable[Path]) -> Iterator[Path]:
    yield from dict.fromkeys(paths)


def _fitted(capture: Capture, most_bytes: int) -> tuple[Capture, bytes]:
    """Return the capture with as many of its heaviest stacks as fit, and its bytes.

    The number is found by halving: files grow with it, though not evenly.
    """
    from perftool.profiling import files

    order = _heaviest(capture)
    low, high = 0, len(order)
    best = folded(capture, order, 0)
    data = files.encode(best, "pprof")
    while high - low > max(1, len(order) // 256):
        middle = (low + high) // 2
        tried = folded(capture, order, middle)
        written = files.encode(tried, "pprof")
        if len(written) > most_bytes:
            high = middle
        else:
            low, best, data = middle, tried, written
    return best, data


def _heaviest(capture: Capture) -> list[int]:
    """Return the stacks by their largest share of any value type, the heaviest first."""
    totals = [capture.total(index) or 1 for index in range(len(capture.value_types))]
    weights = [0.0] * len(capture.stacks)
    for sample in capture.samples:
        share = max((value / total for value, total in zip(sample.values, totals, strict=True)), default=0.0)
        weights[sample.stack] += share
    return sorted(range(len(weights)), key=lambda at: (-weights[at], at))


def folded(capture: Capture, order: list[int], kept: int) -> Capture:
    """Return ``capture`` with only the first ``kept`` stacks of ``order`` whole.

    Of the others only those callers stay that a whole one has too, with a marker below them: what these weigh with
    all that they call stays exact.
    """
    whole = {capture.stacks[at] for at in order[:kept]}
    callers = {stack[:depth] for stack in whole for depth in range(1, len(stack) + 1)}
    builder = Builder(capture.value_types)

    def frame(at: int) -> int:
        one = capture.frames[at]
        return builder.frame(capture.functions[one.function], one.line)

    for sample in capture.samples:
        stack = capture.stacks[sample.stack]
        depth = next((d for d in range(len(stack), 0, -1) if stack[:d] in callers), 0)
        frames = [frame(at) for at in stack[:depth]]
        if stack not in whole:
            frames.append(builder.frame(Function(TOO_MANY_STACKS, kind="marker")))
        builder.add(frames, sample.values, dict(capture.labels[sample.labels]))
    table = builder.build()
    left = len(order) - kept
    doubt = ("stacks-folded", f"{left:,} of {len(order):,} stacks, the lightest, were folded to keep the file small")
    return replace(
        capture,
        functions=table.functions,
        frames=table.frames,
        stacks=table.stacks,
        labels=table.labels,
        samples=table.samples,
        doubts=(*capture.doubts, doubt),
    )
