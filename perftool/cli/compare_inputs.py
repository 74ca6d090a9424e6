"""Open the inputs of ``perftool compare``."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import nullcontext
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from perftool.compare import inputs as reading
from perftool.compare.api import SyntaxMessage
from perftool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from perftool.compare.api import Imported, ReadOptions
    from perftool.compare.inputs import NamedInput

STDIN = "-"
# A folder of results has a few files for each benchmark; a home folder given by mistake should not be read through.
_MOST_ENTRIES = 100_000
_KNOWN = (
    "known: perftool reports, Go benchmark text, criterion's folder, and JSON of pytest-benchmark, pyperf, hyperfine, "
    "asv and Google Benchmark"
)


class _Folder:
    """The JSON files below a folder, as ``perftool.compare.api.Folder`` wants them."""

    def __init__(self, path: Path) -> None:
        """List the files.

        raises: OSError; InputError when it holds more than any folder of results.
        """
        self.path = path
        found: list[str] = []
        entries = 0
        for folder, _, files in os.walk(path, onerror=_raise):
            entries += 1 + len(files)
            if entries > _MOST_ENTRIES:
                raise InputError(f"{path}: a folder of more than {_MOST_ENTRIES:,} files", hint=_KNOWN)
            below = Path(folder).relative_to(path)
            found += [(below / file).as_posix() for file in files if file.endswith(".json")]
        self.names: Sequence[str] = tuple(sorted(found))

    def open(self, name: str) -> BinaryIO:
        return (self.path / name).open("rb")


def _raise(error: OSError) -> None:
    raise error


def open_input(path: str) -> AbstractContextManager[BinaryIO]:
    """Open an input for reading; ``-`` is standard input, which stays open and is empty the second time.

    raises: OSError.
    """
    if path == STDIN:
        return nullcontext(sys.stdin.buffer)
    if not path:
        # Path("") is the current directory.
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return Path(path).open("rb")


def read(one: NamedInput, shown: str, options: ReadOptions | None = None) -> Imported:
    """Read an input, known as ``shown`` in messages.

    raises: UsageError when it cannot be opened, InputError when nothing usable is in it.
    """
    try:
        stream = open_input(one.path)
    except OSError as error:
        # Windows calls the folder that it does not open a file without permission.
        if isinstance(error, IsADirectoryError | PermissionError) and Path(one.path).is_dir():
            return _read_folder(one.path, shown, error)
        raise _unopened(one.path, error) from error
    except ValueError as error:
        raise UsageError(f"cannot open {one.path!r}: {error}") from error
    with stream as opened:
        found = reading.read(opened, shown, options)
    if not found.series:
        raise InputError(f"{shown}: no benchmark results in it{_why(found)}", hint=_KNOWN)
    return found


def _read_folder(path: str, shown: str, refused: OSError) -> Imported:
    try:
        folder = _Folder(Path(path))
    except OSError as error:
        raise _unopened(path, error) from error
    found = reading.read_folder(folder, shown)
    if found is None:
        raise _unopened(path, refused) from refused
    return found


def _unopened(path: str, error: OSError) -> UsageError:
    reason = (error.strerror or str(error)).lower()
    hint = "inputs are files, label=file, a folder target/criterion, latest or -"
    return UsageError(f"cannot open {path}: {reason}", hint=hint)


def _why(found: Imported) -> str:
    """Say what the first line that looked like a result was refused for."""
    for event in found.events:
        if isinstance(event, SyntaxMessage):
            return f" (line {event.line}: {event.text})"
    return f" ({found.warnings[0].message})" if found.warnings else ""


def latest(arguments: Sequence[str], folder: Path) -> list[str]:
    """Put the newest report of ``folder`` in the place of the word ``latest``, unless a file is called so."""
    found = []
    for argument in arguments:
        label, equals, path = argument.rpartition("=")
        if path == "latest" and not Path(path).exists():
            newest = folder / "latest.json"
            if not newest.exists():
                raise UsageError(f"no report yet in {folder.name}/: there is no latest", hint="perftool bench")
            path = str(newest)
        found.append(f"{label}{equals}{path}")
    return found


def shown_names(paths: Sequence[str]) -> dict[str, str]:
    """Return how to name each path in a report: relative to here, or as much of its end as tells it from others."""
    here = Path.cwd()
    names: dict[str, str] = {}
    outside: list[str] = []
    for path in dict.fromkeys(paths):
        pure = PurePath(path)
        if not pure.is_absolute():
            names[path] = path
        elif pure.is_relative_to(here):
            names[path] = str(pure.relative_to(here))
        else:
            outside.append(path)
    depth = 1
    while outside:
        tails = {path: "/".join(PurePath(path).parts[1:][-depth:]) for path in outside}
        if len({*tails.values(), *names.values()}) == len(tails) + len(names) or depth > max(map(len, outside)):
            names |= tails
            break
        depth += 1
    return names
