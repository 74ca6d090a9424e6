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
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"cannot open {one.path}: {reason}", hint="inputs are files, label=file, latest or -"
        ) from error
    except ValueError as error:
        raise UsageError(f"cannot open {one.path!r}: {error}") from error
    with stream as opened:
        found = reading.read(opened, shown, options)
    if not found.series:
        raise InputError(
            f"{shown}: no benchmark results in it{_why(found)}",
            hint="known: perftool reports, Go benchmark text, pytest-benchmark, pyperf and hyperfine JSON",
        )
    return found


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
