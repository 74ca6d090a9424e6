"""Virtual environments below the cache: one folder per set of dependencies, in it a slot for each side."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError
from perftool.revisions import locks
from perftool.store import atomic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from perftool.revisions.probing import Probed

# Slots have names of one character: paths of both sides are equally long.
_SLOTS: Final = 10
_KEPT: Final = 6
_MARKER: Final = "perftool-slot.json"
# Its time of change says when; the folder's own changes with every lock that is made in it.
_USED: Final = "used"


@dataclass(frozen=True, slots=True)
class Slot:
    """A locked place for an environment; ``code`` is what was built in it last, "" for nothing or nothing known.

    ``usable`` says that a build ended well there, so that its dependencies are in place.
    """

    folder: Path
    lock: locks.Lock
    code: str
    usable: bool


def key(dependencies: str, setup: str, python: Probed, cache: Path) -> str:
    """Return the name of the folder for environments with these dependencies, set-up command and interpreter.

    Scripts in an environment hold its path, so that a cache that was moved is another one.
    """
    facts = [dependencies, setup, python.implementation, python.build, python.base, str(cache)]
    return hashlib.sha256("\0".join(facts).encode(errors="surrogateescape")).hexdigest()[:16]


def reserve(cache: Path, keys: Sequence[str], codes: Sequence[str]) -> list[Slot]:
    """Return a locked slot for each pair of key and code: one that has this code already, else any that is free.

    Environments beyond the six sets of dependencies used last are removed.
    raises: UsageError when all are in use.
    """
    wanted = list(zip(keys, codes, strict=True))
    found: list[Slot | None] = [None] * len(wanted)
    try:
        # Matches first: a side that has none must not take the other's.
        for only_matching in (True, False):
            for index, (name, code) in enumerate(wanted):
                if found[index] is None:
                    found[index] = _first_free(cache / "environments" / name, code, only_matching=only_matching)
        slots = [slot for slot in found if slot is not None]
        if len(slots) < len(wanted):
            raise UsageError("all environments of --vs are in use by other runs", hint="wait for one to end")
        for name in keys:
            (cache / "environments" / name / _USED).touch()
        _remove_old(cache / "environments", set(keys))
    except BaseException:
        for slot in found:
            if slot is not None:
                slot.lock.release()
        raise
    return slots


def mark(slot: Slot, code: str) -> None:
    """Note, as the last step of a build, that ``slot`` now holds ``code``; "" when it must be built anew each time."""
    atomic.write_bytes(slot.folder / _MARKER, json.dumps({"code": code}).encode())


def unmark(slot: Slot) -> None:
    """Forget what ``slot`` held, before it changes; what no build had finished is removed."""
    if slot.usable:
        (slot.folder / _MARKER).unlink(missing_ok=True)
    else:
        shutil.rmtree(slot.folder, ignore_errors=True)


def _first_free(folder: Path, code: str, *, only_matching: bool) -> Slot | None:
    for number in range(_SLOTS):
        place = folder / str(number)
        if only_matching and not (code and _held(place) == code):
            continue
        lock = locks.acquire(folder / f"{number}.lock")
        if lock is not None:
            held = _held(place)
            return Slot(place, lock, held or "", usable=held is not None)
    return None


def _held(place: Path) -> str | None:
    """Return the code that the marker names; None without a marker, after a build that did not end well."""
    try:
        return str(json.loads((place / _MARKER).read_bytes())["code"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove_old(folder: Path, used: set[str]) -> None:
    groups = [path for path in folder.iterdir() if path.is_dir() and path.name not in used]
    groups.sort(key=_last_use, reverse=True)
    for group in groups[max(0, _KEPT - len(used)) :]:
        held = [locks.acquire(group / f"{number}.lock") for number in range(_SLOTS)]
        if all(held):
            shutil.rmtree(group, ignore_errors=True)
        for lock in held:
            if lock is not None:
                lock.release()


def _last_use(group: Path) -> float:
    try:
        return (group / _USED).stat().st_mtime
    except OSError:
        return 0.0
