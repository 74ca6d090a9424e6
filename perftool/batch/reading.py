"""Walk over all inputs of a batch, one record at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from perftool import discovery
from perftool.batch.api import INPUTS, Record
from perftool.sql.files import find, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from perftool.batch.api import Input, ReadOptions


class Place(NamedTuple):
    """A file to read, how records call it, and the reason where it cannot be read."""

    path: Path
    name: str
    reason: str = ""


def places(paths: Iterable[Path], base: Path) -> Iterator[Place]:
    """Yield the files that ``paths`` name and the SQL files below the folders among them.

    raises: UsageError for a path that does not exist.
    """
    for path in paths:
        if path.is_dir() or not path.exists():
            for one in find([path], base=base):
                yield Place(one.path, one.name, one.reason)
        else:
            yield Place(path, shown(path, base))


def records(found: Iterable[Place], options: ReadOptions, form: str = "") -> Iterator[Record]:
    """Yield the statements of all places; each is read in the form that its name or else ``form`` says.

    raises: UsageError for an unknown form, or a file that cannot be of its form.
    """
    known = {name: load(name) for name in discovery.names(INPUTS)}
    chosen = load(form) if form else None
    for place in found:
        if place.reason:
            yield Record(None, place.name, problem=place.reason)
            continue
        reader = chosen or _by_suffix(place.name, known) or known["sql"]
        yield from reader.read(place.path, place.name, options)


def load(name: str) -> Input:
    """Return the form called ``name``; raises: UsageError naming the nearest one when there is none."""
    return cast("Input", discovery.load(INPUTS, name, "INPUT", what="input format"))


def _by_suffix(name: str, known: dict[str, Input]) -> Input | None:
    lowered = name.lower()
    return next((one for one in known.values() if lowered.endswith(one.suffixes)), None)
