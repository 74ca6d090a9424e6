"""Find SQL files under folders, in the same order everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIX: Final = ".sql"
IGNORED: Final = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})


class SqlFile(NamedTuple):
    """A file found: where it is, how a report calls it, and the reason when it cannot be read."""

    path: Path
    name: str
    reason: str = ""


def find(paths: Iterable[Path], *, base: Path | None = None) -> Iterator[SqlFile]:
    """Yield the files that ``paths`` name, and the ``.sql`` files below the folders among them, sorted by name.

    Hidden folders and ``node_modules`` and their like are passed over, symbolic links to folders not followed, no
    file given twice. Names are relative to ``base`` where they lie below it, else as given.
    raises: UsageError for a path that does not exist.
    """
    seen: set[Path] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"no such file or folder: {path}")
        for found in _below(path, base) if path.is_dir() else [SqlFile(path, shown(path, base))]:
            key = Path(os.path.abspath(found.path))
            if key not in seen:
                seen.add(key)
                yield found


def shown(path: Path, base: Path | None, folder: Path | None = None) -> str:
    """Return how a report calls ``path``, which may lie in a ``folder`` that was asked for.

    Relative to ``base`` if below it, else relative as given, else relative to the folder, else its name: no absolute
    path comes into a report.
    """
    if base is not None:
        absolute = Path(os.path.abspath(path))
        if absolute.is_relative_to(os.path.abspath(base)):
            return absolute.relative_to(os.path.abspath(base)).as_posix()
    if not path.is_absolute():
        return path.as_posix()
    return path.relative_to(folder).as_posix() if folder and path.is_relative_to(folder) else path.name


def _below(folder: Path, base: Path | None) -> Iterator[SqlFile]:
    unreadable: list[SqlFile] = []

    def note(error: OSError) -> None:
        place = Path(error.filename or folder)
        unreadable.append(SqlFile(place, shown(place, base, folder), error.strerror or str(error)))

    for here, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in IGNORED)
        yield from unreadable
        unreadable.clear()
        for file in sorted(files):
            if file.lower().endswith(SUFFIX) and not file.startswith("."):
                path = Path(here, file)
                # Opening a pipe that lies about would wait for ever for someone to write.
                reason = "" if path.is_file() else "not a file, or a link to nothing"
                yield SqlFile(path, shown(path, base, folder), reason)
    yield from unreadable
